"""Find misspelt settings in the environment: some stop the run, others are warnings.

A run with a misspelt ``SLIPWAY_DRY_RUN`` or ``FIVETRAN_FORCE`` must not do what the user did not want. So a name that
is nearly a setting is an error, and nothing is sent. Names close to credentials, addresses and ids are only warnings,
because other tools use such names too. Names that another blueprint declares are fine: blueprints share environments.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import takewhile

from shared.settings.kinds import FALSE, TRUE

PREFIXES = ("FIVETRAN_", "AIRBYTE_", "SLIPWAY_")
OURS = "SLIPWAY_"
DRY_RUN = "SLIPWAY_DRY_RUN"
FORCE = "FIVETRAN_FORCE"
IGNORE = "SLIPWAY_IGNORE"
ADDRESSING = frozenset(
    {"API", "CLIENT", "CONNECTION", "CONNECTOR", "GROUP", "HOST", "ID", "KEY", "PASSWORD", "PORT", "SECRET", "SERVER"}
    | {"TOKEN", "URL", "USERNAME", "VERSION", "WORKSPACE", "JOB", "TRANSFORMATION", "FILE", "IDS"}
)
"""A setting whose name consists of these words is a credential, an address or an id."""
_OF_A_FORCE = frozenset({"HOST", "ID", "IDS", "KEY", "PASSWORD", "PORT", "SECRET", "TOKEN", "URL", "USERNAME"})
"""Last words of a name that is about something called Force: FIVETRAN_SALES_FORCE_ID."""
OF_EXAMPLES = frozenset(
    f"SLIPWAY_{word}"
    for word in (
        "BROWSER",
        "CONNECTORS",
        "DATA",
        "EARLY",
        "ENGINES",
        "HOME",
        "INSTALL",
        "LATE",
        "OWN",
        "POKE",
        "PYTHON",
    )
) | {"SLIPWAY_RETRY_DELAY", "SLIPWAY_SPECS", "SLIPWAY_SOAK"}
"""Variables of the examples in ``schedulers/`` and of the tests."""
MOST = 20
"""The most errors, and the most warnings, that are reported. An environment may contain thousands of names."""
NEAR = 0.85
"""The least ``difflib`` ratio of two similar names."""
SHORTEST_PREFIX = 5
NEAR_PREFIX = 0.8
"""Letters of a first word that may be misspelt, as in FIVERTAN_FORCE, and its least ratio."""


class UnknownNames:
    """The given names that are not declared. ``errors`` are pairs of name and sentence, ``warnings`` are sentences."""

    def __init__(
        self,
        given: Iterable[str],
        declared: Collection[str],
        *,
        writes: bool,
        value: Callable[[str], str],
        ignored: Collection[str] = (),
    ) -> None:
        """``given`` are the names that have a value, which ``value`` returns. ``ignored``: what SLIPWAY_IGNORE has."""
        self.errors: list[tuple[str, str]] = []
        self.warnings: list[str] = []
        self._declared = declared
        self._value = value
        self._ignored = sorted(ignored)
        guards = (one for one in declared if one.startswith(PREFIXES) and not is_addressing(one.removesuffix("_FILE")))
        plain = {plain_name(one): one for one in guards}
        for name in sorted(given):
            if len(self.errors) >= MOST:
                break
            if name in declared:
                continue
            if name.upper().startswith(PREFIXES):
                self._judge(name)
            elif (squeezed := plain_name(name)) == "DRYRUN":
                if writes and value(name).strip().lower() in TRUE:
                    self._refuse(name, DRY_RUN)
            elif right := _elsewhere(name, squeezed, plain):
                self._refuse(name, right)
        del self.warnings[MOST:]  # only now, since an error may come after many warnings

    def _judge(self, name: str) -> None:
        upper = name.upper()
        if upper != DRY_RUN and upper.replace("_", "").endswith("DRYRUN"):
            self._refuse(name, DRY_RUN)
        elif name != upper:
            self._judge_lower_case(name, upper)
        elif name.startswith(OURS):
            if not is_known(name):
                self._refuse(name, self._twin(name) or nearest(name, self._declared) or nearest(name, known_names()))
        elif is_known(name):
            return
        elif right := self._within(name):
            self._refuse(name, right)
        elif right := self._twin(name):
            self.warnings.append(f"{name} is not known here; did you mean {right}?")
        elif right := nearest(name, self._declared):
            self._judge_near_miss(name, right)

    def _twin(self, name: str) -> str | None:
        """Return the setting with another of our prefixes: FIVETRAN_WAIT for SLIPWAY_WAIT."""
        rest = name.partition("_")[2]
        return next((one for one in (prefix + rest for prefix in PREFIXES) if one in self._declared), None)

    def _within(self, name: str) -> str | None:
        """Return the setting in a longer name that is not similar enough, as in FIVETRAN_FORCE_SYNC."""
        if FORCE in self._declared and "FORCE" in name.split("_") and not self._is_about_a_force(name):
            return FORCE
        long = (one for one in self._declared if one.count("_") > 1 and name.startswith(f"{one}_"))
        return next((one for one in long if not is_addressing(one)), None)

    def _is_about_a_force(self, name: str) -> bool:
        """Return whether a name with FORCE is no misspelt setting: by its words, and its value is not TRUE or FALSE."""
        words = name.split("_")
        named = words[-1] in _OF_A_FORCE or "SALES_FORCE" in name
        return named and self._value(name).strip("\"' ").lower() not in (*TRUE, *FALSE)

    def _judge_lower_case(self, name: str, upper: str) -> None:
        right = upper if upper in self._declared else nearest(upper, self._declared)
        if right is None and upper.startswith(OURS) and not is_known(upper):
            self._refuse(name, None)
        elif right and not (right != upper and is_known(upper)):
            text = f"is set, but names are upper case: {right}"
            if is_addressing(right):
                self.warnings.append(f"{name} {text}")
            else:
                self.errors.append((name, f"{text}. Nothing was sent{self._way_out(name)}"))

    def _judge_near_miss(self, name: str, right: str) -> None:
        if is_addressing(right):
            self.warnings.append(f"{name} is not known here; did you mean {right}?")
        else:
            self._refuse(name, right)

    def _refuse(self, name: str, right: str | None) -> None:
        hint = f"; did you mean {right}?" if right else "."
        self.errors.append((name, f"is not a setting{hint} Nothing was sent{self._way_out(name)}"))

    def _way_out(self, name: str) -> str:
        """Return what to set if the name is right."""
        return f" ({IGNORE}={','.join([*self._ignored, name])} if it is another program's)"


def is_addressing(name: str) -> bool:
    """Return whether a setting is a credential, an address or an id."""
    return all(word in ADDRESSING for word in name.partition("_")[2].split("_"))


def plain_name(name: str) -> str:
    """Return the letters and digits of ``name``: ``slipway.dry-run`` and SLIPWAY_DRY_RUN have the same."""
    plain = name.upper().replace("_", "")
    return plain if plain.isalnum() else "".join(filter(str.isalnum, plain))


def _elsewhere(name: str, squeezed: str, plain: Mapping[str, str]) -> str | None:
    """Return the setting that a name without our prefixes means, None if it is another program's.

    ``squeezed``: its plain name. ``plain``: settings by plain name. A name of ``.env`` may be left of another syntax,
    as in ``$env:NAME``; the first word may be misspelt.
    """
    if right := plain.get(squeezed) or plain.get(squeezed.removeprefix("EXPORT").removeprefix("ENV")):
        return right
    first = name.upper().partition("_")[0]
    if not first.isalnum():
        first = "".join(takewhile(str.isalnum, first))
    rest = squeezed[len(first) :]
    if len(first) < SHORTEST_PREFIX or not rest:
        return None
    found = [prefix[:-1] for prefix in PREFIXES if prefix[:-1] + rest in plain]
    right = nearest(first, found, NEAR_PREFIX) if found else None
    return plain[right + rest] if right else None


def nearest(name: str, candidates: Collection[str], near: float = NEAR) -> str | None:
    """Return the candidate most similar to ``name``, None if none is similar enough."""
    from difflib import get_close_matches  # imported late: it costs start-up time and few runs need it

    found = get_close_matches(name, candidates, 1, near)
    return found[0] if found else None


def is_known(name: str) -> bool:
    """Return whether another blueprint or one of our examples uses the name."""
    return name in known_names() or name in OF_EXAMPLES


def known_names() -> frozenset[str]:
    """Return every variable that any blueprint declares."""
    from shared.settings.known_names import KNOWN_NAMES

    return KNOWN_NAMES
