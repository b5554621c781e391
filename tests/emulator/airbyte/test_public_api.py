"""The emulated public API, and the credentials of both APIs: REST paths, problems, Java's times, tokens."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from emulator.airbyte.public_responses import java_duration, java_time

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
NOBODY = "00000000-0000-0000-0000-000000000000"
BASE = "/api/public/v1"
START_TEXT = "2027-01-15T08:00Z"  # the tests' clock at the start; seconds that are zero are left out


def switch(emulated: Any, **switches: Any) -> None:
    emulated.control("POST", "scenario", {"airbyte": {"switches": switches}})


def connection(emulated: Any, connection_id: str, **fields: Any) -> None:
    emulated.control("POST", "scenario", {"airbyte": {"connections": {connection_id: fields}}})


def ask(emulated: Any, method: str, path: str, token: str | None = "any-token", **more: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found: TestResponse = emulated.client.open(BASE + path, method=method, headers=headers, **more)
    return found


def start(emulated: Any, kind: str = "sync", connection_id: str = SHOP) -> TestResponse:
    return ask(emulated, "POST", "/jobs", json={"connectionId": connection_id, "jobType": kind})


@pytest.mark.parametrize("slash", ["", "/"])
def test_health_is_plain_text_and_asks_nobody(emulated: Any, slash: str) -> None:
    answer = ask(emulated, "GET", f"/health{slash}", token=None)
    assert (answer.text, answer.mimetype) == ("Successful operation", "text/plain")
    switch(emulated, healthy=False)
    assert ask(emulated, "GET", "/health", token=None).status_code == 503


def test_a_job_shows_only_what_is_known(emulated: Any) -> None:
    connection(emulated, SHOP, outcomes=[{"pending": 10, "seconds": 65}])
    pending = start(emulated).json
    assert pending == {
        "jobId": pending["jobId"],
        "status": "pending",
        "jobType": "sync",
        "startTime": START_TEXT,
        "connectionId": SHOP,
    }
    emulated.wait(10)
    running = ask(emulated, "GET", f"/jobs/{pending['jobId']}/").json
    assert (running["status"], "lastUpdatedAt" in running, running["duration"]) == ("running", False, "PT10S")
    emulated.wait(65)
    ended = ask(emulated, "GET", f"/jobs/{pending['jobId']}").json
    assert (ended["status"], ended["duration"]) == ("succeeded", "PT1M15S")
    assert ended["lastUpdatedAt"] == "2027-01-15T08:01:15Z"
    assert (ended["rowsSynced"], ended["bytesSynced"]) == (1000, 64000)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1795328225, "2026-11-22T06:17:05Z"), (1795328220, "2026-11-22T06:17Z"), (1795327200.9, "2026-11-22T06:00Z")],
)
def test_java_leaves_out_seconds_that_are_zero(seconds: float, text: str) -> None:
    assert java_time(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "PT0S"), (65, "PT1M5S"), (3600, "PT1H"), (3661, "PT1H1M1S"), (90000, "PT25H")]
)
def test_java_writes_durations_in_hours_minutes_and_seconds(seconds: int, text: str) -> None:
    assert java_duration(seconds) == text


def test_the_two_conflicts(emulated: Any) -> None:
    start(emulated)
    running = start(emulated)
    assert (running.status_code, running.json["title"]) == (409, "try-again-later")
    assert running.json["data"]["message"] == f"A sync is already running for: {SHOP}"
    assert running.mimetype == "application/json"
    emulated.wait(5)
    connection(emulated, SHOP, status="inactive")
    refused = start(emulated)
    assert (refused.status_code, refused.json["title"]) == (409, "state-conflict")
    assert refused.json["data"]["message"] == "Could not fulfill request"


def test_unknown_ids(emulated: Any) -> None:
    for method in ("GET", "DELETE"):
        answer = ask(emulated, method, "/jobs/9")
        assert (answer.status_code, answer.json["title"]) == (409, "state-conflict")
    switch(emulated, unknown_job_public=404)
    assert ask(emulated, "GET", "/jobs/9").status_code == 404
    answer = ask(emulated, "GET", f"/connections/{NOBODY}")
    assert (answer.status_code, answer.json["title"]) == (404, "resource-not-found")
    assert ask(emulated, "GET", "/connections/x").status_code == 400
    assert start(emulated, connection_id=NOBODY).status_code == 404


def test_what_may_be_started(emulated: Any) -> None:
    assert start(emulated, "refresh").status_code == 422
    assert start(emulated, "sink").status_code == 400
    assert start(emulated, "clear").json["jobType"] == "reset"
    emulated.wait(5)
    assert start(emulated, "reset").json["jobType"] == "reset"


@pytest.mark.parametrize("outcome", [{"pending": 60}, {"queued": 60}])
def test_a_trigger_over_a_job_that_has_not_started_answers_that_job(emulated: Any, outcome: Any) -> None:
    connection(emulated, SHOP, outcomes=[outcome])
    first = start(emulated).json
    again = start(emulated)
    assert (again.status_code, again.json["jobId"]) == (200, first["jobId"])
    emulated.wait(60)
    assert start(emulated).status_code == 409


def test_a_trigger_may_time_out_and_start_all_the_same(emulated: Any) -> None:
    switch(emulated, trigger_times_out=True)
    answer = start(emulated)
    assert (answer.status_code, answer.json["title"]) == (409, "state-conflict")
    assert answer.json["data"]["message"] == "Could not fulfill request"
    assert ask(emulated, "GET", f"/jobs?connectionId={SHOP}").json["data"][0]["status"] == "running"


def test_load_is_shed_without_a_retry_after(emulated: Any) -> None:
    switch(emulated, load_shedding=2)
    for path in ("/jobs", "/connections"):
        answer = ask(emulated, "GET", path)
        assert (answer.status_code, answer.json) == (429, {"message": "You are being rate limited."})
        assert "Retry-After" not in answer.headers
    assert ask(emulated, "GET", "/jobs").status_code == 200


def test_workspaces_and_tags(emulated: Any) -> None:
    rows = ask(emulated, "GET", "/workspaces").json["data"]
    assert [row["name"] for row in rows] == ["Analytics", "Marketing"]
    one = rows[0]["workspaceId"]
    assert ask(emulated, "GET", f"/workspaces/{one}").json == rows[0]
    assert ask(emulated, "GET", f"/workspaces?workspaceIds={one}").json["data"] == rows[:1]
    assert ask(emulated, "GET", f"/workspaces/{NOBODY}").status_code == 404
    connection(emulated, "d4e5f6a7-b8c9-4d0e-8f1a-2b3c4d5e6f70", tags=["nightly"])
    tags = {(tag["name"], tag["workspaceId"]): tag["tagId"] for tag in ask(emulated, "GET", "/tags").json["data"]}
    assert tags.keys() == {("finance", one), ("nightly", one), ("nightly", rows[1]["workspaceId"])}
    assert len(ask(emulated, "GET", f"/tags?workspaceIds={one}").json["data"]) == 2
    for wanted, amount in (([("finance", one)], 2), ([("nightly", one)], 1), (tags, 3)):
        ids = ",".join(tags[each] for each in wanted)
        assert len(ask(emulated, "GET", f"/connections?tagIds={ids}").json["data"]) == amount


def test_deleting_a_job_stops_what_its_connection_runs_now(emulated: Any) -> None:
    connection(emulated, SHOP, outcomes=[{"seconds": 60}])
    running = start(emulated).json["jobId"]
    assert ask(emulated, "DELETE", "/jobs/1007").json["status"] == "succeeded"
    assert ask(emulated, "GET", f"/jobs/{running}").json["status"] == "cancelled"


def test_lists_come_in_pages_with_addresses_that_are_empty_at_the_ends(emulate: Any) -> None:
    emulated = emulate(connectors=30)
    first = ask(emulated, "GET", "/connections").json
    assert (len(first["data"]), first["previous"]) == (20, "")
    assert first["next"].endswith("/api/public/v1/connections?limit=20&offset=20")
    last = ask(emulated, "GET", "/connections?limit=100&offset=20").json
    assert (len(last["data"]), last["next"][-21:]) == (18, "?limit=100&offset=120")
    beyond = ask(emulated, "GET", last["next"].partition(BASE)[2]).json
    assert (beyond["data"], beyond["next"]) == ([], "")
    assert {row["connectionId"] for row in first["data"]}.isdisjoint(row["connectionId"] for row in last["data"])
    for wrong in ("limit=101", "limit=0", "limit=x", "offset=-1", f"offset={'9' * 5000}"):
        assert ask(emulated, "GET", f"/connections?{wrong}").status_code == 400


def test_the_addresses_of_pages_ask_for_the_same(emulated: Any) -> None:
    workspace = ask(emulated, "GET", f"/connections/{SHOP}").json["workspaceId"]
    seen, where = [], f"/connections?workspaceIds={workspace}&limit=4"
    while where:
        page = ask(emulated, "GET", where).json
        seen += [row["workspaceId"] for row in page["data"]]
        where = page["next"].partition("/api/public/v1")[2]
    assert seen == [workspace] * 6


def test_connections_of_some_workspaces(emulated: Any) -> None:
    workspace = ask(emulated, "GET", f"/connections/{SHOP}").json["workspaceId"]
    assert len(ask(emulated, "GET", f"/connections?workspaceIds={workspace}").json["data"]) == 6
    assert ask(emulated, "GET", f"/connections?workspaceIds={NOBODY}").json["data"] == []


def test_jobs_are_listed_newest_first_and_filtered(emulated: Any) -> None:
    number = start(emulated).json["jobId"]
    found = ask(emulated, "GET", "/jobs").json["data"]
    assert [row["jobId"] for row in found] == sorted((row["jobId"] for row in found), reverse=True)
    mine = ask(emulated, "GET", f"/jobs?connectionId={SHOP}&limit=1").json["data"]
    assert [row["jobId"] for row in mine] == [number]
    assert len(ask(emulated, "GET", f"/jobs?connectionId={SHOP}&status=succeeded").json["data"]) == 1
    assert ask(emulated, "GET", f"/jobs?connectionId={SHOP}&jobType=reset").json["data"] == []
    assert len(ask(emulated, "GET", "/jobs?createdAtStart=2027-01-15T07:59:00Z").json["data"]) == 1
    assert ask(emulated, "GET", "/jobs?createdAtStart=yesterday").status_code == 400
    for query, wanted in (
        ("createdAtEnd=2027-01-15T07:59:00Z", set(range(1001, 1008))),
        ("updatedAtStart=2027-01-15T07:59:00Z", {number}),
        ("updatedAtStart=2027-01-15T06:00:00Z&updatedAtEnd=2027-01-15T07:30:00Z", {1006, 1007}),
        (f"workspaceIds={NOBODY}", set()),
        ("workspaceIds=0a3c5e2e-7c64-4f0e-8d7e-5b9a1f2c3d4e", {1004}),
    ):
        assert {row["jobId"] for row in ask(emulated, "GET", f"/jobs?{query}").json["data"]} == wanted, query
    by_update = [row["jobId"] for row in ask(emulated, "GET", "/jobs?orderBy=updatedAt|ASC").json["data"]]
    assert by_update == [*range(1001, 1008), number]
    assert ask(emulated, "GET", "/jobs?orderBy=name|ASC").status_code == 400
    assert ask(emulated, "GET", f"/jobs/{'9' * 5000}").status_code == 409


def test_a_connection_may_be_enabled_again(emulated: Any) -> None:
    connection(emulated, SHOP, status="inactive")
    assert ask(emulated, "PATCH", f"/connections/{SHOP}", json={"status": "active"}).json["status"] == "active"
    assert start(emulated).status_code == 200


def test_sources_are_there_for_clients_that_try_their_credentials_so(emulated: Any) -> None:
    assert len(ask(emulated, "GET", "/sources").json["data"]) == 8
    assert ask(emulated, "GET", "/sources", token=None).status_code == 401


def test_the_source_and_the_destination_that_a_connection_names_can_be_read(emulated: Any) -> None:
    shop = ask(emulated, "GET", f"/connections/{SHOP}").json
    source = ask(emulated, "GET", f"/sources/{shop['sourceId']}").json
    destination = ask(emulated, "GET", f"/destinations/{shop['destinationId']}").json
    assert source["workspaceId"] == destination["workspaceId"] == shop["workspaceId"]
    streams = ask(emulated, "GET", f"/streams?sourceId={source['sourceId']}").json
    assert [row["streamName"] for row in streams] == [row["name"] for row in shop["configurations"]["streams"]]


@pytest.mark.parametrize("path", ["sources", "destinations"])
def test_an_unknown_source_or_destination_is_a_404(emulated: Any, path: str) -> None:
    found = ask(emulated, "GET", f"/{path}/{NOBODY}")
    assert (found.status_code, found.json["data"]["resourceId"]) == (404, NOBODY)


def test_streams_of_no_source_are_a_bad_request(emulated: Any) -> None:
    assert ask(emulated, "GET", "/streams").status_code == 400


@pytest.mark.parametrize("prefix", ["/api/public/v1", "/cloud/v1"])
def test_airbyte_cloud_has_the_same_paths_under_another_prefix(emulated: Any, prefix: str) -> None:
    found = emulated.client.get(f"{prefix}/connections/{SHOP}", headers={"Authorization": "Bearer any-token"})
    assert found.json["connectionId"] == SHOP


def cloud(emulated: Any, method: str, path: str, token: str | None = "any-token", **more: Any) -> TestResponse:
    """Send a request to Airbyte Cloud's path."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    found: TestResponse = emulated.client.open(f"/v1{path}", method=method, headers=headers, **more)
    return found


