"""The Configuration API: POST for everything, an id in the body, times in whole seconds since the epoch."""

from __future__ import annotations

from flask import Blueprint, Response

from emulator.airbyte.api import CONFIGURATION, answer, body, hal, known_exception, new_token, present, world
from emulator.airbyte.configuration_requests import INTERNAL, connection, invalid, job, page_of, texts_of, uuid_of
from emulator.airbyte.configuration_shapes import connection_read, job_info, job_read
from emulator.airbyte.job import CONFIG_TYPES, Job
from emulator.scenario import as_json

configuration = Blueprint("configuration", __name__, url_prefix=CONFIGURATION)
CONFLICT = "io.airbyte.commons.server.errors.ValueConflictKnownException"
STATUSES = ("active", "inactive", "deprecated", "locked")


@configuration.get("/health")
def health() -> Response:
    """Whether the server is up."""
    switches = world().switches
    return answer({switches.health_key or "available": switches.healthy})


@configuration.post("/applications/token")
def token() -> Response:
    """A token and nothing else: neither its type nor its lifetime."""
    return answer({"access_token": new_token()})


@configuration.post("/connections/get")
def get_connection() -> Response:
    """One connection."""
    return answer(connection_read(connection()))


@configuration.post("/connections/list")
def list_connections() -> Response:
    """All of a workspace."""
    workspace = uuid_of("workspaceId")
    found = [connection_read(one) for one in world().connections.values() if one.workspace_id == workspace]
    return answer({"connections": found})


@configuration.post("/connections/update")
def update_connection() -> Response:
    """Change what is given."""
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
    """Start a sync; it answers once it runs."""
    return answer(job_info(begin("sync")))


@configuration.post("/connections/reset")
def reset() -> Response:
    """Remove what was synced."""
    return answer(job_info(begin("reset")))


@configuration.post("/connections/clear")
def clear() -> Response:
    """The newer word for a reset."""
    return answer(job_info(begin("clear")))


@configuration.post("/connections/refresh")
def refresh() -> Response:
    """Sync everything anew. The answer may leave the job out."""
    if body().get("refreshMode") not in ("Merge", "Truncate"):
        raise invalid("refreshMode")
    job = begin("refresh")
    return answer({"job": job_read(job)} if world().switches.refresh_answers_job else {})


@configuration.post("/connections/status")
def connection_statuses() -> Response:
    """How connections stand. The one answer of this API that is a list."""
    now = world().clock.now()
    found = []
    for connection_id in texts_of("connectionIds", required=True):
        jobs = world().jobs_of(connection_id)
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
    return Response(as_json(present(found)), content_type="application/json")


@configuration.post("/jobs/get")
def get_job() -> Response:
    """A job with its attempts and their logs."""
    return answer(job_info(job(), logs=True))


@configuration.post("/jobs/get_without_logs")
def get_job_without_logs() -> Response:
    """A job with its attempts."""
    needs_light_jobs()
    return answer(job_info(job()))


@configuration.post("/jobs/get_light")
def get_light_job() -> Response:
    """A job alone; its statistics are in the other answers."""
    needs_light_jobs()
    found = job_read(job())
    if not world().switches.light_stats:
        found["aggregatedStats"] = None
    return answer({"job": found})


@configuration.post("/jobs/get_last_replication_job")
def get_last_job() -> Response:
    """A connection's newest sync or reset, nothing where there was none."""
    jobs = world().jobs_of(connection().id)
    return answer({"job": job_read(jobs[0])} if jobs else {})


@configuration.post("/jobs/list")
def list_jobs() -> Response:
    """A connection's jobs, the newest first. A type that this version does not know refuses the whole request."""
    kinds, known = texts_of("configTypes", required=True), world().switches.job_types
    if any(kind not in known for kind in kinds):
        raise invalid("configTypes")
    statuses, now = texts_of("statuses"), world().clock.now()
    found = [
        one
        for one in world().jobs_of(uuid_of("configId"))
        if CONFIG_TYPES[one.kind] in kinds and one.status(now) in (statuses or [one.status(now)])
    ]
    return answer({"jobs": [job_info(one) for one in page_of(found)], "totalJobCount": len(found)})


@configuration.post("/jobs/cancel")
def cancel() -> Response:
    """Cancel whatever the job's connection runs now, whichever job that is."""
    named = job()
    world().cancel(named.connection_id)
    return answer(job_info(named))


def begin(kind: str) -> Job:
    """A new job; 409 where the connection runs one, 500 where it is not active."""
    one = connection()
    if world().running(one.id) or world().switches.phantom_conflict:
        raise known_exception(409, f"A sync is already running for: {one.id}", CONFLICT, plain=True)
    if one.status != "active":
        raise known_exception(500, "Internal Server Error: Can only sync an active connection", INTERNAL)
    return world().start(one, kind)


def needs_light_jobs() -> None:
    """404 on servers from before these two."""
    if not world().switches.light_jobs:
        raise hal(404, "Not Found", "Page Not Found")
