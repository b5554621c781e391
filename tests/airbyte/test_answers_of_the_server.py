"""What Airbyte's server source says that its documents do not: the emulator plays it, and the client bears it."""

from typing import Any

import pytest

from tests.airbyte.conftest import SHOP

LONG = {"seconds": 600}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def cloud(public: Any) -> Any:
    """Airbyte Cloud, where an id that names nothing is 403."""
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
    assert "may have done it all the same" in done.stderr
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
