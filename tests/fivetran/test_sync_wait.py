"""The wait for a sync's end, on a virtual clock that only sleeps advance."""

import json
import time
from datetime import datetime, timezone
from typing import Any

import pytest

from shared.http import client as http
from tests.conftest import Blueprint, Emulator
from tests.fivetran.conftest import Play
from tests.fivetran.samples import connection

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID = "speak_inexpensive"
DETAILS, SYNC = f"/v1/connections/{ID}", f"/v1/connections/{ID}/sync"
WAIT = {"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_WAIT": "TRUE"}


def posts(emulator: Emulator) -> list[Any]:
    return [row["body"] for row in emulator.requests("POST")]


@pytest.mark.parametrize(("result", "code"), [("success", 0), ("failure", 1)])
def test_a_trigger_that_waits_yields_what_prefects_task_does(
    play: Play, emulator: Emulator, result: str, code: int
) -> None:
    emulator.outcomes(ID, {"result": result, "seconds": 1000})
    done = play(TRIGGER, **WAIT)
    assert done.code == code
    assert done.result["connector_id"] == ID
    assert 1000 <= sum(play.slept) < 1120
    assert all(2.6 <= one <= 112 for one in play.slept)
    assert len(play.slept) < 55  # with one poll every 15 s it would be 67
    if code == 0:
        assert done.result["succeeded_at"] > done.result["execution_time"]
    assert len([line for line in done.stderr.splitlines() if "the sync is running" in line]) >= 3


def test_an_interval_means_exactly_that(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 1000})
    assert play(TRIGGER, **WAIT, FIVETRAN_POLL_INTERVAL="100").code == 0
    assert play.slept == [100.0] * 11 or play.slept == [100.0] * 10


def test_the_pace_is_halved_while_the_quota_is_nearly_spent(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 60})
    emulator.switches(quota=1000)
    low = {"pass": True, "headers": {"X-Rate-Limit-Remaining": "99"}, "times": "always"}
    emulator.answers("GET", DETAILS, low)
    assert play(TRIGGER, **WAIT).code == 0
    assert all(5.3 <= one <= 13.3 for one in play.slept)


def test_by_default_a_wait_ends_below_shipyards_largest_cutoff(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 5 * 3600})
    done = play(TRIGGER, **WAIT)
    assert (done.code, done.result["retry"]) == (221, True)
    assert sum(play.slept) == pytest.approx(13800)
    assert "3 h 50 min" in done.result["message"]
    assert emulator.connector(ID)["sync_state"] == "syncing"


@pytest.mark.parametrize(
    ("given", "restarts"), [({}, True), ({"SLIPWAY_RUN_ID": "nightly"}, False), ({"FIVETRAN_FORCE": "FALSE"}, False)]
)
def test_the_end_of_a_wait_says_if_a_retry_would_restart_the_sync(
    play: Play, emulator: Emulator, given: dict[str, str], *, restarts: bool
) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 600})
    done = play(TRIGGER, **WAIT, FIVETRAN_WAIT_TIMEOUT="60", **given)
    assert done.code == 221
    warning = (
        "a retry without SLIPWAY_RUN_ID restarts the sync unless FIVETRAN_FORCE is FALSE; check_sync_status never does"
    )
    assert done.result["message"].endswith(f"; {warning}") is restarts


@pytest.mark.parametrize("name", [TRIGGER, CHECK])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": {"Retry-After": "20"}},
        {"status": 429, "headers": {"Retry-After": "soon"}},
        {"status": 429, "headers": {"Retry-After": "9999999999"}},
        {"status": 502, "html": "<h1>Bad Gateway</h1>"},
        {"status": 500, "json": {"code": "InternalError"}},
        {"status": 200, "html": "<h1>Welcome</h1>"},
        {"status": 200, "json": {"code": "Success"}},
        {"status": 200, "json": {"code": "Success", "data": {"id": ID}}},
        {"status": 200, "json": {"code": "Success", "data": connection(succeeded_at="soon")}},
        {"status": 200, "empty": True},
        {"status": 302, "headers": {"Location": "https://login.example"}},
        {"status": 408, "empty": True},
        {"reset": "before"},
        {"reset": "after"},
        {"pass": True, "truncated": True},
    ],
)
def test_no_failed_poll_ends_the_wait(play: Play, emulator: Emulator, name: str, fault: dict[str, Any]) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 30})
    first: dict[str, str] = {}
    if name == CHECK:
        first["FIVETRAN_EXECUTION_TIME"] = play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).result["execution_time"]
    readings = {"pass": True, "times": 3 if name == TRIGGER else 2}  # before and after the trigger, and one of the wait
    emulator.answers("GET", DETAILS, readings, {**fault, "times": 3}, {"pass": True}, {**fault, "times": 3})
    done = play(name, **WAIT, **first, SLIPWAY_RETRY_TIMEOUT="0", FIVETRAN_POLL_INTERVAL="5")
    assert done.code == (222 if "9999999999" in str(fault) else 0), done
    assert "looking again" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("fault", [{"hang": 2}, {"pass": True, "drip": "all", "interval": 0.5}])
