"""Answers of the Configuration API: connections, jobs and attempts.

The schemas that are named are those of airbyte-api/server-api/src/main/openapi/config.yaml of
https://github.com/airbytehq/airbyte-platform.
"""

from __future__ import annotations

from typing import Any

from emulator.airbyte.api import current_server
from emulator.airbyte.connection import Connection, stream_descriptor
from emulator.airbyte.job import CONFIG_TYPES, Job
from emulator.airbyte.tags import tags_read
from emulator.scenario import Json

MOST_JOBS_OF_A_STATUS = 10
STREAM_CONFIG = {
    "syncMode": "incremental",
    "destinationSyncMode": "append_dedup",
    "cursorField": [],
    "primaryKey": [["id"]],
    "selected": True,
}


def connection_read(one: Connection) -> Json:
    """Return a connection in the form of the schema ConnectionRead."""
    streams = [{"stream": stream_read(name), "config": STREAM_CONFIG} for name in one.streams]
    cron = {"cron": {"cronExpression": one.cron, "cronTimeZone": "UTC"}}
    basic = {"basicSchedule": {"timeUnit": "hours", "units": one.hours}}
    return {
        "connectionId": one.id,
        "name": one.name,
        "namespaceDefinition": "destination",
        "prefix": "",
        "sourceId": one.source_id,
        "destinationId": one.destination_id,
        "operationIds": [],
        "syncCatalog": {"streams": streams},
        "schedule": {"units": one.hours, "timeUnit": "hours"} if one.schedule_type == "basic" else None,
        "scheduleType": one.schedule_type,
        "scheduleData": {"cron": cron, "basic": basic}.get(one.schedule_type),
        "status": one.status,
        "statusReason": one.status_reason,
        "workspaceId": one.workspace_id,
        "geography": "auto",
        "breakingChange": False,
        "created_at": int(one.created_at),
        "tags": tags_read(one.tags, one.workspace_id),
    }


def stream_read(name: str) -> Json:
    """Return a stream of the catalog in the form of the schema AirbyteStream."""
    modes = ["full_refresh", "incremental"]
    return {**stream_descriptor(name), "jsonSchema": {}, "supportedSyncModes": modes}


def workspace_read(workspace_id: str) -> Json:
    """Return a workspace in the form of the schema WorkspaceRead."""
    return {
        "workspaceId": workspace_id,
        "customerId": workspace_id,
        "name": current_server().workspace_name(workspace_id),
        "slug": "emulated",
        "initialSetupComplete": True,
    }


def connection_status_read(one: Connection) -> Json:
    """Return the state of a connection in the form of the schema ConnectionStatusRead.

    Only the newest ten jobs count. A cancelled last job is ignored, except in `connectionSyncStatus`.
    """
    now = current_server().clock.now()
    jobs = current_server().jobs.of(one.id)[:MOST_JOBS_OF_A_STATUS]
    active = jobs[0] if jobs and not jobs[0].ended(now) else None
    last = next((job for job in jobs if job.status(now) in ("succeeded", "failed")), None)
    good = next((job for job in jobs if job.status(now) == "succeeded"), None)
    synced = next((job for job in jobs if job.kind in ("sync", "refresh")), None)
    reason = failure(last, last.attempts[-1][1]) if last and last.status(now) == "failed" and last.attempts else None
    return {
        "connectionId": one.id,
        "connectionSyncStatus": sync_status(one, jobs, active, last, reason),
        "lastSyncJobId": last.id if last else None,
        "lastSyncJobCreatedAt": int(synced.created_at) if synced else None,
        "lastSuccessfulSync": int(good.now(now).at) if good else None,
        "activeJob": job_read(active) if active else None,
        "failureReason": reason,
        "scheduleData": connection_read(one)["scheduleData"],
    }


