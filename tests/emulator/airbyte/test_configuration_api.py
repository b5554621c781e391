"""The emulated Configuration API: shapes, the statuses of a job over time, conflicts, old and new errors."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
FAILING = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
INACTIVE = "9e8d7c6b-5a49-4838-b726-150f4e3d2c1b"
NEVER_RUN = "e1f2a3b4-c5d6-4e7f-9081-a2b3c4d5e6f7"
NOBODY = "00000000-0000-0000-0000-000000000000"


def switch(emulated: Any, **switches: Any) -> None:
    emulated.control("POST", "scenario", {"airbyte": {"switches": switches}})


def connection(emulated: Any, connection_id: str, **fields: Any) -> None:
    emulated.control("POST", "scenario", {"airbyte": {"connections": {connection_id: fields}}})


def post(emulated: Any, path: str, body: Any = None, **more: Any) -> TestResponse:
    found: TestResponse = emulated.client.open(f"/api/v1{path}", method="POST", json=body, **more)
    return found


def sync(emulated: Any, connection_id: str = SHOP) -> Any:
    answer = post(emulated, "/connections/sync", {"connectionId": connection_id})
    assert answer.status_code == 200, answer.text
    return answer.json


def job(emulated: Any, number: int) -> Any:
    return post(emulated, "/jobs/get_light", {"id": number}).json["job"]


def test_nobody_asks_who_is_calling(emulated: Any) -> None:
    assert post(emulated, "/connections/get", {"connectionId": SHOP}).status_code == 200


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_trailing_slash_makes_no_difference(emulated: Any, slash: str) -> None:
    assert emulated.client.get(f"/api/v1/health{slash}").json == {"available": True}
    for path, body in (("/connections/get", {"connectionId": SHOP}), ("/jobs/get", {"id": 1007})):
        assert post(emulated, path + slash, body).status_code == 200
    assert post(emulated, f"/connections/sync{slash}", {"connectionId": SHOP}).status_code == 200


def test_very_old_servers_call_their_health_by_another_name(emulated: Any) -> None:
    switch(emulated, health_key="db")
    assert emulated.client.get("/api/v1/health").json == {"db": True}


def test_a_connection_has_what_is_required_and_no_nulls(emulated: Any) -> None:
    found = post(emulated, "/connections/get", {"connectionId": SHOP}).json
    required = {"connectionId", "name", "sourceId", "destinationId", "syncCatalog", "status", "breakingChange"}
    assert required <= found.keys()
    assert None not in found.values()
    assert "schedule" not in found, "the legacy field is there for basic schedules only"
    assert found["scheduleType"] == "cron"


def test_a_sync_runs_and_succeeds(emulated: Any) -> None:
    started = sync(emulated)
    number = started["job"]["id"]
    assert started["job"]["configType"] == "sync"
    assert started["job"]["configId"] == SHOP
    assert started["job"]["createdAt"] == int(emulated.time)
    assert job(emulated, number)["status"] == "running"
    emulated.wait(5)
    ended = post(emulated, "/jobs/get", {"id": number}).json
    assert ended["job"]["status"] == "succeeded"
    assert ended["job"]["updatedAt"] == int(emulated.time + 5)
    assert ended["job"]["aggregatedStats"]["recordsCommitted"] == 1000
    assert [one["attempt"]["status"] for one in ended["attempts"]] == ["succeeded"]


def test_there_is_no_attempt_before_a_job_runs(emulated: Any) -> None:
    connection(emulated, SHOP, outcomes=[{"pending": 10, "queued": 10}])
    started = sync(emulated)
    assert (started["job"]["status"], started["attempts"]) == ("pending", [])
    assert "startedAt" not in started["job"]
    emulated.wait(10)
    assert job(emulated, started["job"]["id"])["status"] == "queued"
    emulated.wait(10)
    assert job(emulated, started["job"]["id"])["status"] == "running"


def test_an_attempt_that_fails_is_incomplete_and_tried_again(emulated: Any) -> None:
    outcome = {"pending": 1, "seconds": 2, "failing": 2, "incomplete": 3, "message": "The disk is full"}
    connection(emulated, SHOP, outcomes=[outcome])
    number = sync(emulated)["job"]["id"]
    seen = []
    for _ in range(60):
        status = job(emulated, number)["status"]
        seen += [status] if status not in seen[-1:] else []
        emulated.wait(0.5)
    again = ["pending", "running", "incomplete"]
    assert seen == [*again, *again, "pending", "running", "succeeded"]
    attempts = post(emulated, "/jobs/get_without_logs", {"id": number}).json["attempts"]
    assert [one["attempt"]["status"] for one in attempts] == ["failed", "failed", "succeeded"]
    failure = attempts[0]["attempt"]["failureSummary"]["failures"][0]
    assert failure["externalMessage"] == "The disk is full"
    assert attempts[0]["logs"] == {"logLines": []}
    assert post(emulated, "/jobs/get", {"id": number}).json["attempts"][0]["logs"]["logLines"]


def test_a_light_job_has_no_attempts(emulated: Any) -> None:
    assert post(emulated, "/jobs/get_light", {"id": 1007}).json.keys() == {"job"}


def test_a_second_sync_is_a_conflict_that_names_no_job(emulated: Any) -> None:
    sync(emulated)
    answer = post(emulated, "/connections/sync", {"connectionId": SHOP})
    assert answer.status_code == 409
    assert answer.json.keys() == {"message", "errorId"}
    assert answer.json["message"] == f"A sync is already running for: {SHOP}"
    switch(emulated, error_bodies="old")
    old = post(emulated, "/connections/sync", {"connectionId": SHOP}).json
    assert old["exceptionClassName"].endswith("ValueConflictKnownException")
    emulated.wait(5)
    sync(emulated)


def test_a_phantom_conflict(emulated: Any) -> None:
    switch(emulated, phantom_conflict=True)
    assert post(emulated, "/connections/sync", {"connectionId": SHOP}).status_code == 409


@pytest.mark.parametrize("status", ["inactive", "deprecated", "locked"])
def test_a_connection_that_is_not_active_is_a_500_without_a_word(emulated: Any, status: str) -> None:
    connection(emulated, SHOP, status=status)
    answer = post(emulated, "/connections/sync", {"connectionId": SHOP})
    assert (answer.status_code, list(answer.json)) == (500, ["errorId"])
    switch(emulated, error_bodies="old")
    assert "active" in post(emulated, "/connections/sync", {"connectionId": SHOP}).json["message"]


def test_unknown_ids(emulated: Any) -> None:
    answer = post(emulated, "/connections/get", {"connectionId": NOBODY})
    assert (answer.status_code, list(answer.json)) == (404, ["errorId"])
    assert post(emulated, "/jobs/get_light", {"id": 9}).status_code == 500
    switch(emulated, unknown_job=404, unknown_connection_forbidden=True, error_bodies="old")
    assert post(emulated, "/jobs/get_light", {"id": 9}).status_code == 404
    assert post(emulated, "/connections/get", {"connectionId": NOBODY}).status_code == 403
    switch(emulated, unknown_connection_forbidden=False)
    old = post(emulated, "/connections/get", {"connectionId": NOBODY})
    assert f"STANDARD_SYNC: {NOBODY}" in old.json["message"]


@pytest.mark.parametrize("body", [{}, {"connectionId": "x"}, {"connectionId": None}, {"connectionId": 5}])
def test_what_is_no_id_is_invalid(emulated: Any, body: Any) -> None:
    assert post(emulated, "/connections/get", body).status_code == 400
    switch(emulated, error_bodies="old")
    answer = post(emulated, "/connections/get", body)
    assert answer.status_code == 422
    assert answer.json["validationErrors"][0]["propertyPath"] == "connectionId"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"id": NaN}', b'{"id": "\\ud800"}', b'{"id":' * 100_000]
)
def test_a_body_that_is_no_object_is_invalid(emulated: Any, content: bytes) -> None:
    answer = emulated.client.post("/api/v1/jobs/get", data=content, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["reset", "clear"])
def test_resets_and_clears_need_no_active_connection_and_fail_a_running_job(emulated: Any, path: str) -> None:
    running = sync(emulated)["job"]["id"]
    connection(emulated, SHOP, status="inactive")
    found = post(emulated, f"/connections/{path}", {"connectionId": SHOP}).json
    assert (found["job"]["configType"], found["job"]["status"]) == ("reset_connection", "running")
    assert "resetConfig" not in found["job"]
    assert job(emulated, running)["status"] == "failed"


@pytest.mark.parametrize("path", ["reset", "clear"])
def test_some_streams_are_reset(emulated: Any, path: str) -> None:
    streams = [{"streamName": "orders", "streamNamespace": "public"}, {"streamName": "unknown"}]
    found = post(emulated, f"/connections/{path}/stream", {"connectionId": SHOP, "streams": streams}).json
    assert found["job"]["configType"] == "reset_connection"
    assert found["job"]["resetConfig"] == {"streamsToReset": [{"name": "orders", "namespace": "public"}]}
    for wrong in (None, [], "orders", ["orders"]):
        body = {"connectionId": SHOP, "streams": wrong}
        assert post(emulated, f"/connections/{path}/stream", body).status_code == 400


def test_some_streams_are_refreshed(emulated: Any) -> None:
    body = {"connectionId": NEVER_RUN, "refreshMode": "Merge", "streams": [{"streamName": "users"}]}
    found = post(emulated, "/connections/refresh", body).json
    assert found["job"]["refreshConfig"] == {"streamsToRefresh": [{"name": "users"}]}


def test_a_refresh_that_the_destination_cannot_do_starts_nothing(emulated: Any) -> None:
    connection(emulated, SHOP, refreshable=False)
    answer = post(emulated, "/connections/refresh", {"connectionId": SHOP, "refreshMode": "Merge"})
    assert (answer.status_code, answer.json) == (200, {})
    assert [one["id"] for one in emulated.control("GET", f"connectors/{SHOP}")["jobs"]] == [1007]


def test_the_next_sync_becomes_a_refresh_that_came_during_a_sync(emulated: Any) -> None:
    first = sync(emulated)["job"]["id"]
    answer = post(emulated, "/connections/refresh", {"connectionId": SHOP, "refreshMode": "Merge"})
    assert (answer.status_code, answer.json) == (200, {})
    assert job(emulated, first)["configType"] == "sync"
    emulated.wait(5)
    assert sync(emulated)["job"]["configType"] == "refresh"
    emulated.wait(5)
    assert sync(emulated)["job"]["configType"] == "sync"


def test_a_list_has_flat_attempts_and_a_job_nested_ones(emulated: Any) -> None:
    rows = post(emulated, "/jobs/list", {"configId": SHOP, "configTypes": ["sync"]}).json["jobs"]
    assert rows[0]["attempts"][0]["status"] == "succeeded"
    nested = post(emulated, "/jobs/get", {"id": rows[0]["job"]["id"]}).json["attempts"][0]
    assert nested.keys() == {"attempt", "logType", "logs"}
    assert nested["attempt"] == rows[0]["attempts"][0]


def test_unknown_fields_are_refused_where_the_server_is_strict(emulated: Any) -> None:
    body = {"connectionId": SHOP, "workspaceId": SHOP}
    assert post(emulated, "/connections/get", body).status_code == 200
    switch(emulated, strict_json=True)
    assert post(emulated, "/connections/get/", body).status_code == 400
    assert post(emulated, "/connections/get", {"connectionId": SHOP}).status_code == 200


def test_thirty_failures_in_a_row_switch_a_connection_off(emulated: Any) -> None:
    switch(emulated, failures_until_disabled=3)
    connection(emulated, FAILING, default_outcome={"result": "failed", "seconds": 1})
    for _ in range(2):  # the first of the three jobs is the sample server's own failed job
        sync(emulated, FAILING)
        emulated.wait(1)
    found = post(emulated, "/connections/get", {"connectionId": FAILING}).json
    assert found["status"] == "inactive"
    assert post(emulated, "/connections/sync", {"connectionId": FAILING}).status_code == 500


def test_workspaces_and_tags(emulated: Any) -> None:
    found = post(emulated, "/connections/get", {"connectionId": SHOP}).json
    workspace = {"workspaceId": found["workspaceId"]}
    assert post(emulated, "/workspaces/get", workspace).json["name"] == "Analytics"
    tags = post(emulated, "/tags/list", workspace).json
    assert [one["name"] for one in tags] == ["finance", "nightly"]
    assert {one["tagId"] for one in found["tags"]} == {one["tagId"] for one in tags}


def test_a_refresh_needs_a_mode_and_may_answer_without_a_job(emulated: Any) -> None:
    assert post(emulated, "/connections/refresh", {"connectionId": SHOP}).status_code == 400
    body = {"connectionId": SHOP, "refreshMode": "Merge"}
    assert post(emulated, "/connections/refresh", body).json["job"]["configType"] == "refresh"
    switch(emulated, refresh_answers_job=False)
    assert post(emulated, "/connections/refresh", {**body, "connectionId": NEVER_RUN}).json == {}


def test_cancelling_stops_what_the_connection_runs_now_whichever_job_is_named(emulated: Any) -> None:
    connection(emulated, SHOP, outcomes=[{"seconds": 60}])
    running = sync(emulated)["job"]["id"]
    answer = post(emulated, "/jobs/cancel", {"id": 1007})
    assert (answer.status_code, answer.json["job"]["id"]) == (200, 1007)
    assert answer.json["job"]["status"] == "succeeded", "the job that was named is what it was"
    assert job(emulated, running)["status"] == "cancelled"
    assert post(emulated, "/jobs/cancel", {"id": running}).status_code == 200, "with nothing running it does nothing"


def test_a_cancel_may_take_a_while(emulated: Any) -> None:
    switch(emulated, cancel_seconds=3)
    connection(emulated, SHOP, outcomes=[{"seconds": 60}])
    number = sync(emulated)["job"]["id"]
    assert post(emulated, "/jobs/cancel", {"id": number}).json["job"]["status"] == "running"
    emulated.wait(3)
    assert job(emulated, number)["status"] == "cancelled"


def test_a_cancel_that_comes_after_the_end_changes_nothing(emulated: Any) -> None:
    switch(emulated, cancel_seconds=3)
    number = sync(emulated)["job"]["id"]
    emulated.wait(4)
    post(emulated, "/jobs/cancel", {"id": number})
    emulated.wait(9)
    found = post(emulated, "/jobs/get", {"id": number}).json
    assert (found["job"]["status"], found["attempts"][0]["attempt"]["status"]) == ("succeeded", "succeeded")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/jobs/list", {"configTypes": ["sync"]}),
        ("/jobs/list", {"configId": SHOP}),
        ("/jobs/list", {"configId": SHOP, "configTypes": "sync"}),
        ("/jobs/list", {"configId": SHOP, "configTypes": [1]}),
        ("/jobs/list", {"configId": SHOP, "configTypes": ["sync"], "statuses": "failed"}),
        ("/jobs/list", {"configId": SHOP, "configTypes": ["sync"], "pagination": 5}),
        ("/jobs/list", {"configId": SHOP, "configTypes": ["sync"], "pagination": {"pageSize": "x"}}),
        ("/jobs/list", {"configId": SHOP, "configTypes": ["sync"], "pagination": {"rowOffset": -1}}),
        ("/connections/status", {}),
        ("/connections/status", {"connectionIds": SHOP}),
        ("/connections/status", {"connectionIds": 5}),
    ],
)
def test_a_list_that_cannot_be(emulated: Any, path: str, body: Any) -> None:
    assert post(emulated, path, body).status_code == 400


def test_jobs_are_listed_newest_first_and_filtered(emulated: Any) -> None:
    sync(emulated)
    emulated.wait(5)
    post(emulated, "/connections/reset", {"connectionId": SHOP})
    body = {"configId": SHOP, "configTypes": ["sync", "reset_connection"]}
    found = post(emulated, "/jobs/list", body).json
    assert [row["job"]["configType"] for row in found["jobs"]] == ["reset_connection", "sync", "sync"]
    assert found["totalJobCount"] == 3
    assert len(post(emulated, "/jobs/list", {**body, "configTypes": ["sync"]}).json["jobs"]) == 2
    assert len(post(emulated, "/jobs/list", {**body, "statuses": ["running"]}).json["jobs"]) == 1
    paged = post(emulated, "/jobs/list", {**body, "pagination": {"pageSize": 1, "rowOffset": 1}}).json
    assert [row["job"]["id"] for row in paged["jobs"]] == [found["jobs"][1]["job"]["id"]]
    switch(emulated, job_types=["sync", "reset_connection"])
    assert post(emulated, "/jobs/list", {**body, "configTypes": ["refresh"]}).status_code == 400


def test_servers_without_light_jobs(emulated: Any) -> None:
    switch(emulated, light_jobs=False)
    for path in ("get_light", "get_without_logs"):
        assert post(emulated, f"/jobs/{path}", {"id": 1007}).status_code == 404
    assert post(emulated, "/jobs/get", {"id": 1007}).status_code == 200


def test_connections_of_a_workspace(emulated: Any) -> None:
    workspace = post(emulated, "/connections/get", {"connectionId": SHOP}).json["workspaceId"]
    rows = post(emulated, "/connections/list", {"workspaceId": workspace}).json["connections"]
    assert len(rows) == 6
    assert {row["status"] for row in rows} == {"active", "inactive", "deprecated", "locked"}


def test_the_status_of_connections_is_a_bare_list(emulated: Any) -> None:
    rows = post(emulated, "/connections/status", {"connectionIds": [SHOP, FAILING, NEVER_RUN]}).json
    assert [row["connectionSyncStatus"] for row in rows] == ["synced", "failed", "pending"]
    assert "lastSyncJobId" not in rows[2]
    assert "password" in rows[1]["failureReason"]["externalMessage"]
    assert not any("activeJob" in row for row in rows)
    started = sync(emulated)
    row = post(emulated, "/connections/status", {"connectionIds": [SHOP]}).json[0]
    assert (row["activeJob"], row["connectionSyncStatus"]) == (started["job"], "running")
    assert post(emulated, "/connections/status", {"connectionIds": [SHOP, NOBODY]}).status_code == 404


def test_the_status_of_connections_follows_the_servers_source(emulated: Any) -> None:
    """A cancelled job shows only in the connection's state, and an inactive connection is paused."""
    ended = sync(emulated)["job"]["id"]
    post(emulated, "/jobs/cancel", {"id": ended})
    row, off = post(emulated, "/connections/status", {"connectionIds": [SHOP, INACTIVE]}).json
    assert (row["connectionSyncStatus"], row["lastSyncJobId"]) == ("incomplete", 1007)
    assert (off["connectionSyncStatus"], "failureReason" in off) == ("paused", False)
    assert "lastSyncJobStatus" not in row


