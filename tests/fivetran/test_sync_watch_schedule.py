"""The wait for a sync that Fivetran's schedule starts."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.conftest import Emulator
from tests.fivetran.batch.account import statuses
from tests.fivetran.conftest import Play

CHECK = "fivetran/check_sync_status"
HOURLY = "intrinsic_coolness"  # the last sync was 20 minutes ago, the next one is due in 40
DAILY = "nightly_lighthouse"
OTHER = "brisk_metronome"  # due in 11 minutes
WAIT = {"FIVETRAN_WAIT": "TRUE"}


def now(emulator: Emulator) -> datetime:
    """Return the emulator's time: 20 minutes after the last success of the hourly connector."""
    found: float = emulator.connector(HOURLY)["succeeded_at"]
    return datetime.fromtimestamp(found, timezone.utc) + timedelta(minutes=20)


def since(emulator: Emulator, hours: float = 0) -> dict[str, str]:
    return {"FIVETRAN_EXECUTION_TIME": (now(emulator) - timedelta(hours=hours)).isoformat(), **WAIT}


def test_the_next_success_of_the_schedule_is_waited_for_although_that_is_after_the_start_timeout(
    play: Play, emulator: Emulator
) -> None:
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=HOURLY, **since(emulator))
    assert (done.code, done.result["status"]) == (0, "succeeded"), done.result
    assert 2300 < sum(play.slept) < 2600
    assert "its schedule's next one is due at " in done.stderr
    assert emulator.requests("POST") == []


def test_a_success_that_came_before_the_wait_began_is_enough(play: Play, emulator: Emulator) -> None:
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=HOURLY, **since(emulator, hours=1))
    assert (done.code, play.slept) == (0, [])


def test_a_failure_of_the_schedules_sync_is_a_failure(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(HOURLY, {"result": "failure"})
    assert play(CHECK, FIVETRAN_CONNECTOR_ID=HOURLY, **since(emulator)).code == 1


def test_a_daily_sync_is_waited_for_until_its_time_of_day(play: Play, emulator: Emulator) -> None:
    at = (now(emulator) + timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    emulator.set(DAILY, daily_sync_time=f"{at:%H:%M}", next_run_at=at.timestamp())
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=DAILY, FIVETRAN_WAIT_TIMEOUT="6h", **since(emulator))
    assert (done.code, sum(play.slept) > 4 * 3600) == (0, True)


@pytest.mark.parametrize("name", [HOURLY, f"{HOURLY},{OTHER}"])
def test_a_schedule_that_starts_nothing_is_217_once_it_had_the_start_timeout(
    play: Play, emulator: Emulator, name: str
) -> None:
    emulator.set(HOURLY, next_run_at=None)
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=name, **since(emulator))
    assert done.code == 217
    assert 3200 < sum(play.slept) < 3600  # 40 minutes and 15 s, of which some real milliseconds pass, too
    assert "within 15 min after its schedule was due, " in done.result["message"]


def test_a_batch_waits_for_each_ones_schedule(play: Play, emulator: Emulator) -> None:
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=f"{HOURLY},{OTHER}", **since(emulator))
    assert (done.code, statuses(play, done)) == (0, {HOURLY: "succeeded", OTHER: "succeeded"})
    assert 2300 < sum(play.slept) < 2600


@pytest.mark.parametrize(
    "fields", [{"schedule_type": "manual"}, {"next_run_at": None, "succeeded_at": "2020-01-01T00:00:00Z"}]
)
def test_what_is_manual_or_overdue_has_the_start_timeout_from_now(
    play: Play, emulator: Emulator, fields: dict[str, Any]
) -> None:
    given = since(emulator)
    emulator.set(HOURLY, **fields)
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=HOURLY, **given)
    assert (done.code, sum(play.slept)) == (217, pytest.approx(900, abs=60))


def test_a_sync_that_was_triggered_has_the_start_timeout_from_now(play: Play, emulator: Emulator) -> None:
    emulator.switches(syncing_delay=100_000)
    done = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=HOURLY, **WAIT)
    assert (done.code, sum(play.slept)) == (217, pytest.approx(900, abs=60))


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"FIVETRAN_EXECUTION_TIME": "yesterday"}, 206, "FIVETRAN_EXECUTION_TIME"),
        ({"FIVETRAN_EXECUTION_TIME": "2026-11-30T02:00"}, 206, "FIVETRAN_EXECUTION_TIME"),
        ({"FIVETRAN_WAIT": "Ture"}, 206, "FIVETRAN_WAIT"),
        ({"FIVETRAN_START_TIMEOUT": "-1"}, 205, "FIVETRAN_START_TIMEOUT"),
    ],
)
def test_bad_input_is_refused(play: Play, emulator: Emulator, given: dict[str, str], code: int, said: str) -> None:
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=HOURLY, **given)
    assert (done.code, said in done.result["message"]) == (code, True)
    assert not emulator.requests()
