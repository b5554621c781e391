"""list_connections and check_credentials: real processes, either API."""

import json
from typing import Any

import pytest

FAILING = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
ANALYTICS = "cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"
GENERATED = "f1d2d2f9-24e9-4ac0-86fd-f7b36c94bcdf"
HTML = {"html": "<!doctype html><title>Airbyte</title>", "times": "always"}


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


def test_one_connection_whose_jobs_cannot_be_read_does_not_hide_the_others(airbyte: Any) -> None:
    method, path = airbyte.list_path
    airbyte.answers(path, {"status": 500, "json": {"errorId": "x"}}, method=method)
    done = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=ANALYTICS, SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["data"]["count"]) == (0, 6)
    assert done.result["data"]["by_last_job"]["unknown"] == 1
    assert "problem" in done.result["data"]["connections"][0]


def test_an_unknown_workspace(own: Any) -> None:
    done = own("list_connections", AIRBYTE_WORKSPACE_ID=SHOP)
    assert (done.code, done.result["data"]["count"]) == (0, 0)


def test_credentials_that_are_accepted(airbyte: Any) -> None:
    done = airbyte("check_credentials", SHOP)
    assert (done.code, done.result["status"]) == (0, "accepted")
    wants = {"own": "wants no credentials", "public": "accepts client credentials"}[airbyte.api]
    assert wants in done.result["message"]
    assert "is active" in done.result["message"]
    assert "/health" in airbyte.paths()[-3]


@pytest.mark.parametrize(
    ("switches", "given"),
    [
        ({}, {"AIRBYTE_CLIENT_ID": "revoked-client"}),
        ({"bad_credentials_status": 401}, {"AIRBYTE_CLIENT_ID": "revoked-client"}),
        ({}, {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None, "AIRBYTE_API_TOKEN": "revoked-token"}),
        ({}, {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None}),
        ({"public_auth": "basic"}, {"AIRBYTE_CLIENT_ID": None, "AIRBYTE_CLIENT_SECRET": None}),
    ],
)
def test_credentials_that_are_refused(public: Any, switches: dict[str, Any], given: dict[str, str | None]) -> None:
    public.switch(**switches)
    done = public("check_credentials", **given)
    assert (done.code, done.result["status"]) == (200, "credentials_refused")


@pytest.mark.parametrize("how", ["basic", "bearer"])
def test_credentials_that_are_missing_on_the_configuration_api(own: Any, how: str) -> None:
    own.switch(configuration_auth=how)
    done = own("check_credentials")
    assert done.code == 200
    assert "the server wants credentials" in done.result["message"]


def test_basic_authentication_on_either_api(airbyte: Any) -> None:
    airbyte.switch(configuration_auth="basic", public_auth="basic")
    given = {"AIRBYTE_USERNAME": "airbyte", "AIRBYTE_PASSWORD": "password-of-the-tests"}
    assert airbyte("check_credentials", AIRBYTE_CLIENT_ID=None, AIRBYTE_CLIENT_SECRET=None, **given).code == 0


def test_a_connection_without_name_and_state_is_called_by_its_id(airbyte: Any) -> None:
    airbyte.answers("*/connections/*", {"json": {"connectionId": SHOP}, "times": "always"})
    done = airbyte("check_credentials", SHOP)
    assert done.result["message"].endswith(f"; the connection {SHOP} is in no known state")


def test_a_server_that_is_not_healthy(airbyte: Any) -> None:
    airbyte.switch(healthy=False)
    assert airbyte("check_credentials", SLIPWAY_RETRY_TIMEOUT="0").code == 223


def test_a_page_of_html_is_no_airbyte(airbyte: Any) -> None:
    airbyte.answers("*/health", HTML)
    done = airbyte("check_credentials", SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 223
    assert "that is no Airbyte API" in done.result["message"]


@pytest.mark.parametrize("key", ["available", "db"])
def test_health_in_the_words_of_any_version(own: Any, key: str) -> None:
    own.switch(health_key=key)
    assert own("check_credentials").code == 0


def test_airbyte_cloud_has_the_same_api_without_the_prefix(public: Any) -> None:
    done = public("check_credentials", SHOP, AIRBYTE_API_URL=f"{public.emulator.url}/cloud/v1")
    assert (done.code, done.result["connection_status"]) == (0, "active")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 429, "empty": True, "times": 9}, 222),
        ({"status": 403, "html": "<h1>Forbidden</h1>"}, 200),
        ({"status": 404, "html": "<h1>Not Found</h1>"}, 201),
        (HTML, 223),
    ],
)
def test_an_answer_of_no_airbyte_accepts_no_credentials(own: Any, answer: dict[str, Any], code: int) -> None:
    own.answers("/api/v1/connections/get", answer)
    assert own("check_credentials", SLIPWAY_RETRY_TIMEOUT="0").code == code
