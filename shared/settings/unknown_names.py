"""Judge the names in the environment that no setting has: which stop the run, which are only worth a word.

A misspelt ``SLIPWAY_DRY_RUN`` or ``FIVETRAN_FORCE`` must never run for real, so a name that is nearly a setting is an
error before anything is sent. Only near misses of credentials, addresses and ids are warnings, since such names belong
to other tools as well. A name that any blueprint declares is never unknown: blueprints may share one environment.
"""

from collections.abc import Callable, Collection, Iterable

PREFIXES = ("FIVETRAN_", "AIRBYTE_", "SLIPWAY_")
OURS = "SLIPWAY_"
DRY_RUN = "SLIPWAY_DRY_RUN"
IGNORE = "SLIPWAY_IGNORE"
TELLING = frozenset(
    {"API", "CLIENT", "CONNECTION", "CONNECTOR", "GROUP", "HOST", "ID", "KEY", "PASSWORD", "PORT", "SECRET", "SERVER"}
    | {"TOKEN", "URL", "USERNAME", "VERSION", "WORKSPACE", "JOB", "TRANSFORMATION", "FILE", "IDS"}
)
"""A setting whose name has only these words says where and who, not what is done."""
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
"""What the examples in ``schedulers/`` and the tests call their own variables."""
MOST = 20
"""So many names are told of, errors and warnings each. An environment may hold thousands of names."""
NEAR = 0.85
"""``difflib``'s ratio from which two names count as near."""


class UnknownNames:
    """The given names that nobody declares. ``errors`` are pairs of a name and a sentence, ``warnings`` sentences."""

    def __init__(
        self, given: Iterable[str], declared: Collection[str], *, writes: bool, is_true: Callable[[str], bool]
    ) -> None:
        """``given`` are the names that have a value. ``is_true`` says whether a name's value is a true boolean."""
        self.errors: list[tuple[str, str]] = []
        self.warnings: list[str] = []
        self._declared = declared
        for name in sorted(given):
            if len(self.errors) >= MOST:
                break
            if name in declared:
                continue
            if name.upper().startswith(PREFIXES):
                self._judge(name)
            elif name.upper().replace("_", "") == "DRYRUN" and writes and is_true(name):
                self._refuse(name, DRY_RUN)
        del self.warnings[MOST:]  # and not sooner: an error may come after them

    def _judge(self, name: str) -> None:
        upper = name.upper()
        if upper != DRY_RUN and upper.replace("_", "").endswith("DRYRUN"):
            self._refuse(name, DRY_RUN)
        elif name != upper:
            self._judge_lower_case(name, upper)
        elif name.startswith(OURS):
            if not is_known(name):
                self._refuse(name, nearest(name, self._declared) or nearest(name, known_names()))
        elif not is_known(name) and (right := nearest(name, self._declared)):
            self._judge_near_miss(name, right)

    def _judge_lower_case(self, name: str, upper: str) -> None:
        right = upper if upper in self._declared else nearest(upper, self._declared)
        if right is None and upper.startswith(OURS) and not is_known(upper):
            self._refuse(name, None)
        elif right and not (right != upper and is_known(upper)):
            text = f"is set, but names are upper case: {right}"
            if is_telling(right):
                self.warnings.append(f"{name} {text}")
            else:
                self.errors.append((name, f"{text}. Nothing was sent"))

    def _judge_near_miss(self, name: str, right: str) -> None:
        if is_telling(right):
            self.warnings.append(f"{name} is not known here; did you mean {right}?")
        else:
            self._refuse(name, right)

    def _refuse(self, name: str, right: str | None) -> None:
        hint = f"; did you mean {right}?" if right else "."
        self.errors.append(
            (name, f"is not a setting{hint} Nothing was sent ({IGNORE}={name} if it is another program's)")
        )


def is_telling(name: str) -> bool:
    """True for a setting that is a credential, an address or an id."""
    return all(word in TELLING for word in name.partition("_")[2].split("_"))


def nearest(name: str, candidates: Collection[str]) -> str | None:
    """The candidate that ``name`` is nearly, None where it is near to none."""
    from difflib import get_close_matches  # costs start-up, and nearly no run has names that are unknown everywhere

    found = get_close_matches(name, candidates, 1, NEAR)
    return found[0] if found else None


def is_known(name: str) -> bool:
    """True where another blueprint, or an example of ours, has the name."""
    return name in known_names() or name in OF_EXAMPLES


def known_names() -> frozenset[str]:
    """Every variable that any blueprint declares."""
    from shared.settings.known_names import KNOWN_NAMES

    return KNOWN_NAMES