def test_a_poll_that_hangs_or_drips_ends_nothing(
    play: Play, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr(http, "CONNECT_TIMEOUT", 0.1)
    emulator.answers("GET", DETAILS, {"pass": True, "times": 3}, fault)
    emulator.outcomes(ID, {"result": "success", "seconds": 3})
    done = play(TRIGGER, **WAIT, SLIPWAY_RETRY_TIMEOUT="0", SLIPWAY_READ_TIMEOUT="1", FIVETRAN_POLL_INTERVAL="1")
    assert done.code == 0
    assert "looking again" in done.stderr


def test_between_polls_the_rest_that_the_server_asks_for_is_kept(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 30})
    emulator.answers("GET", DETAILS, {"pass": True, "times": 3}, {"status": 429, "headers": {"Retry-After": "700"}})
    assert play(TRIGGER, **WAIT, FIVETRAN_POLL_INTERVAL="5").code == 0
    assert play.slept == [5.0, 700.0]


def test_a_wait_that_the_api_turns_away_at_its_end_is_222_and_keeps_what_was_seen(
    play: Play, emulator: Emulator
) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 600})
    turned_away = {"status": 429, "headers": {"Retry-After": "45"}, "times": "always"}
    emulator.answers("GET", DETAILS, {"pass": True, "times": 3}, turned_away)
    done = play(TRIGGER, **WAIT, FIVETRAN_POLL_INTERVAL="5", FIVETRAN_WAIT_TIMEOUT="30")
    assert (done.code, done.result["status"], done.result["retry"]) == (222, "rate_limited", True)
    assert "the API asks to wait until 20" in done.result["message"]
    assert "last seen: Fivetran: speak_inexpensive: the sync is running" in done.result["message"]
    assert sum(play.slept) == 30
    assert json_of(play)["data"]["status"]["sync_state"] == done.result["sync_state"] == "syncing"


@pytest.mark.parametrize(("status", "code"), [(429, 222), (503, 221)])
def test_a_wait_that_never_saw_anything_leaves_the_answer_that_it_got_instead(
    play: Play, emulator: Emulator, status: int, code: int
) -> None:
    emulator.answers("GET", DETAILS, {"status": status, "json": {"code": "Busy"}, "times": "always"})
    wait = {"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_WAIT_TIMEOUT": "30"}
    assert play(CHECK, **wait, SLIPWAY_RETRY_TIMEOUT="0").code == code
    assert json_of(play) == {"code": "Busy"}


@pytest.mark.parametrize(("status", "code"), [(401, 200), (403, 200), (404, 204)])
def test_a_key_or_a_connector_that_is_gone_ends_the_wait(
    play: Play, emulator: Emulator, status: int, code: int
) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 3000})
    emulator.answers("GET", DETAILS, {"pass": True, "times": 3}, {"status": status, "json": {"code": "Refused"}})
    assert play(TRIGGER, **WAIT).code == code


def test_below_the_reserve_the_pause_of_a_batch_grows_as_that_of_one_connector(play: Play, emulator: Emulator) -> None:
    for ids in (ID, f"{ID},gratuitous_bounty"):
        emulator.reset()
        given = {"FIVETRAN_CONNECTOR_ID": ids, "FIVETRAN_EXECUTION_TIME": "2999-01-01T00:00:00Z"}
        given |= {"FIVETRAN_POLL_INTERVAL": "10", "FIVETRAN_WAIT_TIMEOUT": "300", "FIVETRAN_START_TIMEOUT": "3000"}
        done = play(CHECK, **{**WAIT, **given}, FIVETRAN_QUOTA_RESERVE="200000")  # ten times what is left
        assert done.code == 221
        assert len([one for one in play.slept if 99 < one < 101]) >= 2, play.slept


# -- paused, broken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "code"),
    [({"paused": True}, 216), ({"setup_state": "broken"}, 218), ({"sync_state": "dreaming"}, 215)],
)
def test_what_blocks_a_sync_is_believed_when_seen_twice(
    play: Play, emulator: Emulator, state: dict[str, Any], code: int
) -> None:
    blocked = {"json": {"code": "Success", "data": connection(**state)}}
    emulator.outcomes(ID, {"result": "success", "seconds": 60})
    emulator.answers("GET", DETAILS, {"pass": True, "times": 3}, blocked, {"pass": True}, blocked, {"pass": True})
    assert play(TRIGGER, **WAIT).code == 0  # seen twice, but not in two polls in a row
    emulator.outcomes(ID, {"result": "success", "seconds": 60})
    emulator.answers("GET", DETAILS, {"pass": True, "times": 2}, {**blocked, "times": 2})
    assert play(TRIGGER, **WAIT).code == code