def test_a_client_of_airbyte_cloud_may_keep_its_path(emulated: Any) -> None:
    access = cloud(emulated, "POST", "/applications/token", token=None, json=CREDENTIALS).json["access_token"]
    body = {"connectionId": SHOP, "jobType": "sync"}
    number = cloud(emulated, "POST", "/jobs", token=access, json=body).json["jobId"]
    rows = cloud(emulated, "GET", "/connections?limit=4&workspaceIds=cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10").json
    assert len(rows["data"]) == 4
    assert rows["next"].startswith("http://localhost/v1/connections?workspaceIds=")
    assert len(cloud(emulated, "GET", rows["next"].partition("/v1")[2]).json["data"]) == 2
    assert emulated.details("speak_inexpensive")["id"] == "speak_inexpensive", "Basic credentials are Fivetran's"
    logged = emulated.control("GET", "requests")
    assert [row["path"] for row in logged[:2]] == ["/v1/applications/token", "/v1/jobs"]
    assert cloud(emulated, "GET", f"/jobs/{number}", token=None).status_code == 401
    switch(emulated, cloud_under_v1=False)
    assert cloud(emulated, "GET", "/connections").json["code"] == "AuthFailed"


def test_airbyte_cloud_is_behind_a_gateway_and_asks_for_roles_first(emulated: Any) -> None:
    unknown = cloud(emulated, "GET", "/nowhere")
    assert unknown.json == {"message": "The current request is not defined by this API.", "code": 404}
    assert (unknown.status_code, unknown.headers["Server"], unknown.headers["Via"]) == (404, "envoy", "1.1 google")
    for path in (f"/connections/{NOBODY}", "/jobs/9", f"/workspaces/{NOBODY}"):
        answer = cloud(emulated, "GET", path)
        assert (answer.status_code, answer.json["title"]) == (403, "forbidden")
        assert answer.json["data"]["message"].startswith("Caller does not have the required ")


