"""Answers that Airbyte's server source has and its documents lack. The emulator gives them, the client can use them."""

from typing import Any

import pytest

from tests.airbyte.conftest import FAILING, SHOP
from tests.airbyte.trigger_step import trigger

LONG = {"seconds": 600}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def cloud(public: Any) -> Any:
    """Airbyte Cloud, which answers 403 for an unknown id."""
    public.environ["AIRBYTE_API_URL"] = public.environ["AIRBYTE_API_URL"].replace("/api/public/v1", "/cloud/v1")
    return public


def test_on_cloud_an_unknown_connection_is_403_and_both_reasons_are_said(cloud: Any) -> None:
    done = cloud("execute_sync", NOBODY)
    assert (done.code, done.result["status"]) == (200, "credentials_refused")
    assert f"{NOBODY} (AIRBYTE_CONNECTION_ID) names no connection here" in done.result["message"]
    assert "or these credentials are not allowed to do this" in done.result["message"]


def test_on_cloud_an_unknown_job_is_403_and_both_reasons_are_said(cloud: Any) -> None:
    done = cloud("check_sync_status", AIRBYTE_JOB_ID="987654321")
    assert done.code == 200
    assert "there is no job 987654321" in done.result["message"]
    assert "or these credentials are not allowed to do this" in done.result["message"]


@pytest.mark.parametrize("connection_id", [SHOP, NOBODY])
def test_a_path_that_clouds_gateway_does_not_know_is_a_wrong_address(public: Any, connection_id: str) -> None:
    body = {"message": "The current request is not defined by this API.", "code": 404}
    public.answers("/api/public/v1/connections/*", {"status": 404, "json": body})
    done = public("execute_sync", connection_id)
    assert done.code == 201
    assert "Check AIRBYTE_API_URL" in done.result["message"]


def test_a_trigger_that_takes_the_server_too_long_is_looked_for(public: Any) -> None:
    public.switch(trigger_times_out=True)
    public.outcomes(SHOP, {"seconds": 20})
    done = public("execute_sync", SHOP)
    assert (done.code, public.triggers()) == (0, 1)
    assert "may have done it anyway" in done.stderr
    assert "the answer was lost, but" in done.stderr


def test_where_no_job_shows_it_the_trigger_is_unknown(public: Any) -> None:
    body = {"status": 409, "title": "state-conflict", "data": {"message": "Could not fulfill request"}}
    public.answer_trigger({"status": 409, "json": body})
    done = public("execute_sync", SHOP)
    assert (done.code, done.result["status"], public.triggers()) == (202, "unknown", 1)
    again = public("execute_sync", SHOP, SLIPWAY_RUN_ID="again")
    assert again.code == 0


def test_a_cancel_that_takes_the_server_too_long_is_looked_for(public: Any) -> None:
    public.outcomes(SHOP, LONG)
    public("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    body = {"status": 409, "title": "state-conflict", "data": {"message": "Could not fulfill request"}}
    public.answers("/api/public/v1/jobs/*", {"status": 409, "json": body, "handled": True}, method="DELETE")
    done = public("cancel_sync")
    assert (done.code, done.result["status"]) == (0, "cancelled")


def test_a_server_that_sheds_load_is_given_more_and_more_time(public: Any) -> None:
    public.outcomes(SHOP, {"seconds": 600})
    started = public("execute_sync", SHOP, AIRBYTE_WAIT="FALSE")
    assert started.code == 0
    public.during(1, lambda: public.switch(load_shedding=4))
    done = public("check_sync_status", AIRBYTE_WAIT="TRUE", SLIPWAY_RETRY_TIMEOUT="0", AIRBYTE_POLL_INTERVAL="15")
    assert done.code == 0
    assert public.blueprint.slept == [15, 60, 120, 240, 480]


def test_a_trigger_waits_longer_than_a_minute_for_it_where_it_may(public: Any) -> None:
    public.switch(load_shedding=9)
    done = public("execute_sync", SHOP, SLIPWAY_RETRY_TIMEOUT="900")
    assert (done.code, public.triggers()) == (0, 1)
    assert max(public.blueprint.slept) > 60


def test_on_cloud_a_retry_whose_job_is_gone_triggers_anew(cloud: Any) -> None:
    assert cloud("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly").code == 0
    cloud.answers("/cloud/v1/jobs", {"json": {"data": [], "next": ""}}, method="GET")
    forbidden = {"status": 403, "title": "forbidden", "data": {"message": "Caller does not have the permissions"}}
    cloud.answers("/cloud/v1/jobs/*", {"status": 403, "json": forbidden})
    again = cloud("execute_sync", SHOP, SLIPWAY_RUN_ID="nightly", AIRBYTE_WAIT="FALSE")
    assert (again.code, again.result["status"]) == (0, "triggered")


def test_a_server_that_lists_another_connections_jobs_starts_nothing_and_joins_nothing(airbyte: Any) -> None:
    theirs = {"jobId": 7, "status": "running", "jobType": "sync", "connectionId": FAILING}
    own = {"id": 7, "status": "running", "configType": "sync", "configId": FAILING, "createdAt": 1, "updatedAt": 1}
    body = {"jobs": [{"job": own, "attempts": []}]} if airbyte.api == "own" else {"data": [theirs], "next": ""}
    method, path = airbyte.list_path
    airbyte.answers(path, {"json": body, "times": "always"}, method=method)
    done = airbyte("execute_sync", SHOP)
    assert (done.code, airbyte.triggers()) == (223, 0)
    assert f"asked about jobs of connection {SHOP}, the API answered about one of {FAILING}" in done.result["message"]


def test_a_record_of_another_server_does_not_take_that_servers_job_for_its_own(airbyte: Any) -> None:
    number = trigger(airbyte)
    sidecar = airbyte.file("variables", "run-1_sync.json")
    sidecar.write_text(sidecar.read_text().replace(f'"job_id": {number}', '"job_id": 1005'))
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="run-1")
    assert done.code == 207
    assert "its record is about another server" in done.result["message"]
