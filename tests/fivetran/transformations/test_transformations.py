"""Transformations: the table of statuses, and run_transformation against the emulator."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from shared.exit_codes import ExitCode
from shared.fivetran.transformations.record import TransformationRecord
from shared.fivetran.transformations.transformation import Transformation, started_since, verdict
from tests.conftest import Blueprint, Emulator
from tests.fivetran.conftest import Play

EARLIER, LATER = "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"


def transformation(status: str, ended: str | None = None, started: str | None = None) -> Transformation:
    return Transformation({"id": "a_b", "status": status, "last_ended_at": ended, "last_started_at": started})


BEFORE = transformation("SUCCEEDED", EARLIER, EARLIER)


@pytest.mark.parametrize(
    ("status", "ended", "code"),
    [
        ("NEW", None, ExitCode.NOT_FINISHED),
        ("SCHEDULING", EARLIER, ExitCode.NOT_FINISHED),
        ("RUNNING", EARLIER, ExitCode.NOT_FINISHED),
        ("TERMINATING", LATER, ExitCode.NOT_FINISHED),
        ("SUCCEEDED", LATER, ExitCode.DONE),
        ("SUCCEEDED", EARLIER, ExitCode.NOT_FINISHED),
        ("SUCCEEDED", None, ExitCode.NOT_FINISHED),
        ("FAILED", EARLIER, ExitCode.NOT_FINISHED),
        ("FAILED", LATER, ExitCode.JOB_FAILED),
        ("PARTIALLY_SUCCEEDED", LATER, ExitCode.JOB_FAILED),
        ("CANCELED", LATER, ExitCode.CANCELLED),
        ("BLOCKED", EARLIER, ExitCode.STATE_UNKNOWN),
        ("BLOCKED", LATER, ExitCode.STATE_UNKNOWN),
        ("LEVITATING", LATER, ExitCode.STATE_UNKNOWN),
    ],
)
def test_a_status_counts_as_an_end_only_with_a_newer_stamp(status: str, ended: str | None, code: ExitCode) -> None:
    assert verdict(BEFORE, transformation(status, ended)).code == code


@pytest.mark.parametrize("status", ["BLOCKED", "LEVITATING"])
def test_what_was_blocked_before_the_trigger_says_nothing_of_the_run_until_something_is_new(status: str) -> None:
    before = transformation(status, EARLIER, EARLIER)
    assert verdict(before, transformation(status, EARLIER, EARLIER)).code == ExitCode.NOT_FINISHED
    for news in (transformation(status, LATER, EARLIER), transformation(status, EARLIER, LATER)):
        assert verdict(before, news).code == ExitCode.STATE_UNKNOWN
    assert verdict(before, transformation(status, EARLIER, EARLIER), seen_running=True).code == ExitCode.STATE_UNKNOWN
    assert verdict(before, transformation("SUCCEEDED", LATER, LATER)).code == ExitCode.DONE


def test_a_run_that_was_seen_needs_no_stamp() -> None:
    assert verdict(BEFORE, transformation("FAILED"), seen_running=True).code == ExitCode.JOB_FAILED


TRIGGERED = datetime(2026, 11, 22, 11, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize("ended", [EARLIER, None])
def test_an_end_from_before_the_trigger_is_not_this_runs_where_the_first_reading_lacked_it(ended: str | None) -> None:
    before = Transformation({"id": "a_b", "status": "SUCCEEDED", "last_ended_at": ended}, read_at=TRIGGERED)
    stale = transformation("SUCCEEDED", LATER, LATER)
    assert verdict(before, stale).code == ExitCode.NOT_FINISHED
    assert not started_since(before, stale)
    assert verdict(before, transformation("SUCCEEDED", "2026-11-22T11:30:00Z")).code == ExitCode.DONE


def test_without_a_clock_and_without_the_last_end_no_end_is_known_to_be_new() -> None:
    before = transformation("SUCCEEDED")
    assert verdict(before, transformation("SUCCEEDED", LATER, LATER)).code == ExitCode.NOT_FINISHED
    assert not started_since(before, transformation("SUCCEEDED", LATER, LATER))
    assert verdict(before, transformation("SUCCEEDED"), seen_running=True).code == ExitCode.DONE


def test_a_date_from_before_the_trigger_that_is_later_than_the_next_one_tells_nothing() -> None:
    before = Transformation({"id": "a_b", "status": "SUCCEEDED", "last_ended_at": EARLIER}, read_at=TRIGGERED)
    ended = Transformation(
        {"id": "a_b", "status": "SUCCEEDED", "last_ended_at": LATER, "last_started_at": LATER},
        read_at=TRIGGERED - timedelta(minutes=20),
    )
    assert verdict(before, ended, seen_running=True, shown_for=29).code == ExitCode.NOT_FINISHED
    assert verdict(before, ended, seen_running=True, shown_for=30).code == ExitCode.DONE
    assert verdict(before, ended, shown_for=30).code == ExitCode.DONE


def test_a_replica_that_still_shows_the_run_before_does_not_end_one_that_was_seen() -> None:
    assert verdict(BEFORE, transformation("SUCCEEDED", EARLIER), seen_running=True).code == ExitCode.NOT_FINISHED
    assert verdict(BEFORE, transformation("SUCCEEDED", LATER), seen_running=True).code == ExitCode.DONE


def test_the_first_run_ever_has_no_stamp_before_it() -> None:
    assert verdict(transformation("NEW"), transformation("SUCCEEDED", LATER)).code == ExitCode.DONE


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (transformation("SUCCEEDED", EARLIER, EARLIER), False),
        (transformation("NEW"), False),
        (transformation("RUNNING", EARLIER, EARLIER), True),
        (transformation("SUCCEEDED", EARLIER, LATER), True),
        (transformation("FAILED", LATER, EARLIER), True),
    ],
)
def test_a_run_shows_by_its_status_or_a_newer_stamp(now: Transformation, expected: bool) -> None:
    assert started_since(BEFORE, now) is expected


WAIT = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}


def run(blueprint: Blueprint, transformation_id: str = "reluctant_harvest", **more: str) -> Any:
    return blueprint("fivetran/run_transformation", FIVETRAN_TRANSFORMATION_ID=transformation_id, **more)


def outcome(emulator: Emulator, result: str, **fields: Any) -> None:
    given = {"outcomes": [{"result": result, **fields}]}
    emulator.scenario({"fivetran": {"transformations": {"reluctant_harvest": given}}})


@pytest.mark.parametrize(
    ("result", "code", "status"),
    [
        ("SUCCEEDED", 0, "succeeded"),
        ("PARTIALLY_SUCCEEDED", 211, "partially_succeeded"),
        ("FAILED", 211, "failed"),
        ("CANCELED", 213, "cancelled"),
        ("BLOCKED", 215, "blocked"),
    ],
)
def test_a_run_is_waited_for(blueprint: Blueprint, emulator: Emulator, result: str, code: int, status: str) -> None:
    outcome(emulator, result)
    done = run(blueprint, **WAIT)
    assert (done.code, done.result["status"]) == (code, status)
    saved = blueprint.file("responses", "transformation_reluctant_harvest_response.json")
    assert json.loads(saved.read_text())["data"]["status"] == result


def test_the_old_status_is_not_taken_for_the_new_runs(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.switches(transformation_delay=1.5)
    outcome(emulator, "FAILED", seconds=0.2)
    done = run(blueprint, **WAIT)
    assert done.code == 211
    assert "does not show yet" in done.stderr


def test_without_waiting_it_is_started_once_and_nothing_is_said_of_its_end(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    done = run(blueprint)
    assert (done.code, done.result["status"]) == (0, "triggered")
    (sent,) = emulator.requests("POST")
    assert (sent["path"], sent["body"]) == ("/v1/transformations/reluctant_harvest/run", {})


def test_a_full_refresh_is_sent_where_it_is_wanted(blueprint: Blueprint, emulator: Emulator) -> None:
    run(blueprint, FIVETRAN_FULL_REFRESH="TRUE")
    assert emulator.requests("POST")[0]["body"] == {"full_refresh": True}


def test_a_wait_ends_at_its_deadline_and_where_nothing_starts(blueprint: Blueprint, emulator: Emulator) -> None:
    outcome(emulator, "SUCCEEDED", seconds=60)
    assert run(blueprint, **WAIT, FIVETRAN_WAIT_TIMEOUT="1").code == 221
    emulator.reset()
    emulator.switches(transformation_delay=60)
    assert run(blueprint, **WAIT, FIVETRAN_START_TIMEOUT="1").code == 217


def test_a_lost_answer_is_looked_for_and_nothing_is_sent_twice(blueprint: Blueprint, emulator: Emulator) -> None:
    path = "/v1/transformations/reluctant_harvest/run"
    emulator.answers("POST", path, {"reset": "after"}, {"reset": "before"})
    assert run(blueprint).code == 0
    emulator.advance(3600)
    assert run(blueprint, SLIPWAY_RETRY_TIMEOUT="0").code == 202
    assert len(emulator.requests("POST")) == 2


def test_a_file_that_is_lost_too_does_not_hide_that_a_start_was_sent(play: Play, emulator: Emulator) -> None:
    def block() -> None:
        record = play.file("variables", "one_reluctant_harvest_transformation.json")
        record.unlink()
        record.mkdir()

    emulator.answers("POST", "/v1/transformations/reluctant_harvest/run", {"reset": "before"})
    play.during[1] = block
    done = run(play, SLIPWAY_RUN_ID="one")
    assert done.code == 207
    assert done.result["message"].startswith("the trigger of reluctant_harvest was sent and its answer was lost, but ")


def test_what_is_blocked_for_a_moment_is_waited_for(blueprint: Blueprint, emulator: Emulator) -> None:
    blocked = {"code": "Success", "data": {"id": "reluctant_harvest", "status": "BLOCKED"}}
    emulator.answers("GET", "/v1/transformations/reluctant_harvest", {"pass": True}, {"json": blocked})
    assert run(blueprint, **WAIT).code == 0


def blocked_before(emulator: Emulator, delay: float) -> None:
    emulator.scenario({"fivetran": {"transformations": {"reluctant_harvest": {"status": "BLOCKED"}}}})
    emulator.switches(transformation_delay=delay)


def test_what_was_blocked_before_the_trigger_may_run_yet(blueprint: Blueprint, emulator: Emulator) -> None:
    blocked_before(emulator, 3.5)
    done = run(blueprint, **WAIT)
    assert (done.code, done.result["status"]) == (0, "succeeded")
    assert "the transformation is blocked, as it was before the start" in done.stderr


def test_what_stays_blocked_did_not_start(blueprint: Blueprint, emulator: Emulator) -> None:
    blocked_before(emulator, 600)
    done = run(blueprint, **WAIT, FIVETRAN_START_TIMEOUT="3")
    assert (done.code, done.result["status"]) == (217, "not_started")
    assert "its status is BLOCKED" in done.result["message"]


def test_a_deadline_leaves_what_was_seen_last(blueprint: Blueprint, emulator: Emulator) -> None:
    outcome(emulator, "SUCCEEDED", seconds=60)
    assert run(blueprint, **WAIT, FIVETRAN_WAIT_TIMEOUT="1").code == 221
    saved = blueprint.file("responses", "transformation_reluctant_harvest_response.json")
    assert json.loads(saved.read_text())["data"]["id"] == "reluctant_harvest"


def test_a_retry_of_the_same_run_joins_what_it_started(blueprint: Blueprint, emulator: Emulator) -> None:
    outcome(emulator, "SUCCEEDED", seconds=3)
    given = {**WAIT, "SLIPWAY_RUN_ID": "one"}
    assert run(blueprint, **given, FIVETRAN_WAIT_TIMEOUT="1").code == 221
    again = run(blueprint, **given)
    assert (again.code, "joined it" in again.stderr) == (0, True)
    late = run(blueprint, SLIPWAY_RUN_ID="one")
    assert (late.code, late.result["status"]) == (0, "joined"), "it has succeeded since"
    assert len(emulator.requests("POST")) == 1
    run(blueprint, SLIPWAY_RUN_ID="another")
    assert len(emulator.requests("POST")) == 2


def test_without_a_date_a_retry_after_a_success_starts_another_and_says_so(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.switches(date_header=False)
    given = {**WAIT, "SLIPWAY_RUN_ID": "one"}
    assert "warnings" not in run(blueprint, **given).result
    again = run(blueprint, **given)
    assert (again.code, len(emulator.requests("POST"))) == (0, 2)
    assert "whether the run that has succeeded is the one" in again.result["warnings"][0]


def test_two_transformations_under_one_run_id_are_each_joined_by_a_retry(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    """As in a step that runs two of them, one after the other or at the same time."""
    emulator.switches(transformation_delay=0)
    two = ("reluctant_harvest", "crooked_ledger")
    long = {"outcomes": [{"result": "SUCCEEDED", "seconds": 60}]}
    emulator.scenario({"fivetran": {"transformations": dict.fromkeys(two, long)}})
    for started in ("triggered", "joined"):
        for one in two:
            assert run(blueprint, one, SLIPWAY_RUN_ID="step").result["status"] == started
    assert len(emulator.requests("POST")) == 2
    assert {path.rpartition("/")[2] for path in blueprint.files() if "/variables/" in path} == {
        "step_reluctant_harvest_transformation.json",
        "step_crooked_ledger_transformation.json",
    }


def test_a_retry_after_a_failure_starts_anew(blueprint: Blueprint, emulator: Emulator) -> None:
    given = {**WAIT, "SLIPWAY_RUN_ID": "one"}
    outcome(emulator, "FAILED")
    assert run(blueprint, **given).code == 211
    assert run(blueprint, **given).code == 0
    assert len(emulator.requests("POST")) == 2


def test_a_retry_after_a_start_that_may_have_been_lost_looks_first(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.switches(transformation_delay=2)
    emulator.answers("POST", "/v1/transformations/*/run", {"reset": "after"})
    assert run(blueprint, SLIPWAY_RUN_ID="one", SLIPWAY_RETRY_TIMEOUT="0").code == 202
    emulator.advance(2)
    again = run(blueprint, SLIPWAY_RUN_ID="one")
    assert (again.code, again.result["status"]) == (0, "joined")
    assert len(emulator.requests("POST")) == 1


def test_yesterdays_record_is_gone_after_a_refusal_and_a_damaged_one_is_207(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    run(blueprint, SLIPWAY_RUN_ID="one")
    emulator.advance(3600 * 48)
    emulator.answers("POST", "/v1/transformations/*/run", {"status": 403, "json": {"code": "Forbidden"}})
    assert run(blueprint, SLIPWAY_RUN_ID="one").code == 200
    record = blueprint.file("variables", "one_reluctant_harvest_transformation.json")
    assert json.loads(record.read_text())["state"] == "refused"
    for content in ("{", "[]", '{"state": "accepted", "read_at": null, "before": {}}'):
        record.write_text(content)
        assert run(blueprint, SLIPWAY_RUN_ID="one").code == 207


@pytest.mark.parametrize(
    ("state", "before", "now", "joins"),
    [
        ("accepted", "SUCCEEDED", "RUNNING", True),
        ("accepted", "RUNNING", "RUNNING", True),
        ("sending", "SUCCEEDED", "RUNNING", True),
        ("unknown", "SUCCEEDED", "RUNNING", True),
        ("unknown", "RUNNING", "RUNNING", False),
        ("accepted", "SUCCEEDED", "SUCCEEDED", True),
        ("accepted", "SUCCEEDED", "FAILED", False),
    ],
)
def test_a_retry_joins_only_what_is_surely_its_own(state: str, before: str, now: str, joins: bool) -> None:
    moment = datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
    record = TransformationRecord(state, transformation(before, EARLIER, EARLIER), moment)
    seen = transformation(now, LATER, LATER)
    assert record.answers_retry(seen, moment + timedelta(hours=1)) is joins
    assert record.answers_retry(seen, moment + timedelta(hours=29)) is False
    assert record.answers_retry(seen, None) is (joins and now == "RUNNING")


def test_a_record_about_another_transformation_answers_no_retry() -> None:
    """Run ``a`` of ``b_c`` and run ``a_b`` of ``c`` have the same file name."""
    moment = datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
    record = TransformationRecord("accepted", transformation("SUCCEEDED", EARLIER, EARLIER), moment)
    other = Transformation({"id": "c", "status": "RUNNING"})
    assert record.answers_retry(other, moment) is False


def test_a_409_is_203(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", "/v1/transformations/*", {"status": 409, "json": {"code": "Conflict"}})
    assert run(blueprint).code == 203


def test_one_failed_read_ends_nothing(blueprint: Blueprint, emulator: Emulator) -> None:
    path = "/v1/transformations/reluctant_harvest"
    emulator.answers("GET", path, {"pass": True}, {"status": 502, "html": "no", "times": 2})
    assert run(blueprint, **WAIT, SLIPWAY_RETRY_TIMEOUT="0").code == 0


def test_an_unknown_transformation_is_204_and_a_wrong_key_200(blueprint: Blueprint) -> None:
    assert run(blueprint, "no_such").code == 204
    assert run(blueprint, FIVETRAN_API_KEY="revoked-key").code == 200
    assert run(blueprint, "no/such").code == 206


def test_a_stamp_that_is_no_moment_is_no_use(blueprint: Blueprint, emulator: Emulator) -> None:
    body = {"code": "Success", "data": {"id": "a", "status": "NEW", "last_ended_at": "yesterday"}}
    emulator.answers("GET", "/v1/transformations/*", {"json": body})
    assert run(blueprint).code == 223


def test_moments_are_aware() -> None:
    assert transformation("NEW", EARLIER).ended_at == datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