CREDENTIALS = {"client_id": "any-client", "client_secret": "any-secret"}


def token(emulated: Any, path: str = BASE, **more: Any) -> TestResponse:
    found: TestResponse = emulated.client.post(f"{path}/applications/token", **(more or {"json": CREDENTIALS}))
    return found


@pytest.mark.parametrize("form", [True, False])
@pytest.mark.parametrize("grant", [{}, {"grant_type": "client_credentials"}, {"grant-type": "client_credentials"}])
def test_tokens_are_given_for_json_and_forms_whatever_the_grant_type(emulated: Any, form: bool, grant: Any) -> None:
    answer = token(emulated, **{"data" if form else "json": {**CREDENTIALS, **grant}})
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    assert ask(emulated, "GET", "/connections", token=answer.json["access_token"]).status_code == 200


def test_a_wrong_grant_type_is_an_error_and_forms_may_be_one(emulated: Any) -> None:
    assert token(emulated, json={**CREDENTIALS, "grant-type": "password"}).status_code == 400
    switch(emulated, form_tokens=False)
    assert token(emulated, data=CREDENTIALS).status_code == 401
    assert token(emulated).status_code == 200


def test_another_content_type_is_401(emulated: Any) -> None:
    answer = token(emulated, data=json.dumps(CREDENTIALS), content_type="text/plain")
    assert answer.status_code == 401


