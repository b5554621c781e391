"""list_connections, with each API."""

import json
from collections import Counter
from typing import Any

import pytest

from shared.redaction import DEEPEST

FAILING = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
ANALYTICS = "cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"
GENERATED = "f1d2d2f9-24e9-4ac0-86fd-f7b36c94bcdf"


def test_connections_are_listed_with_those_in_trouble_first(airbyte: Any) -> None:
    done = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert done.code == 0
    data = done.result["data"]
    assert data["count"] == 6
    assert data["by_status"] == {"active": 3, "inactive": 1, "deprecated": 1, "locked": 1}
    assert data["by_last_job"] == {"succeeded": 5, "failed": 1}
    assert (data["connections"][0]["connection_id"], data["connections"][0]["job_status"]) == (FAILING, "failed")
    assert "| " + FAILING in done.stderr
    left = json.loads(airbyte.file("responses", "connections_response.json").read_text())
    assert len(left["connections"]) == 6
    assert left["connections"][0]["last_job"]["job_id"] == data["connections"][0]["job_id"]


def test_the_public_api_lists_every_workspace(public: Any) -> None:
    done = public("list_connections")
    assert done.result["data"]["count"] == 8
    assert done.result["data"]["by_last_job"]["none"] == 1


def test_the_configuration_api_needs_a_workspace(own: Any) -> None:
    done = own("list_connections")
    assert (done.code, own.paths()) == (206, [])
    assert "AIRBYTE_WORKSPACE_ID is required" in done.result["message"]


def test_all_pages_are_read_and_stdout_stays_small(airbyte: Any) -> None:
    airbyte.emulator.reset(connectors=230, sync_seconds=0)
    done = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=GENERATED)
    assert done.result["data"]["count"] == 230
    assert len(done.result["data"]["connections"]) == 20
    left = json.loads(airbyte.file("responses", "connections_response.json").read_text())
    assert len({row["connectionId"] for row in left["connections"]}) == 230
    if airbyte.api == "public":
        pages = [row["query"] for row in airbyte.emulator.requests() if row["path"].endswith("/connections")]
        assert [(page["limit"], page["offset"]) for page in pages] == [
            ("100", offset) for offset in ("0", "100", "200", "300")
        ], "the last page has a next one, too, which is empty"


def test_short_pages_are_followed_to_the_last(public: Any) -> None:
    public.switch(largest_page=3)
    done = public("list_connections")
    assert done.result["data"]["count"] == 8
    pages = [row["query"]["offset"] for row in public.emulator.requests() if row["path"].endswith("/connections")]
    assert pages == ["0", "3", "6", "9"]


def test_malformed_rows_are_left_out_counted_and_said_with_their_places(airbyte: Any) -> None:
    rows = [7, {"connectionId": SHOP, "name": "Shop", "status": "active"}, {"name": "y"}, {"connectionId": 7}]
    airbyte.answers("*/connections*", {"json": {"connections": rows, "data": rows}})
    done = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert (done.code, done.result["data"]["count"], done.result["data"]["malformed"]) == (0, 1, 3)
    said = [line for line in done.stderr.splitlines() if "warning" in line]
    assert said == ["Slipway: warning: 3 of 4 rows of the list are malformed and left out, counted from 1: 1, 3, 4"]
    left = json.loads(airbyte.file("responses", "connections_response.json").read_text())
    assert left["malformed"] == [7, {"name": "y"}, {"connectionId": 7}]


@pytest.mark.parametrize("rows", [{}, None, [7], [{"name": "x"}]])
def test_an_answer_that_is_no_list_or_has_no_connection_is_223(airbyte: Any, rows: Any) -> None:
    airbyte.answers("*/connections*", {"json": {"connections": rows, "data": rows}})
    assert airbyte("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS).code == 223


def calls(airbyte: Any) -> dict[str, int]:
    """Return how often each path was requested."""
    return dict(Counter(path for path in airbyte.paths() if "token" not in path))


def test_jobs_are_read_by_pages_and_not_for_each_connection(airbyte: Any) -> None:
    airbyte.emulator.reset(connectors=250, sync_seconds=0)
    done = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=GENERATED)
    assert done.result["data"]["by_last_job"] == {"none": 250}
    own = {"POST /connections/list": 1, "POST /jobs/list_for_workspaces": 1}
    assert calls(airbyte) == (own if airbyte.api == "own" else {"GET /connections": 4, "GET /jobs": 1})