def sync_status(one: Connection, jobs: list[Job], active: Job | None, last: Job | None, reason: Json | None) -> str:
    """Return the first of a connection's states that applies."""
    now = current_server().clock.now()
    if active:
        return "running"
    if reason and reason["failureType"] == "config_error":
        return "failed"
    if one.status != "active":
        return "paused"
    if jobs and jobs[0].status(now) == "cancelled":
        return "incomplete"
    if last is None or jobs[0].kind in ("reset", "clear"):
        return "pending"
    return "incomplete" if last.status(now) == "failed" else "synced"


def job_read(one: Job) -> Json:
    """Return a job in the form of the schema JobRead, with statistics once it has started."""
    now = current_server().clock.now()
    step = one.now(now)
    began = one.attempts[0][0] if one.attempts and one.attempts[0][0] <= now else None
    good = step.status == "succeeded"
    config = CONFIG_TYPES[one.kind]
    streams = [stream_descriptor(name) for name in one.streams]
    return {
        "id": one.id,
        "configType": config,
        "configId": one.connection_id,
        "createdAt": int(one.created_at),
        "startedAt": int(began) if began is not None else None,
        "updatedAt": int(step.at),
        "status": step.status,
        "aggregatedStats": statistics(one, good) if began is not None else None,
        "resetConfig": {"streamsToReset": streams} if streams and config in ("reset_connection", "clear") else None,
        "refreshConfig": {"streamsToRefresh": streams} if streams and config == "refresh" else None,
    }


def statistics(one: Job, committed: bool) -> Json | None:
    """Return a job's statistics in the form of the schema JobAggregatedStats, None if the server has none."""
    rows, size = one.outcome.rows, one.outcome.size
    if rows is None and size is None:
        return None
    return {
        "recordsEmitted": rows or 0,
        "bytesEmitted": size or 0,
        "recordsCommitted": rows or 0 if committed else 0,
        "bytesCommitted": size or 0 if committed else 0,
        "recordsRejected": 0,
    }


def job_info(one: Job, logs: bool = False) -> Json:
    """Return a job in the form of the schema JobInfoRead: each attempt with its logs, empty unless `logs`."""
    lines = {"logLines": ["replication-orchestrator > emulated"] * 50 if logs else []}
    attempts = [{"attempt": each, "logType": "formatted", "logs": lines} for each in attempts_read(one)]
    return {"job": job_read(one), "attempts": attempts}


def job_with_attempts(one: Job) -> Json:
    """Return a job in the form of the schema JobWithAttemptsRead, which lists have: attempts without logs."""
    return {"job": job_read(one), "attempts": attempts_read(one)}


def attempts_read(one: Job) -> list[Json]:
    """Return the attempts that have started."""
    now = current_server().clock.now()
    return [attempt_read(one, number) for number, (at, *_) in enumerate(one.attempts) if at <= now]


def attempt_read(one: Job, number: int) -> Json:
    """Return an attempt in the form of the schema AttemptRead, with the reason if it failed."""
    now = current_server().clock.now()
    began, ends, result = one.attempts[number]
    ended = ends <= now
    attempt: Json = {
        "id": number,
        "status": result if ended else "running",
        "createdAt": int(began),
        "updatedAt": int(min(ends, now)),
        "endedAt": int(ends) if ended else None,
    }
    if ended and result == "succeeded":
        attempt |= {"bytesSynced": one.outcome.size, "recordsSynced": one.outcome.rows}
    if ended and result == "failed" and one.status(now) != "cancelled":
        attempt["failureSummary"] = {"failures": [failure(one, ends)], "partialSuccess": False}
    return attempt


def failure(one: Job, at: float) -> Json:
    """Return the reason of a failed attempt."""
    message: Any = one.outcome.message or "Something went wrong in the connector"
    return {
        "failureOrigin": "source",
        "failureType": "config_error",
        "externalMessage": message,
        "internalMessage": f"java.lang.IllegalStateException: {message}",
        "retryable": True,
        "timestamp": int(at * 1000),
    }