def test_the_last_job_of_a_connection(emulated: Any) -> None:
    assert post(emulated, "/jobs/get_last_replication_job", {"connectionId": SHOP}).json["job"]["id"] == 1007
    assert post(emulated, "/jobs/get_last_replication_job", {"connectionId": NEVER_RUN}).json == {}


def test_an_update_without_a_schedule_removes_it(emulated: Any) -> None:
    post(emulated, "/connections/update", {"connectionId": SHOP, "schedule": None})
    assert post(emulated, "/connections/get", {"connectionId": SHOP}).json["scheduleType"] == "manual"
    post(emulated, "/connections/update", {"connectionId": INACTIVE, "status": "active", "name": "Renamed"})
    found = post(emulated, "/connections/get", {"connectionId": INACTIVE}).json
    assert (found["status"], found["name"]) == ("active", "Renamed")


def test_a_path_that_is_not_there_is_the_frameworks_404(emulated: Any) -> None:
    answer = post(emulated, "/deployment/export", {})
    assert answer.status_code == 404
    assert answer.json["_embedded"]["errors"][0]["message"] == "Page Not Found"


def test_the_control_knows_airbytes_connections_too(emulated: Any) -> None:
    emulated.control("PATCH", f"connectors/{SHOP}", {"status": "locked", "start": {"seconds": 60}})
    found = emulated.control("GET", f"connectors/{SHOP}")
    assert (found["status"], found["jobs"][0]["status"]) == ("locked", "running")


