"""Read and write timestamps: always aware datetimes in UTC. A "moment" is such a datetime."""

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)


def parse(text: str, zone_needed: bool = False) -> datetime:
    """Parse an ISO 8601 timestamp: optional seconds, 0 to 9 fractional digits (cut to microseconds), ``Z`` or offset.

    Fivetran writes 0, 3 or 6 digits. Airbyte's public API leaves out the seconds if they are ``:00``.
    Without a time zone it is UTC, or refused with ``zone_needed``. Raise ValueError if it is invalid.
    """
    match = _ISO.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{_shown(text)} is not a time like 2026-11-22T06:17:05Z")
    day, minute, second, fraction, zone = match.groups()
    if zone is None and zone_needed:
        raise ValueError(f"{_shown(text)} has no time zone; add Z for UTC, as in 2026-11-22T06:17:05Z")
    moment = datetime.fromisoformat(f"{day}T{minute}:{second or '00'}.{(fraction or '0')[:6]:0<6}")
    if zone is None or zone in "Zz":
        return moment.replace(tzinfo=timezone.utc)
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    try:
        return (moment - offset if zone[0] == "+" else moment + offset).replace(tzinfo=timezone.utc)
    except OverflowError:
        raise ValueError(f"{_shown(text)} lies outside the years 1 to 9999") from None


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")


@lru_cache(256)  # a trigger writes each of its stamps many times
def write(moment: datetime | None) -> str | None:
    """Format as ``2026-11-22T06:17:05.123456Z``. Return None for None."""
    if moment is None:
        return None
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_the_minute(moment: datetime) -> str:
    """Format as ``2026-11-22 06:17 UTC``, for people."""
    return f"{write(moment)}"[:16].replace("T", " ") + " UTC"


def latest(*moments: datetime | None) -> datetime | None:
    """Return the latest moment that is not None; None if there is none."""
    return max((moment for moment in moments if moment is not None), default=None)


def span(seconds: float) -> str:
    """Format a length of time for people: ``45 s``, ``12 min``, ``3 h 50 min``, ``2 d 4 h``."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 2:
        return f"{minutes * 60 + rest} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    days, hours = divmod(hours, 24)
    parts = [f"{days} d", f"{hours} h"] if days else [f"{hours} h", f"{minutes} min"]
    return " ".join(part for part in parts if not part.startswith("0 "))


def elapsed(seconds: float) -> str:
    """Format a length of time for a live line: ``45 s``, ``2 min 14 s``; from one hour on as by ``span``."""
    minutes, rest = divmod(int(seconds), 60)
    return span(seconds) if minutes >= 60 else f"{minutes} min {rest} s" if minutes else f"{rest} s"
