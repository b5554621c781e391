"""The settings of a transformation's schedule: after syncs, at a time, at intervals, or by cron expressions."""

import re
from collections.abc import Iterator
from typing import Any

from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import IDENTIFIERS, Kind, shown
from shared.settings.spans import in_seconds

DBT, QUICKSTART = "DBT_CORE", "QUICKSTART"
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_LONGEST = 31 * 24 * 60
"""Minutes. The longest interval."""


def _minutes(text: str) -> int:
    """Parse a number of minutes such as ``360``, or a length of time such as ``6h``."""
    seconds = in_seconds(text)
    minutes = float(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else (seconds or 0) / 60
    if minutes != int(minutes) or not 1 <= minutes <= _LONGEST:
        raise ValueError(f"{shown(text)} is no whole number of minutes; use one like 360, or 6h")
    return int(minutes)


def _half_hour(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[03]0", text, re.ASCII):
        raise ValueError(f"{shown(text)} is no full or half hour; use 00:00, 00:30 and so on to 23:30")
    return text


def _days(text: str) -> tuple[str, ...]:
    named = [day for part in re.split(r"[,\s]+", text.upper()) if (day := part.strip())]
    if wrong := [day for day in named if day not in DAYS]:
        raise ValueError(f"{shown(wrong[0])} is no day of the week; use {', '.join(DAYS)}")
    return tuple(day for day in DAYS if day in named)


def lines(text: str) -> tuple[str, ...]:
    """Split a text at semicolons and line breaks. Raise ValueError if nothing is left."""
    found = tuple(part for one in re.split(r"[;\n]", text) if (part := " ".join(one.split())))
    if not found:
        raise ValueError(f"{shown(text)} has nothing between its semicolons")
    return found


class ScheduleSettings(Settings):
    """When it runs: after the syncs of ``run_after`` unless another variable is given."""

    run_after = Variable(
        "FIVETRAN_RUN_AFTER",
        IDENTIFIERS,
        "the connectors after whose syncs it runs by itself, comma-separated; with a time or an interval it then waits "
        "for their syncs (smart syncing)",
        None,
    )
    run_interval = Variable(
        "FIVETRAN_RUN_INTERVAL", Kind("number", _minutes), "minutes between two runs, or as in 6h", None
    )
    run_time = Variable(
        "FIVETRAN_RUN_TIME", Kind("time of day", _half_hour), "when it runs each day, as in 05:30", None
    )
    run_days = Variable(
        "FIVETRAN_RUN_DAYS", Kind("days", _days), "with a time: on these days only, as in MONDAY,FRIDAY", None
    )
    run_cron = Variable(
        "FIVETRAN_RUN_CRON", Kind("text", lines), "cron expressions, with semicolons between several", None
    )

    def schedule(self, kind: str) -> dict[str, Any]:
        """Return the API's ``schedule`` of a transformation of this kind, {} if none is given.

        https://fivetran.com/docs/rest-api/api-reference/transformation-management/create-transformation
        A Quickstart package's schedule has no connections: they are in its ``transformation_config``.
        """
        found: dict[str, Any] = {}
        if self.run_cron:
            found = {"schedule_type": "CRON", "cron": list(self.run_cron)}
        elif self.run_interval:
            found = {"schedule_type": "INTERVAL", "interval": self.run_interval}
        elif self.run_time:
            days = list(self.run_days or ())  # none means every day
            found = {"schedule_type": "TIME_OF_DAY", "time_of_day": self.run_time, "days_of_week": days}
        elif self.run_after:
            found = {"schedule_type": "INTEGRATED"}
        if self.run_after and kind == DBT:
            found["connection_ids"] = list(self.run_after)
            if found["schedule_type"] != "INTEGRATED":
                found["smart_syncing"] = True
        return found

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        named = {
            "FIVETRAN_RUN_INTERVAL": self.run_interval,
            "FIVETRAN_RUN_TIME": self.run_time,
            "FIVETRAN_RUN_CRON": self.run_cron,
        }
        given = [name for name, value in named.items() if value]
        if len(given) > 1:
            yield Problem(given[1], f"and {given[0]} are both given; keep one of them")
        if self.run_days and not self.run_time:
            yield Problem("FIVETRAN_RUN_DAYS", "goes only with FIVETRAN_RUN_TIME")
        if self.run_cron and self.run_after:
            text = "and FIVETRAN_RUN_CRON are both given; only a time or an interval can wait for syncs"
            yield Problem("FIVETRAN_RUN_AFTER", text)


def fits(wanted: Any, found: Any) -> bool:
    """Return whether ``found`` has all values of ``wanted``. It may have more fields; lists of texts are unordered."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(fits(value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list):
        rows = found if isinstance(found, list) else []
        if all(isinstance(one, str) for one in (*wanted, *rows)):
            return sorted(wanted) == sorted(rows)
        return len(wanted) == len(rows) and all(map(fits, wanted, rows))
    return bool(wanted == found)


def dropped(kind: str, wanted: Any, found: Any) -> list[str]:
    """Return the fields that make the old schedule wait for syncs and that the new one, which replaces it, lacks.

    Return [] for a Quickstart package: its connections are not in the schedule.
    """
    if kind != DBT or not isinstance(wanted, dict) or not isinstance(found, dict):
        return []
    return [name for name in ("connection_ids", "smart_syncing") if found.get(name) and name not in wanted]


def merged(custom: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of both; ``own`` takes precedence. Objects with the same name are merged one level deep."""
    both = {name for name in own if isinstance(own[name], dict) and isinstance(custom.get(name), dict)}
    return {**custom, **own, **{name: {**custom[name], **own[name]} for name in both}}
