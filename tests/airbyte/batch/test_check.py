"""check_sync_status of many connections, with each API."""

from typing import Any

import pytest

from tests.airbyte.batch.test_sync import rows
from tests.airbyte.conftest import ANALYTICS, FAILING, FLAKY, NEVER_RUN, SHOP

IDS = f"{SHOP},{FLAKY}"


@pytest.mark.parametrize("run_id", [None, "nightly"])
def test_it_follows_what_the_step_before_started(airbyte: Any, run_id: str | None) -> None:
    airbyte.outcomes(SHOP, {"seconds": 5})
    airbyte("execute_sync", IDS, AIRBYTE_WAIT="FALSE", SLIPWAY_RUN_ID=run_id)
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS=run_id)
    assert (done.code, done.result["data"]["counts"]["running"]) == (255, 1)
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS=run_id, AIRBYTE_WAIT="TRUE")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})
    found = rows(airbyte, "check_sync_status_rows.ndjson")
    assert {row["job_id"] for row in found.values()} == {airbyte.jobs(one)[0]["id"] for one in (SHOP, FLAKY)}
    assert all(row["execution_time"] for row in found.values())


def test_a_workspace_alone_selects_nothing_it_may_stand_in_a_shared_env(airbyte: Any) -> None:
    airbyte("execute_sync", IDS, SLIPWAY_RUN_ID="r", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})


def test_a_newer_job_does_not_answer_for_the_one_that_was_started(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, "failed")
    airbyte("execute_sync", IDS, SLIPWAY_RUN_ID="r")
    airbyte.set(SHOP, start={"seconds": 0})
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r")
    assert (done.code, rows(airbyte, "check_sync_status_rows.ndjson")[SHOP]["status"]) == (211, "failed")


def test_without_a_step_before_the_latest_syncs_are_judged(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"kind": "reset", "seconds": 0})
    done = airbyte("check_sync_status", f"{SHOP},{FAILING},{NEVER_RUN}")
    assert done.code == 211
    found = rows(airbyte, "check_sync_status_rows.ndjson")
    assert (found[SHOP]["job_id"], found[FAILING]["status"], found[NEVER_RUN]["status"]) == (1007, "failed", "no_job")


def test_those_with_a_tag_are_checked(airbyte: Any) -> None:
    done = airbyte("check_sync_status", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_TAG="finance")
    assert (done.code, done.result["data"]["counts"]) == (211, {"failed": 1, "succeeded": 1})


def test_an_id_that_the_step_before_did_not_trigger(airbyte: Any) -> None:
    airbyte("execute_sync", IDS, SLIPWAY_RUN_ID="r")
    done = airbyte("check_sync_status", f"{SHOP},{FAILING}", SLIPWAY_UPSTREAM_RUN_IDS="r")
    assert done.code == 206
    assert f"AIRBYTE_CONNECTION_ID names {FAILING}, but the step before triggered" in done.result["message"]


def test_a_job_id_is_of_one_connection(airbyte: Any) -> None:
    done = airbyte("check_sync_status", IDS, AIRBYTE_JOB_ID="7")
    assert (done.code, airbyte.paths()) == (206, [])
    assert "AIRBYTE_JOB_ID is of one connection" in done.result["message"]


def test_with_a_wait_an_unknown_status_is_believed_when_it_stays(own: Any) -> None:
    """The unknown status is read once. The polls then read the emulator's own job, which runs and succeeds."""
    own.outcomes(SHOP, {"seconds": 5})
    own("execute_sync", IDS, AIRBYTE_WAIT="FALSE", SLIPWAY_RUN_ID="r")
    jobs = [
        {"id": own.jobs(one)[0]["id"], "configId": one, "configType": "sync", "status": status}
        for one, status in ((FLAKY, "succeeded"), (SHOP, "resting"))
    ]
    own.answers("/api/v1/jobs/list_for_workspaces", {"json": {"jobs": [{"job": job} for job in jobs]}})
    done = own("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r", AIRBYTE_WAIT="TRUE")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})


def lose(airbyte: Any) -> None:
    """Lose a trigger that never arrives. The client cannot know that: the jobs that it reads then are the old ones."""
    lost = {"status": 502, "html": "<h1>Bad Gateway</h1>"}
    airbyte.answer_trigger(lost)
    more = {"SLIPWAY_RETRY_TIMEOUT": "0", "AIRBYTE_CONCURRENCY": "1", "AIRBYTE_WAIT": "FALSE"}
    done = airbyte("execute_sync", IDS, SLIPWAY_RUN_ID="r", **more)
    assert (done.code, done.result["data"]["counts"]) == (202, {"unknown": 1, "triggered": 1})


def test_a_wait_for_a_lost_trigger_begins_when_its_job_is_there(airbyte: Any) -> None:
    lose(airbyte)
    airbyte.during(2, lambda: airbyte.set(SHOP, start={"seconds": 5, "result": "failed"}))
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r", AIRBYTE_WAIT="TRUE")
    assert (done.code, done.result["data"]["counts"]) == (211, {"failed": 1, "succeeded": 1})
    assert "no job of it has been seen yet" in done.stderr


@pytest.mark.parametrize(("minutes", "code", "wait"), [(0, 255, "FALSE"), (0, 221, "TRUE"), (16, 217, "TRUE")])
def test_of_a_lost_trigger_without_a_job_is_said_what_is_said_of_one_connection(
    airbyte: Any, minutes: int, code: int, wait: str
) -> None:
    lose(airbyte)
    airbyte.emulator.advance(minutes * 60)
    more = {"SLIPWAY_UPSTREAM_RUN_IDS": "r", "AIRBYTE_WAIT": wait, "AIRBYTE_WAIT_TIMEOUT": "5"}
    done, one = airbyte("check_sync_status", **more), airbyte("check_sync_status", SHOP, **more)
    row = rows(airbyte, "check_sync_status_rows.ndjson")[SHOP]
    assert (one.code, one.result["status"]) == (done.code, done.result["status"]) == (code, row["status"])
    assert one.result["message"].split(";")[0].removeprefix("Airbyte: ") == row["reason"].split(";")[0]


def test_a_refused_token_ends_it_and_is_not_asked_for_again_for_each(public: Any) -> None:
    public.answers("*/applications/token", {"status": 400, "json": {}, "times": "always"})
    done = public("check_sync_status", IDS, AIRBYTE_CONCURRENCY="1")
    assert (done.code, public.paths()) == (200, ["POST /applications/token"])
