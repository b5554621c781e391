"""``Date`` and the stamps may come from clocks that differ from each other and from the client's."""

from datetime import timedelta

import pytest

from shared.timestamps import parse
from tests.conftest import Emulator
from tests.fivetran.conftest import Play

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID = "speak_inexpensive"


def judged(play: Play, emulator: Emulator) -> int:
    """Assert 255 while the sync is running. Return the verdict's exit code."""
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert play(CHECK).code == 255
    emulator.advance(40)  # if the clocks differ, a stamp counts after half a minute without a running sync
    return play(CHECK).code


SKEWS = [(0, 0), (90, 0), (-90, 0), (0, 90), (0, -90), (3600, 3600), (-3600, -3600), (45, -45), (3600, 0), (0, 3600)]


@pytest.mark.parametrize(("date", "stamps"), SKEWS)
@pytest.mark.parametrize(("result", "code"), [("success", 0), ("failure", 1)])
@pytest.mark.parametrize("missing", ["null", "absent"])
def test_clocks_that_are_apart_change_no_verdict(
    play: Play, emulator: Emulator, date: int, stamps: int, result: str, code: int, missing: str
) -> None:
    emulator.switches(date_skew=date, stamp_skew=stamps, missing_stamps=missing)
    emulator.set(ID, succeeded_at=emulator.connector(ID)["succeeded_at"] - 7200)  # earlier than both clocks' time
    for _ in range(2):  # the second time, the first reading has stamps of that clock
        emulator.outcomes(ID, {"result": result, "seconds": 5})
        assert judged(play, emulator) == code


@pytest.mark.parametrize("digits", [0, 3, 6])
@pytest.mark.parametrize("fraction", [0.0, 0.5, 0.999])
def test_a_sync_shorter_than_a_second_is_seen(play: Play, emulator: Emulator, digits: int, fraction: float) -> None:
    emulator.switches(timestamp_digits=digits)
    now = float(emulator.connector(ID)["succeeded_at"])
    emulator.advance((fraction - now) % 1)
    for result, code in (("success", 0), ("failure", 1), ("success", 0)):
        emulator.outcomes(ID, {"result": result, "seconds": 0})
        assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
        assert play(CHECK).code == 255  # the second reading has the stamp already, as it would an older sync's
        emulator.advance(31)
        assert play(CHECK).code == code
        play.file("variables", f"{ID}_force_sync.json").unlink()
        assert play(CHECK).code == code  # with the pickle alone
        emulator.advance(1)


def test_a_sync_in_the_second_of_the_one_before_is_not_taken_for_it(play: Play, emulator: Emulator) -> None:
    emulator.switches(timestamp_digits=0)
    emulator.outcomes(ID, {"result": "success", "seconds": 0}, {"result": "success", "seconds": 60})
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert play(CHECK).code == 255
    emulator.advance(61)
    assert play(CHECK).code == 0


@pytest.mark.parametrize("connector_id", [ID, "unopened_parcel"])
def test_without_a_date_the_stamps_are_the_clock(play: Play, emulator: Emulator, connector_id: str) -> None:
    emulator.switches(date_header=False)
    before = emulator.connector(connector_id)["succeeded_at"]
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID=connector_id)
    assert done.code == 0
    assert abs(parse(done.result["execution_time"]).timestamp() - (before or 0)) < 0.001
    emulator.advance(5)
    assert play(CHECK).code == 0


def test_without_a_date_a_retry_after_a_success_triggers_again_and_says_so(play: Play, emulator: Emulator) -> None:
    emulator.switches(date_header=False)
    given = {"FIVETRAN_CONNECTOR_ID": ID, "SLIPWAY_RUN_ID": "run-1"}
    assert "warnings" not in play(TRIGGER, **given).result
    emulator.advance(5)
    again = play(TRIGGER, **given)
    assert (again.code, again.result["status"], len(emulator.requests("POST"))) == (0, "triggered", 2)
    (warning,) = again.result["warnings"]
    assert warning.startswith(
        "Fivetran's answers have no Date, so nobody can tell whether the sync that has succeeded is"
    )
    assert f"Slipway: warning: {warning}" in again.stderr
    emulator.outcomes(ID, {"result": "failure"})
    play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID="run-2")
    emulator.advance(5)
    assert "warnings" not in play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID="run-2").result


def test_the_execution_time_is_the_servers_date_less_a_microsecond(play: Play, emulator: Emulator) -> None:
    emulator.switches(date_skew=86400)
    moment = parse(play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).result["execution_time"])
    assert moment.microsecond == 999_999
    emulator.reset()
    ours = parse(play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).result["execution_time"])
    assert timedelta(hours=23, minutes=59) < moment - ours < timedelta(hours=24, minutes=1)


def test_an_old_failure_that_is_never_cleared_is_no_news(play: Play, emulator: Emulator) -> None:
    assert emulator.connector("gratuitous_bounty")["failed_at"] is not None
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID="gratuitous_bounty").code == 0
    emulator.advance(5)
    assert play(CHECK).code == 0
