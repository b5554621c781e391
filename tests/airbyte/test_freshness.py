"""Fresh or stale: the age of a connection's last sync against its limit, and the reasons for being late."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest

from shared.airbyte.freshness import Jobs, freshness, judged_as
from shared.airbyte.job import Connection, Job
from shared.exit_codes import ExitCode as Code
from shared.http.response import Answer

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
HOUR = 3600.0
HOURLY = {"scheduleType": "basic", "scheduleData": {"basicSchedule": {"timeUnit": "hours", "units": 1}}}


def connection(status: str = "active", dated: bool = True, **data: Any) -> Connection:
    answer = Answer(200, {"Date": format_datetime(NOW, usegmt=True)} if dated else {}, b"")
    return Connection("749c19dc-4f97-4f30-bb0f-126e53506960", "shop", status, "w", data, answer)


def job(status: str = "succeeded", hours: float = 1.0, kind: str = "sync", number: int = 1) -> Job:
    return Job(number, "749c19dc-4f97-4f30-bb0f-126e53506960", status, kind, None, NOW - timedelta(hours=hours))


@pytest.mark.parametrize(
    ("hours", "max_age", "schedule", "code"),
    [
        (1.0, None, HOURLY, Code.DONE),
        (1.26, None, HOURLY, Code.STALE),
        (5.9, 6 * HOUR, {}, Code.DONE),
        (6.1, 6 * HOUR, HOURLY, Code.STALE),
        (-1.0, HOUR, {}, Code.DONE),
        (1.0, None, {"scheduleType": "manual"}, Code.STATE_UNKNOWN),
        (1.0, None, {"scheduleType": "cron"}, Code.STATE_UNKNOWN),
        (1.0, None, {}, Code.STATE_UNKNOWN),
    ],
)
def test_an_age_is_held_against_its_limit(hours: float, max_age: float | None, schedule: Any, code: Code) -> None:
    last = job(hours=hours)
    assert freshness(connection(**schedule), Jobs(last, last), max_age).code == code


def test_without_the_servers_clock_there_is_no_age() -> None:
    found = freshness(connection(dated=False), Jobs(job(), job()), HOUR)
    assert (found.code, found.age) == (Code.UNREACHABLE, None)


@pytest.mark.parametrize(
    ("status", "last", "state", "why"),
    [
        ("inactive", job(), "disabled", "Airbyte switches a connection off after 30 failures in a row, silently"),
        ("deprecated", job(), "deleted", "it was deleted in Airbyte"),
        ("locked", job(), "locked", "Airbyte disabled it for the time being"),
        ("resting", job(), "status resting", "which this version does not know"),
        ("active", job("failed"), "failing", "its last job (sync job 1) failed at 2026-11-22 11:00 UTC"),
        ("active", job("cancelled"), "cancelled", "was cancelled at"),
        ("active", job(kind="reset"), "cleared", "a reset removed its data at 2026-11-22 11:00 UTC"),
        ("active", job("running"), "syncing", "sync job 1 is running"),
        ("active", job("incomplete"), "syncing", "sync job 1 is incomplete"),
        ("active", job("running", kind="clear"), "clearing", "a clear is removing its data"),
        ("active", job("resting"), "job resting", "has the status resting"),
        ("active", None, "never synced", "it has had no job yet"),
    ],
)
def test_what_is_late_says_why(status: str, last: Job | None, state: str, why: str) -> None:
    found = freshness(connection(status), Jobs(last, job(hours=9.0, number=0)), HOUR)
    assert (found.code, found.state) == (Code.STALE, state)
    assert why in found.why


def test_who_is_switched_off_is_said_while_its_data_is_still_fresh_and_where_no_limit_is_known() -> None:
    off = connection("inactive")
    fresh = freshness(off, Jobs(job(), job()), 2 * HOUR)
    assert (fresh.code, fresh.state) == (Code.DONE, "disabled")
    assert "30 failures" in fresh.why
    assert "30 failures" in freshness(off, Jobs(job(), job()), None).why


@pytest.mark.parametrize("kind", ["reset", "clear"])
def test_data_that_a_reset_has_removed_is_not_fresh(kind: str) -> None:
    emptied = Jobs(job("failed", 0.1, number=2), job(hours=0.2, kind=kind))
    assert freshness(connection(), emptied, HOUR).code == Code.STALE
    assert emptied.synced is None


def test_a_refresh_brings_data() -> None:
    assert freshness(connection(), Jobs(job(kind="refresh"), job(kind="refresh")), 2 * HOUR).code == Code.DONE


@pytest.mark.parametrize(
    ("status", "schedule", "hours", "state", "why"),
    [
        ("active", {}, 0.5, "fresh", []),
        ("active", {}, 9.0, "late", ["the API reports no problem"]),
        ("active", {"scheduleType": "manual"}, 9.0, "late", ["its schedule is manual: it syncs only when triggered"]),
        (
            "locked",
            {"statusReason": "no credits"},
            9.0,
            "locked",
            ["Airbyte disabled it for the time being (no credits); see its page"],
        ),
    ],
)
def test_the_page_says_beside_the_tag_only_what_the_tag_does_not(
    status: str, schedule: Any, hours: float, state: str, why: list[str]
) -> None:
    one, jobs = connection(status, **schedule), Jobs(job(hours=hours), job(hours=hours))
    shown = judged_as(one, jobs, freshness(one, jobs, HOUR), "")
    assert (shown.state, list(shown.why)) == (state, why)