def test_a_connector_that_is_paused_while_we_wait_ends_the_wait(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 3000})
    play.during[3] = lambda: emulator.set(ID, paused=True)
    done = play(TRIGGER, **WAIT)
    assert done.code == 216
    assert len(play.slept) == 4


# -- never started ----------------------------------------------------------------------------------------------------


def test_what_is_not_seen_to_start_within_15_minutes_did_not_start(play: Play, emulator: Emulator) -> None:
    emulator.switches(syncing_delay=3600)
    done = play(TRIGGER, **WAIT)
    assert (done.code, done.result["status"]) == (217, "not_started")
    assert sum(play.slept) == pytest.approx(900, abs=1.1)
    assert "15 min" in done.result["message"]


def test_the_time_to_start_is_a_variable(play: Play, emulator: Emulator) -> None:
    emulator.switches(syncing_delay=3600)
    assert play(TRIGGER, **WAIT, FIVETRAN_START_TIMEOUT="60").code == 217
    assert sum(play.slept) == pytest.approx(60, abs=1.1)
    emulator.reset()
    emulator.switches(syncing_delay=3600)
    assert play(TRIGGER, **WAIT, FIVETRAN_START_TIMEOUT="4000").code == 0


def test_a_sync_that_started_may_take_longer_than_the_time_to_start(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 600})
    assert play(TRIGGER, **WAIT, FIVETRAN_START_TIMEOUT="60").code == 0


# -- rescheduled ------------------------------------------------------------------------------------------------------


def put_off(emulator: Emulator, after: float, *results: str, schedule: str = "manual") -> None:
    emulator.set(ID, schedule_type=schedule)
    outcomes = [{"result": "rescheduled", "after": after, "seconds": 30}]
    emulator.outcomes(ID, *outcomes, *({"result": result, "seconds": 30} for result in results))


@pytest.mark.parametrize("name", [TRIGGER, CHECK])
@pytest.mark.parametrize(("result", "code"), [("success", 0), ("failure", 1)])
def test_under_a_manual_schedule_we_trigger_when_it_is_due(
    play: Play, emulator: Emulator, name: str, result: str, code: int
) -> None:
    put_off(emulator, 2000, result)
    if name == CHECK:
        assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    done = play(name, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_WAIT="TRUE")
    assert done.code == code
    assert posts(emulator) == [{"force": True}, {"force": False}]
    assert 1900 <= sum(play.slept) <= 2200
    assert "triggering it, because its schedule is manual" in done.stderr
    assert "the schedule is manual; this run triggers it again then" in done.stderr
    assert "FIVETRAN_WAIT=TRUE" not in done.stderr


def test_it_is_not_triggered_before_it_is_due(play: Play, emulator: Emulator) -> None:
    put_off(emulator, 2000, "success")
    for number in range(1, 200):
        play.during[number] = lambda: self_check.append((sum(play.slept), len(posts(emulator))))
    self_check: list[tuple[float, int]] = []
    assert play(TRIGGER, **WAIT).code == 0
    assert all(sent == 1 for slept, sent in self_check if slept < 1900)
    assert self_check[-1][1] == 2


def test_a_second_trigger_that_is_lost_is_looked_after_and_made_again(play: Play, emulator: Emulator) -> None:
    put_off(emulator, 100, "success")
    emulator.answers("POST", SYNC, {"pass": True}, {"reset": "before"}, {"status": 429, "empty": True})
    assert play(TRIGGER, **WAIT, SLIPWAY_RETRY_TIMEOUT="0").code == 0
    assert [row["status"] for row in emulator.requests("POST")] == [200, None, 429, 200]


def test_under_an_automatic_schedule_we_wait_for_it(play: Play, emulator: Emulator) -> None:
    put_off(emulator, 2000, "success", schedule="auto")
    assert play(TRIGGER, **WAIT).code == 0
    assert posts(emulator) == [{"force": True}]


def test_what_is_put_off_again_is_waited_for_again(play: Play, emulator: Emulator) -> None:
    again = {"result": "rescheduled", "after": 1000, "seconds": 30}
    emulator.outcomes(ID, again, again, {"result": "success", "seconds": 30})
    assert play(TRIGGER, **WAIT).code == 0
    assert len(posts(emulator)) == 3


@pytest.mark.parametrize("schedule", ["manual", "auto"])
def test_a_time_past_the_deadline_ends_the_wait_at_once(play: Play, emulator: Emulator, schedule: str) -> None:
    put_off(emulator, 4 * 3600, schedule=schedule)
    done = play(TRIGGER, **WAIT)
    assert done.code == 221
    assert sum(play.slept) < 60
    due = json_of(play)["data"]["status"]["rescheduled_for"]
    assert due[:19] in done.result["message"]


