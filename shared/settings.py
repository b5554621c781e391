"""A blueprint's variables, declared: name, kind, help, default.

A ``Settings`` class is the only list of its variables. From it come loading, ``--help``, the tables of the
documentation and ``.env.example``.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, overload
from urllib.parse import urlsplit

from shared.environment import Environment
from shared.errors import InvalidInput, InvalidInterval
from shared.redaction import DEEPEST, SHORTEST, Redactor, one_line, secret_leaves, text_leaves
from shared.timestamps import parse as parse_moment

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_NOTHING_TO_DEFAULT: Any = object()

TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9:/._~%\[\]!$&'()*+,;=-]+")
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


class Kind(Generic[T_co]):
    """How a variable's text becomes its value. ``parse`` raises ValueError saying what is wrong and what is right.

    ``secrets`` picks what must appear nowhere out of a value; a kind that has it may also come from a file.
    """

    def __init__(
        self,
        label: str,
        parse: Callable[[str], T_co],
        options: tuple[str, ...] = (),
        secrets: Callable[[Any], list[str]] | None = None,
    ) -> None:
        self.label = label
        self.parse = parse
        self.options = options
        self.secrets = secrets


class IntervalError(ValueError):
    """A poll interval or timeout out of range; alone it exits 205 instead of 206."""


def _boolean(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(f"{_shown(text)} is neither TRUE nor FALSE; use one of those (yes/no, on/off and 1/0 will do)")


def _identifier(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            f"{_shown(text)} is not an id; an id is 1 to 128 letters, digits, underscores or dashes, "
            "as in speak_inexpensive"
        )
    return text


def _secret(text: str) -> str:
    if len(text) < SHORTEST:
        raise ValueError(f"is shorter than {SHORTEST} characters; too short to be kept out of logs")
    if not text.isprintable():
        raise ValueError("holds a line break or control character; copy the value again without it")
    return text


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False)  # Python reads NaN, Infinity and 1e999, which no server does
    except (ValueError, RecursionError) as error:
        raise ValueError(f'is not JSON ({one_line(str(error))}); use an object like {{"paused": false}}') from None
    if not isinstance(value, dict):
        raise ValueError('is JSON but not an object; use one like {"paused": false}')
    if _deeper_than(DEEPEST, value):
        raise ValueError(f"is nested deeper than {DEEPEST} levels; no API takes that")
    return value


def _deeper_than(levels: int, value: Any) -> bool:
    if not isinstance(value, dict | list):
        return False
    items = value.values() if isinstance(value, dict) else value
    return not levels or any(_deeper_than(levels - 1, item) for item in items)


def _url(text: str) -> str:
    if "@" in text:  # wherever it stands: without a scheme a password is no password to a parser
        raise ValueError("holds a user name or password (an @); give credentials by their own variables")
    if "?" in text or "#" in text:
        raise ValueError("has a query or fragment; give only scheme, host and path")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError("is no URL; use one like https://api.example.com/v1") from None
    # Nothing that two parsers may read differently, such as a backslash: one decides what is loopback, one connects.
    if not usable or not _URL_CHARACTERS.fullmatch(text):
        raise ValueError(f"{_shown(text)} is no http or https URL; use one like https://api.example.com/v1")
    return parts.scheme + text[len(parts.scheme) :].rstrip("/")


def _identifiers(text: str) -> tuple[str, ...]:
    ids = tuple(_identifier(part.strip()) for part in re.split(r"[,\n]", text) if part.strip())
    if not ids:
        raise ValueError(f"{_shown(text)} holds no id; give one, or several with commas between them")
    twice = [one for one in dict.fromkeys(ids) if ids.count(one) > 1] if len(set(ids)) < len(ids) else []
    if twice:
        raise ValueError(f"names {', '.join(twice[:5])} more than once; give each id once")
    return ids


TEXT = Kind("text", str)
URL = Kind("URL", _url)
IDENTIFIER = Kind("id", _identifier)
IDENTIFIERS = Kind("id or ids", _identifiers)
SECRET = Kind("secret", _secret, secrets=lambda value: [value])
BOOLEAN = Kind("boolean", _boolean, ("TRUE", "FALSE"))
JSON_OBJECT = Kind("JSON object", _json_object)
JSON_WITH_SECRETS = Kind("JSON object", _json_object, secrets=secret_leaves)
JSON_ALL_SECRET = Kind("JSON object", _json_object, secrets=text_leaves)
MOMENT: Kind[datetime] = Kind("time", lambda text: parse_moment(text, zone_needed=True))


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _span(text: str) -> float:
    parts = re.findall(r"(\d{1,6}(?:\.\d{1,3})?)([smhd])", text.lower(), re.ASCII)
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text.lower().replace(" ", "") or total <= 0:
        raise ValueError(f"{_shown(text)} is no length of time; use one like 90m, 6h, 2d or 1d12h")
    return total


SPAN = Kind("length of time", _span)
"""In seconds."""


def select(*options: str) -> Kind[str]:
    """One of ``options``, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in options:
            raise ValueError(f"{_shown(text)} is not known; use one of {', '.join(options)}")
        return text.lower()

    return Kind("select", parse, options)


