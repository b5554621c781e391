"""The public API may answer a trigger with a job that somebody else queued earlier."""

from typing import Any

import pytest

from tests.airbyte.conftest import INACTIVE, SHOP


@pytest.fixture
def queued(public: Any) -> int:
    """A pending job that the list before the trigger shows as ended."""
    public.set(SHOP, start={"pending": 30, "seconds": 5})
    number: int = public.jobs(SHOP)[0]["id"]
    row = {"jobId": number, "connectionId": SHOP, "jobType": "sync", "status": "failed"}
    public.answers("/api/public/v1/jobs", {"json": {"data": [row], "next": ""}}, method="GET")
    return number


def test_it_is_joined_and_not_called_triggered(public: Any, queued: int) -> None:
    done = public("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    assert (done.code, done.result["status"], done.result["job_id"]) == (0, "joined", queued)
    assert (public.triggers(), len(public.jobs(SHOP))) == (1, 2)


def test_where_nothing_is_to_be_joined_it_is_203(public: Any, queued: int) -> None:
    done = public("execute_sync", SHOP, AIRBYTE_ON_RUNNING="fail")
    assert (done.code, public.triggers()) == (203, 1)
    assert f"sync job {queued}, which was there before; AIRBYTE_ON_RUNNING is fail" in done.result["message"]


def test_a_queued_job_of_another_kind_is_not_taken_for_the_sync(public: Any) -> None:
    row = {
        "jobId": 2001,
        "connectionId": SHOP,
        "jobType": "reset",
        "status": "pending",
        "startTime": "2026-11-22T06:17Z",
    }
    public.answer_trigger({"json": row})
    done = public("execute_sync", SHOP)
    assert (done.code, public.triggers()) == (203, 1)
    assert "answered with reset job 2001" in done.result["message"]


def test_it_is_waited_for(public: Any, queued: int) -> None:
    done = public("execute_sync", SHOP)
    assert (done.code, done.result["job_id"]) == (0, queued)


def test_an_inactive_connection_can_be_reset(airbyte: Any) -> None:
    assert airbyte("execute_sync", INACTIVE, AIRBYTE_JOB_TYPE="reset").code == 0
    assert airbyte("execute_sync", INACTIVE).code == 216
