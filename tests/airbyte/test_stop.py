"""AIRBYTE_ON_STOP: what happens to the job if its step is stopped or reaches its deadline."""

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from shared.program.signals import Interrupted
from tests.airbyte.conftest import SHOP

LONG = {"seconds": 600}
CANCEL = {"AIRBYTE_ON_STOP": "cancel"}


def stopped(number: int = signal.SIGTERM) -> Callable[[], None]:
    """Return a function that sends a signal to this process, for use in a sleep."""

    def strike() -> None:
        raise Interrupted(number)

    return strike


def cancelled(airbyte: Any) -> int:
    return sum(path.startswith(("DELETE", "POST /jobs/cancel")) for path in airbyte.paths())


def test_a_process_that_is_stopped_cancels_its_job(airbyte_process: Any) -> None:
    airbyte = airbyte_process
    number, code = (signal.SIGTERM, 143) if airbyte.api == "own" else (signal.SIGINT, 130)
    airbyte.outcomes(SHOP, LONG)
    process = airbyte.start("execute_sync", SHOP, **CANCEL)
    airbyte.await_looks(2)
    process.send_signal(number)
    stdout, _ = process.communicate(timeout=60)
    result = json.loads(stdout)
    assert (process.returncode, result["status"], result["retry"]) == (code, "interrupted", True)
    assert (result["on_stop"], result["job_status"]) == ("cancelled", "cancelled")
    assert f"topped waiting; sync job {result['job_id']} was cancelled" in result["message"]
    assert airbyte.jobs(SHOP)[0]["status"] == "cancelled"


def test_by_default_it_is_left_running(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    airbyte.during(1, stopped())
    done = airbyte("execute_sync", SHOP)
    assert (done.code, "on_stop" in done.result, cancelled(airbyte)) == (143, False, 0)
    assert "goes on" in done.result["message"]


def test_at_the_deadline_it_is_cancelled_and_the_exit_code_stays(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT_TIMEOUT="5", **CANCEL)
    assert (done.code, done.result["status"], done.result["on_stop"]) == (221, "deadline_reached", "cancelled")
    assert "not finished within 5 s; sync job" in done.result["message"]
    assert "goes on" not in done.result["message"]
    assert airbyte.jobs(SHOP)[0]["status"] == "cancelled"


@pytest.mark.parametrize("how", ["deadline", "signal"])
def test_a_job_that_was_joined_is_never_cancelled(airbyte: Any, how: str) -> None:
    airbyte.set(SHOP, start=LONG)
    if how == "signal":
        airbyte.during(1, stopped())
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT_TIMEOUT="5", **CANCEL)
    assert (done.code, cancelled(airbyte)) == (143 if how == "signal" else 221, 0)
    assert "goes on" in done.result["message"]
    assert airbyte.jobs(SHOP)[0]["status"] == "running"


def test_a_job_found_after_a_lost_answer_may_be_somebody_elses_and_is_not_cancelled(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    airbyte.answer_trigger({"reset": "after"})
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT_TIMEOUT="5", **CANCEL)
    assert (done.code, cancelled(airbyte)) == (221, 0)


def test_a_retry_that_joins_its_own_earlier_try_leaves_it_too(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    run = {"SLIPWAY_RUN_ID": "nightly", "AIRBYTE_WAIT_TIMEOUT": "5"}
    assert airbyte("execute_sync", SHOP, **run).code == 221
    assert airbyte("execute_sync", SHOP, **run, **CANCEL).code == 221
    assert cancelled(airbyte) == 0


def test_a_job_that_ended_just_then_is_said_to_have(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 10})

    def late() -> None:
        airbyte.emulator.advance(60)
        raise Interrupted(signal.SIGTERM)

    airbyte.during(1, late)
    done = airbyte("execute_sync", SHOP, **CANCEL)
    assert (done.code, done.result["on_stop"], cancelled(airbyte)) == (143, "ended_before", 0)
    assert "nothing to cancel: sync job" in done.result["message"]


def test_a_newer_job_is_not_cancelled_in_its_place(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    jobs = {"configId": SHOP, "connectionId": SHOP, "status": "running"}
    newer = {"json": {"jobs": [{"job": {"id": 999999, "configType": "sync", **jobs}}]}}
    if airbyte.api == "public":
        newer = {"json": {"data": [{"jobId": 999999, "jobType": "sync", **jobs}], "next": ""}}
    method, path = airbyte.list_path
    airbyte.answers(path, {"pass": True}, newer, method=method)
    airbyte.during(1, stopped())
    done = airbyte("execute_sync", SHOP, **CANCEL)
    assert (done.code, done.result["on_stop"], cancelled(airbyte)) == (143, "already_running", 0)
    assert "was not cancelled: Airbyte: job 999999 of this connection is running" in done.result["message"]


def test_a_server_that_is_gone_does_not_keep_the_process(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    method, path = airbyte.list_path
    gone = {"status": 503, "empty": True, "times": "always"}
    airbyte.answers(path, {"pass": True}, gone, method=method)
    airbyte.during(1, stopped())
    done = airbyte("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="60", **CANCEL)
    assert (done.code, done.result["on_stop"]) == (143, "unreachable")
    assert "was not cancelled" in done.result["message"]
    assert sum(airbyte.blueprint.slept[1:]) <= 8


def test_one_that_takes_long_to_stop_is_not_awaited(airbyte: Any) -> None:
    airbyte.switch(cancel_seconds=120)
    airbyte.outcomes(SHOP, LONG)
    airbyte.during(1, stopped())
    done = airbyte("execute_sync", SHOP, **CANCEL)
    assert (done.code, done.result["on_stop"], cancelled(airbyte)) == (143, "cancelling", 1)
    assert "cancellation was requested, but" in done.result["message"]


def test_a_signal_while_a_deadline_is_dealt_with_does_not_say_that_the_job_goes_on(airbyte: Any) -> None:
    airbyte.switch(cancel_seconds=120)
    airbyte.outcomes(SHOP, LONG)
    sleeps = 5 + 2  # five polls of a second, and the first two readings of the cancelled job
    airbyte.during(sleeps, stopped())
    done = airbyte("execute_sync", SHOP, AIRBYTE_WAIT_TIMEOUT="5", **CANCEL)
    assert (done.code, done.result["status"]) == (143, "interrupted")
    assert "was being cancelled" in done.result["message"]


def test_a_word_that_it_does_not_know_is_refused(airbyte: Any) -> None:
    done = airbyte("execute_sync", SHOP, AIRBYTE_ON_STOP="kill")
    assert (done.code, airbyte.triggers()) == (206, 0)
