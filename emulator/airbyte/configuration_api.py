"""Endpoints of the Configuration API: POST requests with ids in the body, times in whole seconds since the epoch.

Airbyte's description of it is airbyte-api/server-api/src/main/openapi/config.yaml of airbytehq/airbyte-platform.
"""

from __future__ import annotations

from flask import Blueprint, Response

from emulator.airbyte.api import CONFIGURATION, answer, body, current_server, without_nulls
from emulator.airbyte.authentication import new_token
from emulator.airbyte.configuration_requests import (
    INTERNAL,
    connection,
    invalid,
    job,
    known_exception,
    page_of,
    texts_of,
    uuid_of,
)
from emulator.airbyte.configuration_responses import connection_read, job_info, job_read
from emulator.airbyte.errors import hal
from emulator.airbyte.job import CONFIG_TYPES, Job
from emulator.scenario import as_json

configuration = Blueprint("configuration", __name__, url_prefix=CONFIGURATION)
CONFLICT = "io.airbyte.commons.server.errors.ValueConflictKnownException"
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
    return answer(job_info(begin("sync")))


@configuration.post("/connections/reset")
def reset() -> Response:
    """Start a job that removes the synced data."""
    return answer(job_info(begin("reset")))


@configuration.post("/connections/clear")
def clear() -> Response:
    """Start a job that removes the synced data; the newer name of a reset."""
    return answer(job_info(begin("clear")))


@configuration.post("/connections/refresh")
def refresh() -> Response:
    """Start a job that syncs everything from the start. The answer may lack the job."""
    if body().get("refreshMode") not in ("Merge", "Truncate"):
        raise invalid("refreshMode")
    job = begin("refresh")
    return answer({"job": job_read(job)} if current_server().switches.refresh_answers_job else {})


@configuration.post("/connections/status")
def connection_statuses() -> Response:
    """Show the state of several connections. The answer is a list."""
    now = current_server().clock.now()
    found = []
    for connection_id in texts_of("connectionIds", required=True):
        jobs = current_server().jobs.of(connection_id)
        good = next((one for one in jobs if one.status(now) == "succeeded"), None)
        last = jobs[0].status(now) if jobs else None
        states = {"succeeded": "synced", "failed": "failed", "cancelled": "incomplete", None: "pending"}
        found.append(
            {
                "connectionId": connection_id,
                "connectionSyncStatus": states.get(last, "running"),
                "lastSyncJobId": jobs[0].id if jobs else None,
                "lastSuccessfulSync": int(good.now(now).at) if good else None,
            }
        )
    return Response(as_json(without_nulls(found)), content_type="application/json")


@configuration.post("/jobs/get")
def get_job() -> Response:
    """Show a job with its attempts and their logs."""
    return answer(job_info(job(), logs=True))


@configuration.post("/jobs/get_without_logs")
def get_job_without_logs() -> Response:
    """Show a job with its attempts, without logs."""
    require_light_jobs()
    return answer(job_info(job()))


@configuration.post("/jobs/get_light")
def get_light_job() -> Response:
    """Show a job without attempts and, by default, without statistics."""
    require_light_jobs()
    found = job_read(job())
    if not current_server().switches.light_stats:
        found["aggregatedStats"] = None
    return answer({"job": found})


@configuration.post("/jobs/get_last_replication_job")
def get_last_job() -> Response:
    """Show a connection's newest job; the answer is empty if there was none."""
    jobs = current_server().jobs.of(connection().id)
    return answer({"job": job_read(jobs[0])} if jobs else {})


@configuration.post("/jobs/list")
def list_jobs() -> Response:
    """List a connection's jobs, newest first. A type that this version does not know is an error."""
    kinds, known = texts_of("configTypes", required=True), current_server().switches.job_types
    if any(kind not in known for kind in kinds):
        raise invalid("configTypes")
    statuses, now = texts_of("statuses"), current_server().clock.now()
    found = [
        one
        for one in current_server().jobs.of(uuid_of("configId"))
        if CONFIG_TYPES[one.kind] in kinds and one.status(now) in (statuses or [one.status(now)])
    ]
    return answer({"jobs": [job_info(one) for one in page_of(found)], "totalJobCount": len(found)})


@configuration.post("/jobs/cancel")
def cancel() -> Response:
    """Cancel the current job of the named job's connection, even if that is another job."""
    named = job()
    current_server().cancel(named.connection_id)
    return answer(job_info(named))


def begin(kind: str) -> Job:
    """Start a job. Answers 409 if the connection runs one, 500 if it is not active."""
    one = connection()
    if current_server().running(one.id) or current_server().switches.phantom_conflict:
        raise known_exception(409, f"A sync is already running for: {one.id}", CONFLICT, plain=True)
    if one.status != "active":
        raise known_exception(500, "Internal Server Error: Can only sync an active connection", INTERNAL)
    return current_server().start(one, kind)


def require_light_jobs() -> None:
    """Answer 404 on servers that lack /jobs/get_light and /jobs/get_without_logs."""
    if not current_server().switches.light_jobs:
        raise hal(404, "Not Found", "Page Not Found")
