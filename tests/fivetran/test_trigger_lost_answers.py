"""The answer to a trigger is lost: the sync is looked for, and nothing is sent again."""

import json
import pickle
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.conftest import Play

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID = "speak_inexpensive"
SYNC = f"/v1/connections/{ID}/sync"
RUN = {"FIVETRAN_CONNECTOR_ID": ID, "SLIPWAY_RETRY_TIMEOUT": "60"}
ARRIVED: list[dict[str, Any]] = [
    {"reset": "after"},
    {"pass": True, "truncated": True},
    {"status": 502, "html": "<h1>Bad Gateway</h1>", "handled": True},
    {"status": 500, "json": {"code": "InternalError"}, "handled": True},
    {"status": 200, "html": "<h1>Welcome</h1>", "handled": True},
    {"status": 200, "empty": True, "handled": True},
]
NOT_ARRIVED: list[dict[str, Any]] = [{"reset": "before"}, {"status": 503, "html": "busy"}, {"status": 200, "html": "x"}]


def state_of(play: Blueprint, name: str = f"{ID}_force_sync.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(play.file("variables", name).read_text())["connectors"][0]
    return found


def runs(emulator: Emulator, **outcome: Any) -> None:
    """Let a sync run that takes a minute, as the next one does."""
    emulator.outcomes(ID, {"result": "success", "seconds": 60, **outcome}, {"result": "success", "seconds": 60})
    emulator.set(ID, sync_state="syncing")


@pytest.mark.parametrize("answer", ARRIVED)
def test_where_it_arrived_the_sync_tells(play: Play, emulator: Emulator, answer: dict[str, Any]) -> None:
    emulator.answers("POST", SYNC, answer)
    done = play(TRIGGER, **RUN)
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert "the answer was lost" in done.result["message"]
    assert len(emulator.requests("POST")) == 1
    assert state_of(play)["state"] == "accepted"
    emulator.advance(5)
    assert play(CHECK).code == 0


@pytest.mark.parametrize("answer", NOT_ARRIVED)
def test_where_nothing_shows_within_30_seconds_it_is_unknown(
    play: Play, emulator: Emulator, answer: dict[str, Any]
) -> None:
    emulator.answers("POST", SYNC, answer)
    done = play(TRIGGER, **RUN)
    assert (done.code, done.result["retry"]) == (202, False)
    assert play.slept == [2.0] * 15
    assert len(emulator.requests("POST")) == 1
    assert state_of(play)["state"] == "unknown"
    assert pickle.loads(play.file("variables", "force_sync.pickle").read_bytes())[0] == ID
    assert play(CHECK).code == 255  # it may run later, which a later check would see


def test_a_file_that_is_lost_too_does_not_hide_that_a_sync_was_triggered(play: Play, emulator: Emulator) -> None:
    emulator.answers("POST", SYNC, {"reset": "after"})
    play.file("responses", f"sync_{ID}_response.json").mkdir(parents=True)
    done = play(TRIGGER, **RUN)
    assert done.code == 207
    assert done.result["message"].startswith(f"a sync of {ID} was triggered, but ")


def test_a_file_that_is_lost_too_does_not_hide_that_a_trigger_was_sent(play: Play, emulator: Emulator) -> None:
    def block() -> None:
        sidecar = play.file("variables", f"{ID}_force_sync.json")
        sidecar.unlink()
        sidecar.mkdir()

    emulator.answers("POST", SYNC, {"reset": "before"})
    play.during[1] = block
    done = play(TRIGGER, **RUN)
    assert done.code == 207
    assert done.result["message"].startswith(f"the trigger of {ID} was sent and its answer was lost, but ")


def test_an_answer_that_never_comes_is_lost(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", SYNC, {"hang": 30, "handled": True})
    done = blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_READ_TIMEOUT="1")
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert len(emulator.requests("POST")) == 1


def test_syncing_that_shows_only_after_ten_seconds_is_waited_for(play: Play, emulator: Emulator) -> None:
    emulator.switches(syncing_delay=10)
    emulator.answers("POST", SYNC, {"reset": "after"})
    done = play(TRIGGER, **RUN)
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert 0 < sum(play.slept) <= 10
    assert len(emulator.requests("POST")) == 1


def test_a_quick_sync_that_was_never_seen_running_is_known_by_its_stamp(play: Play, emulator: Emulator) -> None:
    emulator.switches(timestamp_digits=0)
    emulator.outcomes(ID, {"result": "success", "seconds": 0})
    emulator.answers("POST", SYNC, {"reset": "after"})
    assert play(TRIGGER, **RUN).result["status"] == "triggered"
    emulator.advance(31)  # until then it could be an older sync's end
    assert play(CHECK).code == 0


def test_over_a_running_sync_nothing_shows_whether_it_arrived(play: Play, emulator: Emulator) -> None:
    for answer in ({"reset": "after"}, {"reset": "before"}):
        emulator.reset()
        runs(emulator)
        emulator.answers("POST", SYNC, answer)
        done = play(TRIGGER, **RUN)
        assert done.code == 202
        assert len(emulator.requests("POST")) == 1
        assert state_of(play)["running_before"] is True


def test_over_a_running_sync_the_stopped_ones_stamp_and_a_new_one_running_tell(play: Play, emulator: Emulator) -> None:
    emulator.switches(restart_stamps_failed_at=True)
    runs(emulator)
    emulator.answers("POST", SYNC, {"reset": "after"})
    done = play(TRIGGER, **RUN)
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert state_of(play)["baseline"]["failed_at"] is not None  # the stamp of the sync that was stopped is not new
    assert play(CHECK).code == 255
    emulator.advance(100)
    assert play(CHECK).code == 0


def test_over_a_running_sync_a_stop_and_a_late_start_tell(play: Play, emulator: Emulator) -> None:
    emulator.switches(syncing_delay=10)
    runs(emulator)
    emulator.answers("POST", SYNC, {"reset": "after"})
    done = play(TRIGGER, **RUN)
    assert (done.code, done.result["status"]) == (0, "triggered")


def test_a_running_sync_that_ends_by_itself_is_not_taken_for_ours(play: Play, emulator: Emulator) -> None:
    runs(emulator, seconds=10)
    emulator.answers("POST", SYNC, {"reset": "before"})
    assert play(TRIGGER, **RUN).code == 202


def test_a_retry_of_a_lost_trigger_looks_first(play: Play, emulator: Emulator) -> None:
    again = {**RUN, "SLIPWAY_RUN_ID": "run-1"}
    emulator.switches(syncing_delay=60)  # longer than the client looks for the sync
    emulator.answers("POST", SYNC, {"reset": "after"})
    assert play(TRIGGER, **again).code == 202
    emulator.advance(31)
    assert play(TRIGGER, **again).result["status"] == "joined"
    assert len(emulator.requests("POST")) == 1


def test_a_retry_of_a_trigger_that_did_not_arrive_sends_it(play: Play, emulator: Emulator) -> None:
    again = {**RUN, "SLIPWAY_RUN_ID": "run-1"}
    emulator.answers("POST", SYNC, {"reset": "before"})
    assert play(TRIGGER, **again).code == 202
    assert play(TRIGGER, **again).result["status"] == "triggered"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": {"Retry-After": "900"}, "times": 1},
        {"status": 401, "empty": True},
        {"status": 404, "empty": True},
        {"reset": "before"},
        {"status": 200, "html": "x"},
    ],
)
def test_a_failed_read_does_not_end_the_search(play: Play, emulator: Emulator, fault: dict[str, Any]) -> None:
    details = f"/v1/connections/{ID}"
    emulator.answers("GET", details, {"pass": True}, {"times": 2, **fault})
    emulator.answers("POST", SYNC, {"reset": "after"})
    done = play(TRIGGER, **{**RUN, "SLIPWAY_RETRY_TIMEOUT": "10"})
    assert (done.code, done.result["status"]) == (0, "triggered"), done


