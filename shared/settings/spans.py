"""Lengths of time: ``90``, ``90s``, ``5m``, ``4h``, ``1d12h``, ``2 hours``."""

import re

from shared.settings.kinds import IntervalError, Kind, shown

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WORDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
}
_PART = re.compile(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)\s*", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


def in_seconds(text: str) -> float | None:
    """Return a length of time in seconds, None if ``text`` is not a length of time with units."""
    total, end = 0.0, 0
    for match in _PART.finditer(text.lower()):
        unit = _WORDS.get(match[2])
        if match.start() != end or unit is None:
            return None
        total, end = total + float(match[1]) * _UNITS[unit], match.end()
    return total if end and end == len(text) else None


def _span(text: str) -> float:
    found = in_seconds(text)
    if not found:
        wrong = f"has no unit (is {text}h meant?)" if _NUMBER.fullmatch(text) else "is no length of time"
        raise ValueError(f"{shown(text)} {wrong}; use one like 90m, 6h, 2d or 1d12h")
    return found


SPAN = Kind("length of time", _span)
"""Its value is in seconds; its text needs a unit."""


def seconds(least: float, most: float) -> Kind[float]:
    """Return a kind for ``least`` to ``most`` seconds, as a number or with units. Anything else exits 205."""

    def parse(text: str) -> float:
        value = float(text) if _NUMBER.fullmatch(text) else in_seconds(text)
        if value is None or not least <= value <= most:
            wrong = "is no length of time" if value is None else "is out of range"
            raise IntervalError(f"{shown(text)} {wrong}; use {least:g} to {most:g} seconds, or as in 90s, 5m or 1h")
        return value

    return Kind("seconds", parse)
