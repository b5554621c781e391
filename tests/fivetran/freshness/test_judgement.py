"""Fresh or stale: the age of the last sync against its limit, and the reasons for being late."""

from typing import Any

import pytest

from shared.exit_codes import ExitCode as Code
from shared.fivetran.freshness.judgement import freshness, own_limit, reasons
from shared.freshness.judgement import sentence
from tests.fivetran.freshness.samples import HOUR, connector


@pytest.mark.parametrize(
    ("hours", "max_age", "fields", "code", "status"),
    [
        (1.0, None, {}, Code.DONE, "fresh"),
        (1.25, None, {}, Code.DONE, "fresh"),
        (1.26, None, {}, Code.STALE, "stale"),
        (5.9, 6 * HOUR, {}, Code.DONE, "fresh"),
        (6.1, 6 * HOUR, {}, Code.STALE, "stale"),
        (None, 6 * HOUR, {}, Code.STALE, "stale"),
        (-1.0, None, {}, Code.DONE, "fresh"),
        (1.0, None, {"paused": True}, Code.DONE, "fresh"),
        (1.0, None, {"sync_frequency": None}, Code.STATE_UNKNOWN, "unknown"),
        (1.0, HOUR * 2, {"sync_frequency": "?"}, Code.DONE, "fresh"),
    ],
)
def test_an_age_is_held_against_its_limit(
    hours: float | None, max_age: float | None, fields: dict[str, Any], code: Code, status: str
) -> None:
    found = freshness(connector(hours, **fields), max_age)
    assert (found.code, found.status) == (code, status)


def test_without_the_servers_clock_there_is_no_age() -> None:
    found = freshness(connector(1.0, now=None), HOUR)
    assert (found.code, found.age) == (Code.UNREACHABLE, None)


@pytest.mark.parametrize(("minutes", "limit"), [(5, 20), (60, 75), (360, 450), (1440, 1800)])
def test_its_own_limit_is_the_frequency_and_a_quarter_of_it_a_quarter_of_an_hour_at_least(
    minutes: int, limit: int
) -> None:
    assert own_limit(connector(sync_frequency=minutes)) == limit * 60


@pytest.mark.parametrize("frequency", [None, 0, -5, "60", True, 525_601, pytest.param(10**400, id="huge")])
def test_a_frequency_that_is_none_gives_no_limit(frequency: Any) -> None:
    assert own_limit(connector(sync_frequency=frequency)) is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"paused": True}, "it is paused"),
        ({"status": {"setup_state": "broken"}}, "its setup is broken"),
        ({"failed_at": "2026-11-22T11:30:00Z"}, "it is failing, last at 2026-11-22 11:30 UTC"),
        ({"failed_at": "2020-01-01T00:00:00Z"}, "the API reports no problem"),
        ({"status": {"sync_state": "rescheduled"}, "schedule_type": "manual"}, "does not say and will not run it"),
        ({"status": {"tasks": [{"message": "Reconnect", "details": "revoked"}]}}, "Reconnect: revoked"),
        ({"status": {"sync_state": "syncing"}}, "a sync is running"),
        ({"schedule_type": "manual"}, "it syncs only when triggered"),
    ],
)
def test_what_is_late_says_why(fields: dict[str, Any], why: str) -> None:
    assert why in freshness(connector(9.0, **fields), HOUR).why


@pytest.mark.parametrize(
    ("hours", "fields", "said"),
    [
        (None, {}, "it has never succeeded"),
        (1.0, {"paused": True}, "1 h old, 1 h 15 min allowed: it is paused"),
        (6.0, {"paused": True}, "6 h old, 1 h 15 min allowed, 4 h 45 min late: it is paused"),
    ],
)
def test_a_rows_reason_does_not_repeat_its_status(hours: float | None, fields: dict[str, Any], said: str) -> None:
    assert sentence(freshness(connector(hours, **fields), None)) == said


def test_reasons_begin_with_what_is_gravest_then_tasks_then_warnings() -> None:
    said = {"tasks": [{"message": "Reconnect"}], "warnings": [{"message": "Slow"}]}
    seen = connector(9.0, paused=True, failed_at="2026-11-22T11:30:00Z", status={"setup_state": "broken", **said})
    failing = "it is failing, last at 2026-11-22 11:30 UTC"
    assert reasons(seen) == ["its setup is broken", failing, "it is paused", "Reconnect", "Slow"]