@pytest.mark.parametrize(("asked", "longest"), [("5", 6), ("28", 29), ("30", 30), ("45", 30), ("900", 30)])
def test_a_read_that_is_turned_away_rests_as_asked_within_the_thirty_seconds(
    play: Play, emulator: Emulator, asked: str, longest: float
) -> None:
    turned_away = {"status": 429, "headers": {"Retry-After": asked}}
    emulator.answers("GET", f"/v1/connections/{ID}", {"pass": True}, turned_away)
    emulator.answers("POST", SYNC, {"reset": "after"})
    done = play(TRIGGER, **RUN)
    assert (done.code, done.result["status"]) == (0, "triggered"), done
    assert min(float(asked), 30) <= sum(play.slept) <= longest
    assert len(emulator.requests("GET")) == 1 + 2


@pytest.mark.parametrize("asked", ["45", "900"])
def test_the_last_read_of_a_batch_comes_too_whatever_its_pace(play: Play, emulator: Emulator, asked: str) -> None:
    emulator.answers("GET", f"/v1/connections/{ID}", {"status": 429, "headers": {"Retry-After": asked}})
    emulator.answers("POST", SYNC, {"reset": "after"})
    given = {**RUN, "FIVETRAN_CONNECTOR_ID": f"{ID},stubborn_kettle", "FIVETRAN_CONCURRENCY": "1"}
    done = play(TRIGGER, **given)
    looks = [row["status"] for row in emulator.requests("GET") if row["path"] == f"/v1/connections/{ID}"]
    assert looks == [429, 200]
    assert "unknown" not in done.result["data"]["counts"]