def test_a_scenario_may_add_a_connection_and_errors_name_the_key(emulated: Any) -> None:
    connection(emulated, NOBODY, name="New", workspace_id=SHOP)
    assert post(emulated, "/connections/get", {"connectionId": NOBODY}).json["name"] == "New"
    for section, key in (
        ({"switches": {"unknown_jobs": 404}}, "did you mean unknown_job?"),
        ({"switches": {"unknown_job": 418}}, "airbyte.switches.unknown_job"),
        ({"connections": {SHOP: {"outcomes": [{"secs": 1}]}}}, "outcomes[0]"),
        ({"connections": {SHOP: {"start": {"kind": "sink"}}}}, "start.kind"),
        ({"connections": {SHOP.replace("7", "8"): {}}}, "a new connection needs name and workspace_id"),
    ):
        answer = emulated.client.post("/_emulator/scenario", json={"airbyte": section})
        assert answer.status_code == 400
        assert key in answer.json["error"]


def test_the_clock_of_the_date_header(emulated: Any) -> None:
    switch(emulated, date_skew=-3600)
    assert emulated.client.get("/api/v1/health").headers["Date"] != emulated.client.get("/v1/x").headers["Date"]
    switch(emulated, date_header=False)
    assert "Date" not in emulated.client.get("/api/v1/health").headers
