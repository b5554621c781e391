"""check_sync_status after a trigger by this run or by somebody else, with each API."""

import json
import pickle
from typing import Any

import pytest

from tests.airbyte.trigger_step import FAILING, LONG, NEVER_RUN, SHOP, trigger


def test_shipyards_two_vessels_after_each_other(airbyte: Any) -> None:
    """The trigger does not wait, and Shipyard repeats the check until it no longer exits with 255."""
    airbyte.outcomes(SHOP, LONG)
    trigger_log = {"SHIPYARD_LOG_ID": "log-1", "SHIPYARD_FLEET_DOWNSTREAM_COUNT": "1"}
    started = airbyte("execute_sync", SHOP, AIRBYTE_WAIT="FALSE", **trigger_log)
    assert started.code == 0
    upstream = {"SHIPYARD_LOG_ID": "log-2", "SHIPYARD_FLEET_UPSTREAM_LOG_IDS": "log-1"}
    assert airbyte("check_sync_status", **upstream).code == 255
    airbyte.emulator.advance(60)
    done = airbyte("check_sync_status", **upstream)
    assert done.code == 0
    assert done.result["job_id"] == started.result["job_id"]
    response = json.loads(airbyte.file("responses", f"job_{started.result['job_id']}_response.json").read_text())
    assert response.get("jobId", response.get("job", {}).get("id")) == started.result["job_id"]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("succeeded", 0),
        ("failed", 211),
        ("cancelled", 213),
        ({"pending": 60}, 255),
        ({"queued": 60}, 255),
        (LONG, 255),
        ({"seconds": 0, "failing": 1, "incomplete": 60}, 255),
        ({"status": "hibernating", "seconds": 60}, 215),
    ],
)
def test_every_status_has_its_code(airbyte: Any, outcome: Any, code: int) -> None:
    airbyte.outcomes(SHOP, outcome)
    number = trigger(airbyte)
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1")
    assert (done.code, done.result["job_id"], done.result["retry"]) == (code, number, code == 255)


@pytest.mark.parametrize("official", [True, False])
def test_the_official_triggers_bare_job_id_is_enough(airbyte: Any, official: bool) -> None:
    number = trigger(airbyte, FAILING, run_id=None)
    for name in ("sync.pickle", f"{FAILING}_sync.json"):
        airbyte.file("variables", name).unlink()
    if not official:  # the job id as a text
        airbyte.file("variables", "sync_response.pickle").write_bytes(pickle.dumps(str(number)))
    done = airbyte("check_sync_status")
    assert (done.code, done.result["job_id"], done.result["connection_id"]) == (211, number, FAILING)


def test_a_job_id_needs_no_files(airbyte: Any) -> None:
    done = airbyte("check_sync_status", AIRBYTE_JOB_ID="1005")
    assert (done.code, done.result["connection_id"]) == (211, FAILING)
    reason = "the password of user" if airbyte.api == "own" else "the job's log has it"
    assert reason in done.result["message"]


def test_a_job_of_another_connection_is_a_contradiction(airbyte: Any) -> None:
    done = airbyte("check_sync_status", SHOP, AIRBYTE_JOB_ID="1005")
    assert done.code == 206
    assert f"job 1005 belongs to {FAILING}" in done.result["message"]


def test_a_connection_alone_means_its_latest_sync(airbyte: Any) -> None:
    assert airbyte("check_sync_status", SHOP).result["job_id"] == 1007
    airbyte.outcomes(SHOP, "failed")
    airbyte.set(SHOP, start={"kind": "sync", "result": "failed"})
    airbyte.set(SHOP, start={"kind": "reset"})
    assert airbyte("check_sync_status", SHOP).code == 211


def test_a_connection_that_never_ran_is_not_finished(airbyte: Any) -> None:
    done = airbyte("check_sync_status", NEVER_RUN)
    assert (done.code, done.result["status"]) == (255, "no_job")
    assert "has had no sync yet" in done.result["message"]


@pytest.mark.parametrize(("switch", "status"), [("unknown_job", 404), ("unknown_job", 500)])
def test_an_unknown_job_of_the_configuration_api(own: Any, switch: str, status: int) -> None:
    own.switch(**{switch: status})
    done = own("check_sync_status", AIRBYTE_JOB_ID="999999", SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == (204 if status == 404 else 223)
    assert "AIRBYTE_JOB_ID" in done.result["message"]


@pytest.mark.parametrize("status", [404, 409])
def test_an_unknown_job_of_the_public_api(public: Any, status: int) -> None:
    public.switch(unknown_job_public=status)
    done = public("check_sync_status", AIRBYTE_JOB_ID="999999")
    assert (done.code, done.result["status"]) == (204, "unknown_id")


def test_nothing_to_look_up_says_what_to_give(airbyte: Any) -> None:
    done = airbyte("check_sync_status")
    assert (done.code, airbyte.paths()) == (206, [])
    assert "AIRBYTE_CONNECTION_ID or AIRBYTE_JOB_ID is required" in done.result["message"]


def test_upstream_runs_that_left_nothing_are_207(airbyte: Any) -> None:
    trigger(airbyte, run_id=None)
    airbyte.emulator.forget_requests()
    done = airbyte("check_sync_status", SHOP, SLIPWAY_UPSTREAM_RUN_IDS="absent")
    assert (done.code, airbyte.paths()) == (207, [])


def test_a_trigger_that_was_refused_started_nothing(airbyte: Any) -> None:
    airbyte.set(SHOP, status="inactive")
    airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1")
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1")
    assert (done.code, done.result["status"]) == (217, "not_started")


def lose(airbyte: Any) -> None:
    """Lose a trigger. The client cannot know whether it arrived: the jobs that it reads afterwards are the old ones."""
    airbyte.answer_trigger({"status": 502, "html": "<h1>Bad Gateway</h1>"})
    assert airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0").code == 202


def test_a_lost_trigger_is_looked_for(airbyte: Any) -> None:
    lose(airbyte)
    first = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1")
    assert (first.code, first.result["status"]) == (255, "no_job")
    airbyte.set(SHOP, start={"result": "failed"})
    assert airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1").code == 211


def test_a_lost_trigger_that_left_nothing_is_given_up_after_a_while(airbyte: Any) -> None:
    lose(airbyte)
    airbyte.emulator.advance(16 * 60)
    for wait in ("FALSE", "TRUE"):
        done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1", AIRBYTE_WAIT=wait)
        assert (done.code, done.result["status"]) == (217, "not_started")


def test_waiting_for_a_lost_trigger_begins_when_its_job_is_there(airbyte: Any) -> None:
    lose(airbyte)
    airbyte.emulator.forget_requests()
    wait = {"SLIPWAY_UPSTREAM_RUN_IDS": "run-1", "AIRBYTE_WAIT": "TRUE", "AIRBYTE_CONNECTION_ID": None}
    airbyte.during(2, lambda: airbyte.set(SHOP, start={"seconds": 0}))
    done = airbyte("check_sync_status", SHOP, **wait)
    assert done.code == 0
    assert "no job of it has been seen yet" in done.stderr


def test_checking_may_wait_until_the_end(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 1.2, "result": "failed"})
    trigger(airbyte)
    assert airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1", AIRBYTE_WAIT="TRUE").code == 211


def test_a_verdict_is_not_lost_because_its_reasons_are(own: Any) -> None:
    own.answers("/api/v1/jobs/get_without_logs", {"status": 500, "json": {"errorId": "1b9d"}, "times": "always"})
    done = own("check_sync_status", AIRBYTE_JOB_ID="1005", SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 211
    assert "the reasons could not be read" in done.result["message"]