def whole_number(options: tuple[int, ...]) -> Kind[int]:
    """One of the numbers that the API allows."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) not in options:
            raise ValueError(f"{_shown(text)} is not allowed; use one of {', '.join(map(str, options))}")
        return int(text)

    return Kind("number", parse, tuple(map(str, options)))


def number_between(least: int, most: int) -> Kind[int]:
    """A whole number from ``least`` to ``most``."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"{_shown(text)} is not allowed; use a whole number from {least} to {most}")
        return int(text)

    return Kind("number", parse)


def seconds(least: float, most: float) -> Kind[float]:
    """A number of seconds from ``least`` to ``most``; anything else exits 205."""

    def parse(text: str) -> float:
        value = float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text, re.ASCII) else -1.0
        if not least <= value <= most:
            raise IntervalError(f"{_shown(text)} is out of range; use {least:g} to {most:g} seconds")
        return value

    return Kind("seconds", parse)


def _shown(text: str) -> str:
    """The value as a message shows it: quoted, on one line, short."""
    return json.dumps(one_line(text, 60), ensure_ascii=False)


class Variable(Generic[T]):
    """One variable. Reading it from a Settings instance gives its value; there is no setting it."""

    field = ""
    rank = 1  # that of the class that declares it

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
    """What is wrong with one variable. Never holds a secret's value."""

    def __init__(self, name: str, text: str, interval: bool = False) -> None:
        self.name = name
        self.text = text
        self.interval = interval


class Settings:
    """Base of every declaration. ``Settings(environ)`` loads it or raises InvalidInput with all problems at once."""

    rank = 1
    """Where a class's variables stand in messages and tables: 0 credentials, 1 the blueprint's own, 2 the run's."""

    def __init__(self, environ: Mapping[str, str], redactor: Redactor | None = None) -> None:
        self.values: dict[str, Any] = {}
        self.redactor = redactor or Redactor()  # knows each secret from the moment it is read
        self.given = Environment(environ, [variable.name for variable in self.variables()])
        problems = [problem for variable in self.variables() for problem in self._load(variable)]
        self.unusable = {problem.name for problem in problems}
        problems += [problem for problem in self.cross_check() if problem.name not in self.unusable]
        if self.given.refused:
            problems.insert(0, Problem(".env", self.given.refused))
        if problems:
            order = [variable.name for variable in self.variables()]
            problems.sort(key=lambda problem: order.index(problem.name) if problem.name in order else -1)
            raise refusal(problems, self.given.warnings())

    def cross_check(self) -> Iterator[Problem]:
        """What is wrong with the variables together. Fields that did not load are None here."""
        yield from ()

    @classmethod
    def variables(cls) -> list["Variable[Any]"]:
        """All variables in the order of declaration, the classes by their rank."""
        found: dict[str, Variable[Any]] = {}
        for owner in sorted(cls.__mro__, key=lambda owner: vars(owner).get("rank", 1)):
            for field in vars(owner):
                if isinstance(value := getattr(cls, field), Variable):  # a subclass may declare it anew
                    found.setdefault(field, value)
        return list(found.values())

    def secrets(self) -> list[str]:
        """The values that must appear nowhere."""
        return [
            secret
            for variable in self.variables()
            if variable.kind.secrets and self.values.get(variable.field)
            for secret in variable.kind.secrets(self.values[variable.field])
        ]

    def _load(self, variable: "Variable[Any]") -> Iterator[Problem]:
        self.values[variable.field] = None if variable.required else variable.default
        try:
            text = self.given.secret(variable.name) if variable.secret else self.given.text(variable.name)
            if text is not None:
                if variable.kind is SECRET:
                    self.redactor.add(text)
                self.values[variable.field] = variable.kind.parse(text)
            elif variable.required:
                file = f" (or {variable.name}_FILE)" if variable.secret else ""
                yield Problem(variable.name, f"is required{file}: {variable.help}")
        except IntervalError as error:
            yield Problem(variable.name, str(error), interval=True)
        except ValueError as error:
            yield Problem(variable.name, str(error))


def refusal(problems: Iterable[Problem], warnings: Iterable[str] = ()) -> InvalidInput:
    """All problems in one error: 205 where every one of them is an interval, else 206.

    ``warnings`` are told after them: what is missing may only be misspelt.
    """
    problems = list(problems)
    kind = InvalidInterval if all(problem.interval for problem in problems) else InvalidInput
    return kind("; ".join([*(f"{problem.name} {problem.text}" for problem in problems), *warnings]))