def test_who_has_not_run_for_long_is_asked_about(public: Any) -> None:
    """Reading pages stops when a call for each remaining connection costs less."""
    public.switch(largest_page=1)
    done = public("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert done.result["data"]["by_last_job"] == {"succeeded": 5, "failed": 1}
    queries = [row["query"] for row in public.emulator.requests() if row["path"].endswith("/jobs")]
    assert [query.get("offset") for query in queries] == ["0", "1", None, None, None, None]


def test_an_older_server_is_asked_about_each_connection(own: Any) -> None:
    own.switch(jobs_of_workspaces=False)
    done = own("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert (done.code, done.result["data"]["by_last_job"]) == (0, {"succeeded": 5, "failed": 1})
    assert calls(own)["POST /jobs/list"] == 6
    assert "reading each connection's jobs" in done.stderr


def test_one_connection_whose_jobs_cannot_be_read_does_not_hide_the_others(airbyte: Any) -> None:
    method, path = airbyte.list_path
    failures = 2 if airbyte.api == "public" else 1  # the page, and one connection's list
    airbyte.answers(path, {"status": 500, "json": {"errorId": "x"}, "times": failures}, method=method)
    if airbyte.api == "own":
        airbyte.switch(jobs_of_workspaces=False)
    done = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS, SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["data"]["count"]) == (0, 6)
    assert done.result["data"]["by_last_job"]["unknown"] == 1
    assert "problem" in done.result["data"]["connections"][0]


def test_a_malformed_job_hides_no_connection(public: Any) -> None:
    rows = [{"jobId": 1, "connectionId": SHOP}, {"jobId": 2, "connectionId": FAILING, "status": "cancelled"}]
    public.answers("*/jobs", {"json": {"data": rows, "next": ""}})
    done = public("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert done.result["data"]["by_last_job"] == {"succeeded": 5, "cancelled": 1}


def test_jobs_in_another_order_are_not_taken_for_the_newest(public: Any) -> None:
    rows = [{"jobId": number, "connectionId": SHOP, "status": "failed"} for number in (1, 2)]
    public.answers("*/jobs", {"json": {"data": rows, "next": ""}})
    done = public("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert done.result["data"]["by_last_job"] == {"succeeded": 5, "failed": 1}
    assert "the list of jobs is not the newest first; reading each" in done.stderr
    (page,) = [row["query"] for row in public.emulator.requests() if "orderBy" in row["query"]]
    assert page["orderBy"] == "createdAt|DESC"


def test_a_list_of_jobs_that_is_not_parsed_is_asked_for_once_and_hides_nothing(own: Any) -> None:
    deep: list[Any] = []
    for _ in range(DEEPEST):
        deep = [deep]
    own.answers("*/jobs/list_for_workspaces", {"json": {"jobs": deep}, "times": "always"})
    done = own("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert (done.code, done.result["data"]["by_last_job"]) == (0, {"succeeded": 5, "failed": 1})
    assert "nested deeper" in done.stderr
    own.emulator.forget_requests()
    waited = own("execute_sync", f"{SHOP},{FAILING}")
    assert waited.result["data"]["counts"] == {"failed": 1, "succeeded": 1}
    assert calls(own)["POST /jobs/list_for_workspaces"] == 1, "not again in the wait"


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_not_taken_for_a_list_that_is_not_there(airbyte: Any, status: int) -> None:
    airbyte.answers("*/jobs*", {"status": status, "json": {}, "times": "always"})
    assert airbyte("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS).code == 200


def test_an_unknown_workspace(own: Any) -> None:
    done = own("list_connections", AIRBYTE_WORKSPACE_ID=SHOP)
    assert (done.code, done.result["data"]["count"]) == (0, 0)


def test_a_connection_without_name_and_state_is_called_by_its_id(airbyte: Any) -> None:
    airbyte.answers("*/connections/*", {"json": {"connectionId": SHOP}, "times": "always"})
    done = airbyte("check_credentials", SHOP)
    assert done.result["message"].endswith(f"; the connection {SHOP} is in no known state")


def test_airbyte_cloud_has_the_same_api_without_the_prefix(public: Any) -> None:
    done = public("check_credentials", SHOP, AIRBYTE_API_URL=f"{public.emulator.url}/cloud/v1")
    assert (done.code, done.result["connection_status"]) == (0, "active")