def json_of(play: Play) -> Any:
    return json.loads(play.file("responses", f"connector_{ID}_response.json").read_text())


@pytest.mark.parametrize(("schedule", "sent"), [("manual", [False, False]), ("auto", [])])
def test_what_is_overdue_is_triggered_by_us_only_under_a_manual_schedule(
    play: Play, emulator: Emulator, schedule: str, sent: list[bool]
) -> None:
    status = {"sync_state": "rescheduled", "rescheduled_for": "2020-02-02T02:02:02Z", "schedule_type": schedule}
    emulator.answers("GET", DETAILS, {"json": {"code": "Success", "data": connection(**status)}, "times": 2})
    done = play(CHECK, **WAIT, FIVETRAN_EXECUTION_TIME="2020-02-02T00:00:00Z")
    assert done.code == 0
    assert posts(emulator) == [{"force": force} for force in sent]
    assert all(2.6 <= one <= 3.4 for one in play.slept)


def test_a_second_trigger_that_is_refused_is_said_and_looked_after(play: Play, emulator: Emulator) -> None:
    status = {"sync_state": "rescheduled", "rescheduled_for": "2020-02-02T02:02:02Z"}
    emulator.answers("GET", DETAILS, {"json": {"code": "Success", "data": connection(**status)}})
    emulator.answers("POST", SYNC, {"status": 409, "json": {"code": "Conflict"}})
    done = play(CHECK, **WAIT, FIVETRAN_EXECUTION_TIME="2020-02-02T00:00:00Z")
    assert done.code == 0
    assert "409 Conflict" in done.stderr


def test_the_time_to_start_counts_from_when_it_is_due(play: Play, emulator: Emulator) -> None:
    emulator.set(ID, rescheduled_for=time.time() + 2000)
    emulator.switches(syncing_delay=60)
    now = datetime.now(timezone.utc).isoformat()
    assert play(CHECK, **WAIT, FIVETRAN_EXECUTION_TIME=now).code == 0
    assert sum(play.slept) >= 1900


def test_what_was_put_off_and_does_not_start_when_due_did_not_start(play: Play, emulator: Emulator) -> None:
    put_off(emulator, 2000, "success")
    play.during[10] = lambda: emulator.switches(syncing_delay=100_000)
    assert play(TRIGGER, **WAIT).code == 217
    assert 2800 <= sum(play.slept) <= 3200


@pytest.mark.parametrize("schedule", ["manual", "auto"])
def test_put_off_may_be_made_a_failure(play: Play, emulator: Emulator, schedule: str) -> None:
    put_off(emulator, 60, "success", schedule=schedule)
    done = play(TRIGGER, **WAIT, FIVETRAN_ON_RESCHEDULED="fail")
    assert done.code == 217
    assert posts(emulator) == [{"force": True}]


@pytest.mark.parametrize(("schedule", "code"), [("manual", 217), ("auto", 255)])
def test_a_check_that_does_not_wait_says_who_must_act(play: Play, emulator: Emulator, schedule: str, code: int) -> None:
    put_off(emulator, 600, "success", schedule=schedule)
    play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    emulator.advance(60)
    done = play(CHECK)
    assert (done.code, done.result["status"]) == (code, "rescheduled")
    assert posts(emulator) == [{"force": True}]


def test_a_run_that_was_refused_is_not_waited_for(play: Play, emulator: Emulator) -> None:
    emulator.set(ID, paused=True)
    assert play(TRIGGER, **WAIT).code == 216
    assert play(CHECK, FIVETRAN_WAIT="TRUE").code == 217
    assert play.slept == []


# -- an API that fails or hangs ---------------------------------------------------------------------------------------


def test_a_502_and_a_reset_do_not_end_the_wait(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers(
        "GET", DETAILS, {"pass": True, "times": 2}, {"status": 502, "html": "<h1>Bad Gateway</h1>"}, {"reset": "after"}
    )
    done = blueprint(TRIGGER, **WAIT, FIVETRAN_POLL_INTERVAL="1")
    assert (done.code, done.result["status"]) == (0, "succeeded")


def test_a_wait_ends_at_its_deadline_although_the_api_hangs(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 600})
    emulator.answers("GET", DETAILS, {"pass": True, "times": 3}, {"hang": 30, "times": "always"})
    done = blueprint(TRIGGER, **WAIT, FIVETRAN_POLL_INTERVAL="1", FIVETRAN_WAIT_TIMEOUT="2", SLIPWAY_READ_TIMEOUT="20")
    assert done.code == 221
    assert blueprint.file("responses", f"connector_{ID}_response.json").exists()