def test_the_configuration_api_gives_a_token_and_nothing_else(emulated: Any) -> None:
    assert token(emulated, "/api/v1").json.keys() == {"access_token"}


def test_bad_credentials_are_400_with_hal_or_401(emulate: Any) -> None:
    emulated = emulate(key="right-client", secret="right-secret")
    answer = token(emulated)
    assert answer.status_code == 400
    assert answer.json["_embedded"]["errors"][0]["message"] == "Invalid client id or token"
    switch(emulated, bad_credentials_status=401)
    assert (token(emulated).status_code, list(token(emulated).json)) == (401, ["errorId"])
    right = {"client_id": "right-client", "client_secret": "right-secret"}
    assert ask(emulated, "GET", "/jobs", token=token(emulated, json=right).json["access_token"]).status_code == 200
    assert ask(emulated, "GET", "/jobs", token="any-token").status_code == 401


@pytest.mark.parametrize("body", [{}, {"client_id": "x"}, {"client_id": "revoked-client", "client_secret": "x"}])
def test_credentials_that_are_missing_or_revoked_are_refused(emulated: Any, body: Any) -> None:
    assert token(emulated, json=body).status_code == 400


def test_a_token_lives_as_long_as_it_says(emulated: Any) -> None:
    switch(emulated, token_seconds=60)
    found = token(emulated).json
    assert found["expires_in"] == 60
    claims = json.loads(base64.urlsafe_b64decode(found["access_token"].split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 60
    emulated.wait(59)
    assert ask(emulated, "GET", "/jobs", token=found["access_token"]).status_code == 200
    emulated.wait(1)
    assert ask(emulated, "GET", "/jobs", token=found["access_token"]).status_code == 401


def test_a_token_need_not_say_how_long_it_lives(emulated: Any) -> None:
    switch(emulated, token_expires_in=False, token_is_jwt=False, token_seconds=60)
    found = token(emulated).json
    assert "expires_in" not in found
    assert found["access_token"].startswith("opaque.")
    emulated.wait(60)
    assert ask(emulated, "GET", "/jobs", token=found["access_token"]).status_code == 401


@pytest.mark.parametrize("wrong", [None, "", "revoked-token", "eyJhbGciOiJIUzI1NiJ9.e30.x"])
def test_tokens_that_are_not_let_in(emulated: Any, wrong: str | None) -> None:
    answer = ask(emulated, "GET", "/jobs", token=wrong)
    assert (answer.status_code, answer.json["message"]) == (401, "Unauthorized")


def test_a_token_from_elsewhere_may_end_too(emulated: Any) -> None:
    switch(emulated, static_token_seconds=60)
    assert ask(emulated, "GET", "/jobs").status_code == 200
    emulated.wait(60)
    assert ask(emulated, "GET", "/jobs").status_code == 401


def test_basic_authentication_comes_before_everything(emulated: Any) -> None:
    switch(emulated, configuration_auth="basic", public_auth="none")
    refused = emulated.client.get("/api/v1/health")
    assert (refused.status_code, refused.mimetype) == (401, "text/html")
    assert refused.headers["WWW-Authenticate"] == 'Basic realm="Airbyte"'
    assert emulated.client.get("/api/v1/health", auth=("airbyte", "password")).status_code == 200
    assert ask(emulated, "GET", "/jobs", token=None).status_code == 200


def test_bearer_on_the_configuration_api_leaves_health_and_tokens_open(emulated: Any) -> None:
    switch(emulated, configuration_auth="bearer")
    assert emulated.client.get("/api/v1/health/").status_code == 200
    assert emulated.client.post("/api/v1/connections/get", json={"connectionId": SHOP}).status_code == 401
    access = token(emulated, "/api/v1").json["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    body = {"connectionId": SHOP}
    assert emulated.client.post("/api/v1/connections/get", json=body, headers=headers).status_code == 200


def test_the_request_log_shows_no_credentials(emulated: Any) -> None:
    token(emulated)
    token(emulated, data=CREDENTIALS)
    access = token(emulated).json["access_token"]
    ask(emulated, "GET", "/jobs", token=access)
    log = json.dumps(emulated.control("GET", "requests"))
    for secret in (*CREDENTIALS.values(), access):
        assert secret not in log
    assert '"client_secret": "******"' in log


def test_what_no_endpoint_answers_has_the_frameworks_form(emulated: Any) -> None:
    assert ask(emulated, "GET", "/nowhere").json["message"] == "Not Found"
    assert ask(emulated, "PUT", "/jobs").status_code == 405
