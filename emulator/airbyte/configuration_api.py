"""Endpoints of the Configuration API, except those of jobs: POST requests with ids in the body.

Airbyte's description of it is airbyte-api/server-api/src/main/openapi/config.yaml of
https://github.com/airbytehq/airbyte-platform.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from emulator.airbyte.api import CONFIGURATION, answer, body, current_server, without_nulls
from emulator.airbyte.authentication import new_token
from emulator.airbyte.configuration_requests import (
    INTERNAL,
    connection,
    invalid,
    known,
    known_exception,
    streams_of,
    texts_of,
    uuid_of,
)
from emulator.airbyte.configuration_responses import (
    connection_read,
    connection_status_read,
    job_info,
    job_read,
    workspace_read,
)
from emulator.airbyte.connection import Connection
from emulator.airbyte.job import Job
from emulator.airbyte.tags import tags_read
from emulator.scenario import as_json

configuration = Blueprint("configuration", __name__, url_prefix=CONFIGURATION)
CONFLICT = "io.airbyte.commons.server.errors.ValueConflictKnownException"
CONNECTION = frozenset({"connectionId"})
STREAMS = frozenset({"connectionId", "streams"})
FIELDS = {
    "/connections/get": CONNECTION,
    "/connections/sync": CONNECTION,
    "/connections/reset": CONNECTION,
    "/connections/clear": CONNECTION,
    "/connections/reset/stream": STREAMS,
    "/connections/clear/stream": STREAMS,
    "/connections/refresh": STREAMS | {"refreshMode"},
    "/connections/status": frozenset({"connectionIds"}),
    "/jobs/get": frozenset({"id"}),
    "/jobs/get_light": frozenset({"id"}),
    "/jobs/get_without_logs": frozenset({"id"}),
    "/jobs/cancel": frozenset({"id"}),
}
STATUSES = ("active", "inactive", "deprecated", "locked")


@configuration.get("/health")
def health() -> Response:
    """Return whether the server is available."""
    switches = current_server().switches
    return answer({switches.health_key or "available": switches.healthy})


@configuration.post("/applications/token")
def token() -> Response:
    """Issue an access token. The answer has neither its type nor its lifetime."""
    return answer({"access_token": new_token()})


@configuration.post("/connections/get")
def get_connection() -> Response:
    """Show a connection."""
    return answer(connection_read(connection()))


@configuration.before_request
def refuse_unknown_fields() -> None:
    """Raise a 400 for an unknown field of the body if the switch `strict_json` says so."""
    known_fields = FIELDS.get(request.path.rstrip("/").removeprefix(CONFIGURATION))
    if current_server().switches.strict_json and known_fields is not None:
        for name in body().keys() - known_fields:
            raise invalid(name)


@configuration.post("/workspaces/get")
def get_workspace() -> Response:
    """Show a workspace."""
    return answer(workspace_read(uuid_of("workspaceId")))


@configuration.post("/tags/list")
def list_tags() -> Response:
    """List the tags of a workspace."""
    workspace = uuid_of("workspaceId")
    return Response(as_json(tags_read(current_server().tags_of(workspace), workspace)), content_type="application/json")


@configuration.post("/connections/list")
def list_connections() -> Response:
    """List all connections of a workspace, without pages."""
    workspace = uuid_of("workspaceId")
    found = [connection_read(one) for one in current_server().connections.values() if one.workspace_id == workspace]
    return answer({"connections": found})


@configuration.post("/connections/update")
def update_connection() -> Response:
    """Change the given fields of a connection."""
    one, given = connection(), body()
    if given.get("status") in STATUSES:
        one.status = given["status"]
    if "name" in given:
        one.name = str(given["name"])
    if given.get("scheduleType") in ("manual", "basic", "cron"):
        one.schedule_type = given["scheduleType"]
    elif "schedule" in given and given["schedule"] is None:
        one.schedule_type = "manual"
    return answer(connection_read(one))


@configuration.post("/connections/sync")
def sync() -> Response:
    """Start a sync."""
    return answer(job_info(begin()))


@configuration.post("/connections/reset")
@configuration.post("/connections/clear")
def reset() -> Response:
    """Start a job that removes the synced data. Clear is the newer name; the job is a reset_connection in both."""
    return answer(job_info(current_server().reset(connection())))


@configuration.post("/connections/reset/stream")
@configuration.post("/connections/clear/stream")
def reset_streams() -> Response:
    """Start a job that removes the synced data of some streams."""
    return answer(job_info(current_server().reset(connection(), streams=streams_of(connection(), required=True))))


@configuration.post("/connections/refresh")
def refresh() -> Response:
    """Start a job that syncs everything, or some streams, from the start.

    The answer is {} if the destination cannot be refreshed and nothing starts, or if a job is running and the
    connection's next sync becomes the refresh.
    """
    if body().get("refreshMode") not in ("Merge", "Truncate"):
        raise invalid("refreshMode")
    one, server = connection(), current_server()
    streams = streams_of(one)
    if not one.refreshable:
        return answer({})
    if server.running(one.id):
        one.refresh_streams = streams
        return answer({})
    require_active(one)
    started = server.start(one, "refresh", streams=streams)
    return answer({"job": job_read(started)} if server.switches.refresh_answers_job else {})


@configuration.post("/connections/status")
def connection_statuses() -> Response:
    """Show the state of several connections. The answer is a list."""
    found = [connection_status_read(known(one)) for one in texts_of("connectionIds", required=True)]
    return Response(as_json(without_nulls(found)), content_type="application/json")


def begin() -> Job:
    """Start a sync. Answers 409 if the connection runs one, 500 if it is not active."""
    one = connection()
    if current_server().running(one.id) or current_server().switches.phantom_conflict:
        raise known_exception(409, f"A sync is already running for: {one.id}", CONFLICT, plain=True)
    require_active(one)
    return current_server().start(one, "sync")


def require_active(one: Connection) -> None:
    """Raise a 500 unless a connection is active."""
    if one.status != "active":
        raise known_exception(500, "Internal Server Error: Can only sync an active connection", INTERNAL)
