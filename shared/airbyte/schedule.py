"""Read how often a connection syncs by itself. Pure functions of the API's object."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 7 * 86400.0, "month": 31 * 86400.0}
_EVERY = re.compile(r"every (\d{1,6}) ([a-z]+?)s?", re.ASCII | re.IGNORECASE)


class Schedule(NamedTuple):
    """``kind`` is manual, basic, cron, or empty if the API does not say. ``seconds`` between two syncs, if known."""

    kind: str
    seconds: float | None

    @property
    def sentence(self) -> str:
        """The reason why it may not have synced, "" if it syncs by itself."""
        if self.kind == "manual":
            return "its schedule is manual: it syncs only when triggered"
        return ""


def schedule(connection: Mapping[str, Any]) -> Schedule:
    """Parse the schedule of a connection of either API.

    The Configuration API has ``scheduleType`` with ``scheduleData.basicSchedule``, and ``schedule`` on older servers;
    the public API ``schedule`` with a sentence, ``basicTiming``: "Every 24 HOURS".
    """
    own, older = _object(connection.get("scheduleData")), _object(connection.get("schedule"))
    kind = str(connection.get("scheduleType") or older.get("scheduleType") or "")
    basic = _object(own.get("basicSchedule")) or older
    match = _EVERY.fullmatch(str(older.get("basicTiming") or ""))
    count, unit = (int(match[1]), match[2]) if match else (basic.get("units"), str(basic.get("timeUnit") or ""))
    seconds = UNITS.get(unit.lower().removesuffix("s"))
    usable = kind in ("", "basic") and seconds is not None and type(count) is int and count > 0
    return Schedule(kind, count * seconds if usable and seconds and count else None)


def _object(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}
