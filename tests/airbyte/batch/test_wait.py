"""The wait of a batch, with each API."""

from typing import Any

from shared.airbyte.configuration_api import ConfigurationApi
from tests.airbyte.batch.test_sync import rows
from tests.airbyte.conftest import FLAKY, SHOP

IDS = f"{SHOP},{FLAKY}"


def test_at_the_deadline_those_that_are_left_end_with_221_and_the_others_as_they_did(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 50})
    done = airbyte("execute_sync", IDS, AIRBYTE_WAIT_TIMEOUT="3")
    assert (done.code, done.result["data"]["counts"]) == (221, {"deadline_reached": 1, "succeeded": 1})


def test_polls_that_fail_end_no_wait(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 5})
    bad = [{"status": 502, "html": "<h1>Bad</h1>"}, {"json": {}}, {"status": 429, "empty": True}]

    def fail() -> None:
        airbyte.answers("*/jobs*", *bad, *bad)

    airbyte.during(1, fail)
    done = airbyte("execute_sync", IDS, SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})


def test_credentials_that_expire_end_it(public: Any) -> None:
    public.outcomes(SHOP, {"seconds": 50})
    public.during(2, lambda: public.answers("*/jobs*", {"status": 401, "json": {}, "times": "always"}))
    done = public("execute_sync", IDS)
    assert done.code == 200
    assert rows(public)[SHOP]["status"] == "credentials_refused"


def test_an_unknown_status_is_believed_when_it_is_read_twice(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"status": "resting", "seconds": 50})
    done = airbyte("execute_sync", IDS)
    assert (done.code, rows(airbyte)[SHOP]["status"]) == (215, "unknown_status")


def test_an_outage_costs_a_poll_one_call_and_not_one_for_each(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 5})
    airbyte.outcomes(FLAKY, {"seconds": 5})
    counts = []

    def fail() -> None:
        airbyte.emulator.forget_requests()
        airbyte.answers("*/jobs*", *[{"status": 503, "html": "<h1>Restarting</h1>"}] * 3)

    airbyte.during(1, fail)
    airbyte.during(4, lambda: counts.append(len(airbyte.paths())))
    done = airbyte("execute_sync", IDS, SLIPWAY_RETRY_TIMEOUT="0", AIRBYTE_POLL_INTERVAL="1")
    assert (done.code, counts) == (0, [3])


def test_a_server_without_a_list_of_all_jobs_is_asked_for_it_once(own: Any) -> None:
    own.switch(jobs_of_workspaces=False)
    own.outcomes(SHOP, {"seconds": 5})
    done = own("execute_sync", IDS)
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})
    assert own.paths().count("POST /jobs/list_for_workspaces") == 1


GONE = {"status": 403, "json": {"title": "forbidden"}}
NO_LIST = {"status": 400, "json": {}}


def test_a_connection_that_is_gone_from_the_cloud_ends_no_other(public: Any) -> None:
    for one in (SHOP, FLAKY):
        public.outcomes(one, {"seconds": 5})
    public.during(1, lambda: public.answers("*/jobs", NO_LIST, GONE, method="GET"))
    done = public("execute_sync", IDS)
    assert (done.code, done.result["data"]["counts"]) == (200, {"credentials_refused": 1, "succeeded": 1})


def test_where_each_is_asked_about_they_are_asked_as_seldom_as_a_429_says(own: Any) -> None:
    own.switch(jobs_of_workspaces=False)
    own.outcomes(SHOP, {"seconds": 5})
    later = {"status": 429, "empty": True, "headers": {"Retry-After": "600"}}
    own.during(1, lambda: own.answers("/api/v1/jobs/list", later))
    done = own("execute_sync", IDS, AIRBYTE_WAIT_TIMEOUT="1h")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})
    assert own.blueprint.slept[1] == 600


def test_a_file_that_cannot_be_written_is_no_end_of_the_wait(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"result": "failed", "seconds": 3})

    def block() -> None:
        airbyte.file("responses", f"job_{airbyte.jobs(SHOP)[0]['id']}_response.json").mkdir(parents=True)

    airbyte.during(1, block)
    done = airbyte("execute_sync", IDS)
    assert (done.code, done.result["status"]) == (207, "artifact_unusable")


def test_a_job_that_cannot_be_understood_ends_no_other(own: Any, monkeypatch: Any) -> None:
    def broken(api: Any, job_id: int) -> None:
        raise TypeError(job_id)

    monkeypatch.setattr(ConfigurationApi, "failures", broken)
    own.outcomes(SHOP, "failed")
    done = own("execute_sync", IDS)
    assert (done.code, done.result["data"]["counts"]) == (249, {"bug": 1, "succeeded": 1})


def test_a_namespace_that_is_no_text_is_no_bug(own: Any) -> None:
    odd = {"streamsToReset": [{"name": "a", "namespace": ["b"]}]}
    row = {"id": 5, "configId": SHOP, "configType": "reset_connection", "status": "succeeded", "resetConfig": odd}
    own.answers("/api/v1/jobs/list", {"json": {"jobs": [{"job": row}]}})
    assert own("execute_sync", SHOP).code == 0
