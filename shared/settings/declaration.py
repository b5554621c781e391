"""Declare a blueprint's variables: name, kind, help text, default.

A ``Settings`` class is the only list of its variables. Loading, ``--help``, the tables of the documentation and
``.env.example`` are made from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

from shared.errors import InvalidInput, InvalidInterval
from shared.redaction import Redactor, one_line
from shared.settings.environment import Environment
from shared.settings.kinds import SECRET, IntervalError, Kind

T = TypeVar("T")
_NOTHING_TO_DEFAULT: Any = object()


class Variable(Generic[T]):
    """One variable: a read-only attribute of a Settings instance that returns the loaded value."""

    field = ""
    rank = 1  # the rank of the class that declares it

    def __init__(self, name: str, kind: Kind[T], help: str, default: T = _NOTHING_TO_DEFAULT) -> None:
        self.name = name
        self.kind = kind
        self.help = help
        self.default = default

    @property
    def required(self) -> bool:
        return self.default is _NOTHING_TO_DEFAULT

    @property
    def secret(self) -> bool:
        return self.kind.secrets is not None

    def __set_name__(self, owner: type, field: str) -> None:
        self.field = field
        self.rank = getattr(owner, "rank", 1)

    @overload
    def __get__(self, instance: None, owner: type) -> "Variable[T]": ...

    @overload
    def __get__(self, instance: "Settings", owner: type) -> T: ...

    def __get__(self, instance: "Settings | None", owner: type) -> "T | Variable[T]":
        if instance is None:
            return self
        value: T = instance.values[self.field]
        return value

    def __set__(self, instance: "Settings", value: T) -> None:
        raise AttributeError("settings are frozen")


class Problem:
    """A problem with one variable. It never contains a secret's value.

    ``text`` continues a sentence that begins with the variable's name; with ``whole`` it is a complete sentence.
    ``interval``: a poll interval or timeout is out of range.
    """

    def __init__(self, name: str, text: str, *, interval: bool = False, whole: bool = False) -> None:
        self.name = name
        self.text = text
        self.interval = interval
        self.whole = whole

    @property
    def missing(self) -> bool:
        """Whether the variable is required and not given."""
        return self.text.startswith("is required")

    def __str__(self) -> str:
        return self.text if self.whole else f"{self.name} {self.text}"


class Settings:
    """Base of all declarations. ``Settings(environ)`` loads the values or raises InvalidInput with all problems."""

    rank = 1
    """Order of a class's variables in messages and tables: 0 credentials, 1 the blueprint's own, 2 the run's."""
    writes = True
    """False if the blueprint only reads, so that a dry run would do the same."""

    def __init__(self, environ: Mapping[str, str], redactor: Redactor | None = None) -> None:
        self.values: dict[str, Any] = {}
        self.redactor = redactor or Redactor()  # learns each secret as it is read
        declared = self.variables()
        secret = [variable.name for variable in declared if variable.secret]
        self.given = Environment(environ, [variable.name for variable in declared], secret)
        unknown = self.given.unknown_names(writes=self.writes)
        self.warnings = unknown.warnings + self.given.warnings()
        self.notes: list[str] = []
        problems = [Problem(name, text) for name, text in unknown.errors]
        problems += [problem for variable in declared for problem in self._load(variable)]
        self.unusable = {problem.name for problem in problems}
        problems += [problem for problem in self.cross_check() if problem.name not in self.unusable]
        if self.given.refused:  # a variable that seems to be missing may be in the file
            found = [problem for problem in problems if not problem.missing]
            problems = [Problem(".env", self.given.refused), *found]
        elif any(problem.missing for problem in problems):
            from shared.settings import dotenv_above

            self.warnings += dotenv_above.warnings()
        if problems:
            order = [variable.name for variable in self.variables()]
            problems.sort(key=lambda problem: order.index(problem.name) if problem.name in order else -1)
            raise refusal(problems, self.warnings)

    def cross_check(self) -> Iterator[Problem]:
        """Yield problems of the variables in combination. Fields that could not be loaded are None or their default."""
        yield from ()

    @classmethod
    def needed(cls) -> frozenset[str]:
        """Return the fields that ``cross_check`` requires although their variables have a default."""
        return frozenset()

    @classmethod
    def variables(cls) -> list["Variable[Any]"]:
        """Return all variables, classes ordered by rank, in the order of declaration."""
        found: dict[str, Variable[Any]] = {}
        for owner in sorted(cls.__mro__, key=lambda owner: vars(owner).get("rank", 1)):
            for field in vars(owner):
                if isinstance(value := getattr(cls, field), Variable):  # a subclass may redefine it
                    found.setdefault(field, value)
        return list(found.values())

    def secrets(self) -> list[str]:
        """Return the values that must not appear in any output."""
        return [
            secret
            for variable in self.variables()
            if variable.kind.secrets and self.values.get(variable.field)
            for secret in variable.kind.secrets(self.values[variable.field])
        ]

    def _load(self, variable: "Variable[Any]") -> Iterator[Problem]:
        self.values[variable.field] = None if variable.required else variable.default
        text: str | None = None
        try:
            text = self.given.secret(variable.name) if variable.secret else self.given.text(variable.name)
            if text is not None:
                if variable.kind is SECRET:
                    self.redactor.add(text)
                text = self._within_an_address(variable, text)
                self.values[variable.field] = variable.kind.parse(text)
            elif variable.required:
                file = f" (or {variable.name}_FILE)" if variable.secret else ""
                yield Problem(variable.name, f"is required{file}: {variable.help}")
        except IntervalError as error:
            yield Problem(variable.name, _leftover(variable, text) or str(error), interval=True)
        except ValueError as error:
            yield Problem(variable.name, _leftover(variable, text) or str(error))

    def _within_an_address(self, variable: "Variable[Any]", text: str) -> str:
        """Return the id inside a pasted page address, any other text unchanged."""
        meant = variable.kind.within(text) if variable.kind.within else text
        if meant != text:
            self.notes.append(f"{variable.name} is a page's address; the id in it is used: {one_line(meant, 100)}")
        return meant

    def suspicions(self) -> list[str]:
        """Return remarks on suspicious credentials, for the message after a server refused them."""
        from shared.settings.leftovers import of_secret

        given = [variable for variable in self.variables() if variable.rank == 0 and self.values.get(variable.field)]
        return [found for one in given if (found := of_secret(one.name, str(self.values[one.field])))]


def refusal(problems: Iterable[Problem], warnings: Iterable[str] = ()) -> InvalidInput:
    """Return one error with all problems: exit code 205 if all of them are intervals, else 206.

    ``warnings`` follow the problems, because a missing variable may only be misspelt.
    """
    problems = list(problems)
    kind = InvalidInterval if all(problem.interval for problem in problems) else InvalidInput
    return kind("; ".join([*map(str, problems), *warnings]))


def _leftover(variable: "Variable[Any]", text: str | None) -> str | None:
    """Return what was copied along with an invalid value, such as quotes. Secrets: see ``suspicions``."""
    if text is None or variable.secret:
        return None
    from shared.settings.leftovers import of_refused_value

    return of_refused_value(text)
