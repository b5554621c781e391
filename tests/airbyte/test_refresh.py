"""A refresh that is answered without a job: nothing starts, or it becomes the connection's next sync."""

from typing import Any

import pytest

from tests.airbyte.conftest import SHOP

REFRESH = {"AIRBYTE_JOB_TYPE": "refresh"}
LONG = {"seconds": 600}


def refreshes(own: Any) -> int:
    return sum(row["path"].endswith("/refresh") for row in own.emulator.requests())


def test_it_is_looked_for_also_where_calls_are_not_retried(own: Any) -> None:
    own.switch(refresh_answers_job=False)
    own.answers("/api/v1/jobs/list", {"pass": True}, {"json": {"jobs": []}, "times": 3})
    assert own("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="0", **REFRESH).result["job_type"] == "refresh"


@pytest.mark.parametrize("wait", ["TRUE", "FALSE"])
def test_a_destination_that_cannot_be_refreshed_is_not_waited_for(own: Any, wait: str) -> None:
    own.set(SHOP, refreshable=False)
    done = own("execute_sync", SHOP, AIRBYTE_WAIT=wait, **REFRESH)
    assert (done.code, done.result["status"], refreshes(own)) == (217, "not_started", 1)
    assert "the destination cannot be refreshed" in done.result["message"]
    assert own("check_sync_status", SHOP).code == 217


def sync_begins_unseen(own: Any) -> None:
    """Let a sync begin between the first reading and the request."""
    own.set(SHOP, start=LONG)
    own.answers("/api/v1/jobs/list", {"json": {"jobs": []}})


def test_over_a_running_sync_it_is_queued_and_that_sync_is_not_taken_for_it(own: Any) -> None:
    sync_begins_unseen(own)
    sync = own.jobs(SHOP)[0]["id"]
    done = own("execute_sync", SHOP, AIRBYTE_WAIT="FALSE", **REFRESH)
    assert (done.code, done.result["status"]) == (0, "queued")
    assert f"sync job {sync} runs, so it becomes the connection's next sync" in done.result["message"]
    assert "job_id" not in done.result


def test_a_step_that_would_wait_for_it_is_not_finished(own: Any) -> None:
    sync_begins_unseen(own)
    done = own("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly", **REFRESH)
    assert (done.code, done.result["status"], done.result["retry"]) == (255, "queued", True)
    again = own("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly", **REFRESH)
    assert (again.code, again.result["status"], refreshes(own)) == (255, "queued", 1)


def test_a_dry_run_would_join_it_and_does_not_wait(own: Any) -> None:
    sync_begins_unseen(own)
    assert own("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly", **REFRESH).code == 255
    dry = own("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly", SLIPWAY_DRY_RUN="TRUE", **REFRESH)
    assert (dry.code, dry.result["status"], refreshes(own)) == (0, "queued", 1)


def test_a_retry_joins_it_however_late_it_comes(own: Any) -> None:
    sync_begins_unseen(own)
    for days in (0, 3):
        own.emulator.advance(days * 86400)
        assert own("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly", **REFRESH).result["status"] == "queued"
    assert refreshes(own) == 1


@pytest.mark.parametrize("wait", ["TRUE", "FALSE"])
def test_the_check_finds_it_once_it_has_begun(own: Any, wait: str) -> None:
    sync_begins_unseen(own)
    own("execute_sync", SHOP, AIRBYTE_WAIT="FALSE", **REFRESH)
    early = own("check_sync_status", SHOP, AIRBYTE_WAIT=wait)
    assert (early.code, early.result["status"]) == (255, "queued")
    assert "it becomes the connection's next sync" in early.result["message"]
    own.emulator.advance(24 * 3600)
    assert own("check_sync_status", SHOP, AIRBYTE_WAIT=wait).result["status"] == "queued"
    own.set(SHOP, start={"kind": "refresh", "seconds": 5})
    own.emulator.advance(60)
    late = own("check_sync_status", SHOP, AIRBYTE_WAIT=wait)
    assert (late.code, late.result["job_type"]) == (0, "refresh")


def test_a_refresh_that_nobody_can_read_about_is_unknown(own: Any) -> None:
    own.set(SHOP, refreshable=False)
    gone = {"status": 503, "empty": True, "times": "always"}
    own.answers("/api/v1/jobs/list", {"pass": True}, gone)
    done = own("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="2", **REFRESH)
    assert (done.code, refreshes(own)) == (202, 1)