@pytest.mark.parametrize("asked", ["45", "900"])
def test_reads_that_are_all_turned_away_burn_no_quota(play: Play, emulator: Emulator, asked: str) -> None:
    turned_away = {"status": 429, "headers": {"Retry-After": asked}, "times": "always"}
    emulator.answers("GET", f"/v1/connections/{ID}", {"pass": True}, turned_away)
    emulator.answers("POST", SYNC, {"reset": "before"})
    assert play(TRIGGER, **RUN).code == 202
    assert play.slept == [30.0]
    assert len(emulator.requests("GET")) == 1 + 2


def test_one_failed_read_after_a_409_is_made_again(play: Play, emulator: Emulator) -> None:
    emulator.answers("GET", f"/v1/connections/{ID}", {"pass": True}, {"status": 401, "empty": True})
    emulator.answers("POST", SYNC, {"status": 409, "json": {"code": "Conflict"}})
    play.during[1] = lambda: emulator.set(ID, sync_state="syncing")
    assert play(TRIGGER, **RUN, FIVETRAN_FORCE="FALSE").result["status"] == "joined"


# -- a forced restart whose answer arrives ----------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0, 10])
@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize(("result", "code"), [("success", 0), ("failure", 1)])
def test_a_restart_is_judged_by_its_own_end_and_not_by_the_stopped_syncs(
    play: Play, emulator: Emulator, delay: int, stamped: bool, result: str, code: int
) -> None:
    emulator.switches(restart_stamps_failed_at=stamped, syncing_delay=delay)
    emulator.outcomes(ID, {"result": "success", "seconds": 300}, {"result": result, "seconds": 30})
    emulator.set(ID, sync_state="syncing")
    emulator.advance(20)
    done = play(TRIGGER, **RUN)
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert "was stopped" in done.result["message"]
    record = json.loads(play.file("variables", f"{ID}_force_sync.json").read_text())["connectors"][0]
    assert record["after"]["syncing"]  # it was read until the new sync was running, so a stamp from then proves nothing
    for _ in range(4):
        assert play(CHECK).code == 255
        emulator.advance(5)
    emulator.advance(60)
    assert play(CHECK).code == code


def test_a_restart_that_is_put_off_is_not_the_stopped_syncs_failure(play: Play, emulator: Emulator) -> None:
    emulator.switches(restart_stamps_failed_at=True)
    emulator.outcomes(ID, {"result": "success", "seconds": 300}, {"result": "rescheduled", "seconds": 5})
    emulator.set(ID, sync_state="syncing")
    assert play(TRIGGER, **RUN).code == 0
    emulator.advance(10)
    assert play(CHECK).code == 217  # with a manual schedule nobody starts it


def test_a_sync_that_succeeds_just_before_it_would_be_stopped_is_not_ours(play: Play, emulator: Emulator) -> None:
    runs(emulator, seconds=0.5)
    emulator.answers("POST", SYNC, {"pass": True, "delay": 0.6})
    assert play(TRIGGER, **RUN).code == 0
    assert play(CHECK).code == 255
    emulator.advance(100)  # a minute, and half a minute without a running sync
    assert play(CHECK).code == 0
