"""Checks for the values of scenarios. Each returns the value or raises ScenarioError with the key's name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from emulator.clock import stamp_seconds

Json = dict[str, Any]
Check = Callable[[str, Any], Any]
CENTURY = 100 * 365 * 86400.0  # seconds; longer spans could leave the calendar
FIRST, LAST = stamp_seconds("1200-01-01T00:00:00Z"), stamp_seconds("8900-01-01T00:00:00Z")
LARGEST = 2**53
DEEPEST = 200  # levels of nesting, well below Python's recursion limit


class ScenarioError(ValueError):
    """A scenario is invalid."""


def read_scenario(path: Path) -> Json:
    """Read the JSON object of a scenario file."""
    try:
        found = from_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    return an_object(str(path), found)


def an_object(where: str, value: Any, known: Iterable[str] | None = None) -> Json:
    """Check a JSON object; with `known` it may have no other keys."""
    if not isinstance(value, dict):
        raise ScenarioError(f"{where}: an object is wanted, not {shown(value)}")
    names = sorted(known) if known is not None else []
    for key in value:
        if known is not None and key not in names:
            near = get_close_matches(key, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
            raise ScenarioError(f"{where}: unknown key {shown(key)}; {hint}")
    return value


def unknown(where: str, name: str, known: Iterable[str], new: str) -> ScenarioError:
    """Return the error for an unknown id, with a similar known one. `new` says what a new one needs."""
    near = get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return ScenarioError(f"{where}: unknown; {hint}a new {new}")


def any_object(where: str, value: Any) -> Json:
    """Check any JSON object."""
    return an_object(where, value)


def checked(where: str, value: Any, checks: dict[str, Check]) -> Json:
    """Check an object whose keys each have a check, and return the checked values."""
    return {key: checks[key](f"{where}.{key}", one) for key, one in an_object(where, value, checks).items()}


def a_list(where: str, value: Any) -> list[Any]:
    """Check a list."""
    if not isinstance(value, list):
        raise ScenarioError(f"{where}: a list is wanted, not {shown(value)}")
    return value


def boolean(where: str, value: Any) -> bool:
    """Check a boolean. 0, 1 and texts are not booleans."""
    if not isinstance(value, bool):
        raise ScenarioError(f"{where}: true or false is wanted, not {shown(value)}")
    return value


def text(where: str, value: Any) -> str:
    """Check a string."""
    if not isinstance(value, str):
        raise ScenarioError(f"{where}: a string is wanted, not {shown(value)}")
    return value


def number(where: str, value: Any) -> float:
    """Check a number of seconds, from minus to plus a hundred years."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -CENTURY <= value <= CENTURY:
        raise ScenarioError(f"{where}: a number, at most a hundred years of seconds, is wanted, not {shown(value)}")
    return float(value)


def seconds(where: str, value: Any) -> float:
    """Check a number of seconds from zero to a hundred years."""
    if number(where, value) < 0:
        raise ScenarioError(f"{where}: a number of seconds, zero or more, is wanted, not {shown(value)}")
    return float(value)


def whole(where: str, value: Any, most: int = LARGEST) -> int:
    """Check a whole number from zero to `most`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        limit = "or more" if most == LARGEST else f"to {most}"
        raise ScenarioError(f"{where}: a whole number, zero {limit}, is wanted, not {shown(value)}")
    return value


def at_most(most: int) -> Check:
    """Return a check for whole numbers from zero to `most`."""
    return lambda where, value: whole(where, value, most)


def moment(where: str, value: Any) -> float:
    """Check a moment, given as seconds since the epoch or as an ISO 8601 UTC timestamp; return the seconds."""
    if isinstance(value, str):
        try:
            value = stamp_seconds(value)
        except ValueError as error:
            raise ScenarioError(f"{where}: {error}") from error
    if isinstance(value, bool) or not isinstance(value, int | float) or not FIRST <= value < LAST:
        text = "seconds since the epoch or a UTC timestamp, from the year 1200 to 8899, is wanted"
        raise ScenarioError(f"{where}: {text}, not {shown(value)}")
    return float(value)


def anything(where: str, value: Any) -> Any:
    """Accept any JSON."""
    return value


def one_of(*choices: Any) -> Check:
    """Return a check that accepts `choices` only."""

    def check(where: str, value: Any) -> Any:
        if not any(value == choice and type(value) is type(choice) for choice in choices):
            raise ScenarioError(f"{where}: one of {', '.join(map(shown, choices))} is wanted, not {shown(value)}")
        return value

    return check


def optional(check: Check) -> Check:
    """Return a check that accepts null as well."""
    return lambda where, value: None if value is None else check(where, value)


def list_of(check: Check) -> Check:
    """Return a check for lists that applies `check` to each member."""
    return lambda where, value: [check(f"{where}[{n}]", one) for n, one in enumerate(a_list(where, value))]


def map_of(check: Check) -> Check:
    """Return a check for objects that applies `check` to each value."""
    return lambda where, value: {key: check(f"{where}.{key}", one) for key, one in an_object(where, value).items()}


def object_of(checks: dict[str, Check]) -> Check:
    """Return a check for objects with these keys and no others, none of them required."""
    return lambda where, value: checked(where, value, checks)


def as_json(value: Any) -> str:
    """Write `value` as JSON, non-ASCII characters unescaped."""
    return json.dumps(value, ensure_ascii=False)


def from_json(raw: bytes | str) -> Any:
    """Parse JSON that can be written again as UTF-8.

    Raises ValueError for anything else, also for NaN, a lone surrogate and more than `DEEPEST` levels.
    """
    try:
        found = json.loads(raw)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        is_deep = any(level == DEEPEST for level, _ in enumerate(levels(found)))
    except RecursionError:
        is_deep = True
    if is_deep:
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    return found


def levels(value: Any) -> Iterator[list[Any]]:
    """Yield the values of each level of a JSON document, from the outside in."""
    level = [value]
    while level:
        yield level
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [one for each in inner for one in each]


def shown(value: Any) -> str:
    """Return `value` as JSON, at most 80 characters, for a message."""
    found = json.dumps(value, default=str)
    return found if len(found) <= 80 else f"{found[:77]}..."
