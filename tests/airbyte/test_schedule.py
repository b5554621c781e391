"""How often a connection syncs by its schedule, from each API's answer."""

from typing import Any

import pytest

from shared.airbyte.schedule import schedule

HOUR = 3600.0


@pytest.mark.parametrize(
    ("found", "kind", "seconds"),
    [
        ({"scheduleType": "basic", "scheduleData": {"basicSchedule": {"timeUnit": "hours", "units": 24}}}, "basic", 24),
        ({"scheduleType": "basic", "schedule": {"timeUnit": "days", "units": 2}}, "basic", 48),
        ({"schedule": {"timeUnit": "minutes", "units": 30}}, "", 0.5),
        ({"schedule": {"scheduleType": "basic", "basicTiming": "Every 6 HOURS"}}, "basic", 6),
        ({"schedule": {"scheduleType": "basic", "basicTiming": "Every 1 WEEK"}}, "basic", 168),
        ({"schedule": {"scheduleType": "basic", "basicTiming": "now and then"}}, "basic", None),
        ({"schedule": {"scheduleType": "manual"}}, "manual", None),
        ({"schedule": {"scheduleType": "cron", "cronExpression": "0 0 6 * * ? UTC"}}, "cron", None),
        ({"scheduleType": "cron", "scheduleData": {"cron": {"cronExpression": "0 0 6 * * ?"}}}, "cron", None),
        (
            {"scheduleType": "manual", "scheduleData": {"basicSchedule": {"timeUnit": "hours", "units": 1}}},
            "manual",
            None,
        ),
        (
            {"scheduleType": "basic", "scheduleData": {"basicSchedule": {"timeUnit": "hours", "units": "1"}}},
            "basic",
            None,
        ),
        (
            {"scheduleType": "basic", "scheduleData": {"basicSchedule": {"timeUnit": "hours", "units": 0}}},
            "basic",
            None,
        ),
        ({"scheduleType": "basic", "scheduleData": []}, "basic", None),
        ({}, "", None),
    ],
)
def test_seconds_are_those_of_a_basic_schedule(found: Any, kind: str, seconds: float | None) -> None:
    assert schedule(found) == (kind, None if seconds is None else seconds * HOUR)
