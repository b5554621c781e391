"""cancel_sync after a trigger by this run or by somebody else, with each API."""

from typing import Any

import pytest

from tests.airbyte.trigger_step import LONG, SHOP, trigger


def test_cancelling_what_the_step_before_started(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    number = trigger(airbyte)
    done = airbyte("cancel_sync", SLIPWAY_UPSTREAM_RUN_IDS="run-1")
    assert (done.code, done.result["status"], done.result["job_id"]) == (0, "cancelled", number)
    assert airbyte.jobs(SHOP)[0]["status"] == "cancelled"
    assert airbyte.file("responses", f"cancel_{number}_response.json").exists()
    assert airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1").code == 213


def cancels(airbyte: Any) -> list[str]:
    return [path for path in airbyte.paths() if path.startswith(("POST /jobs/cancel", "DELETE"))]


def test_the_job_is_read_immediately_before(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, LONG)
    number = trigger(airbyte)
    airbyte("cancel_sync", AIRBYTE_JOB_ID=str(number))
    paths = airbyte.paths()
    before = paths[paths.index(cancels(airbyte)[0]) - 1]
    assert before == ("POST /jobs/get_light" if airbyte.api == "own" else f"GET /jobs/{number}")


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "cancelled"])
def test_a_job_that_has_ended_is_left_alone(airbyte: Any, outcome: str) -> None:
    airbyte.outcomes(SHOP, outcome)
    number = trigger(airbyte)
    airbyte.set(SHOP, start=LONG)  # cancelling the old job would end this newer one
    done = airbyte("cancel_sync", AIRBYTE_JOB_ID=str(number))
    assert (done.code, done.result["status"], cancels(airbyte)) == (0, "ended_before", [])
    assert airbyte.jobs(SHOP)[0]["status"] == "running"


def test_a_newer_job_of_the_connection_is_not_killed_by_cancelling_an_old_one(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    airbyte.set(SHOP, start=LONG)
    old = airbyte.jobs(SHOP)[1]["id"]
    done = airbyte("cancel_sync", AIRBYTE_JOB_ID=str(old))
    assert (done.code, cancels(airbyte)) == (203, [])
    assert f"set AIRBYTE_JOB_ID={airbyte.jobs(SHOP)[0]['id']} if that is wanted" in done.result["message"]


def test_cancelling_whatever_a_connection_runs(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"kind": "reset", **LONG})
    done = airbyte("cancel_sync", SHOP)
    assert (done.code, done.result["job_type"]) == (0, "reset")
    assert airbyte("cancel_sync", SHOP).result["status"] == "nothing_runs"
    assert len(cancels(airbyte)) == 1


def test_a_cancel_that_takes_a_while_is_waited_for(airbyte: Any) -> None:
    airbyte.switch(cancel_seconds=1.5)
    airbyte.set(SHOP, start=LONG)
    assert airbyte("cancel_sync", SHOP).result["status"] == "cancelled"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "json": {"errorId": "x"}, "handled": True},
        {"reset": "after"},
        {"status": 409, "json": {}, "handled": True},
    ],
)
def test_what_a_cancel_answers_is_only_advice(airbyte: Any, answer: dict[str, Any]) -> None:
    airbyte.set(SHOP, start=LONG)
    path = "/api/v1/jobs/cancel" if airbyte.api == "own" else "/api/public/v1/jobs/*"
    airbyte.answers(path, answer, method="POST" if airbyte.api == "own" else "DELETE")
    done = airbyte("cancel_sync", SHOP)
    assert (done.code, done.result["status"], len(cancels(airbyte))) == (0, "cancelled", 1)


def test_a_cancel_that_is_refused_is_an_error(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    path = "/api/v1/jobs/cancel" if airbyte.api == "own" else "/api/public/v1/jobs/*"
    airbyte.answers(
        path, {"status": 422, "json": {"message": "no"}}, method="POST" if airbyte.api == "own" else "DELETE"
    )
    done = airbyte("cancel_sync", SHOP)
    assert done.code == 201
    assert "is running" in done.result["message"]


def test_a_job_in_an_unknown_state_is_not_cancelled_on_a_guess(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"status": "hibernating", "seconds": 60})
    done = airbyte("cancel_sync", SHOP)
    assert (done.code, cancels(airbyte)) == (215, [])


def test_cancelling_in_a_dry_run_sends_nothing(airbyte: Any) -> None:
    airbyte.set(SHOP, start=LONG)
    done = airbyte("cancel_sync", SHOP, SLIPWAY_DRY_RUN="TRUE")
    assert (done.code, done.result["status"], cancels(airbyte)) == (0, "dry_run", [])
    assert len(done.result["data"]["requests"]) == 1
