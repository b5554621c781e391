"""Answers of the Configuration API: connections, jobs and attempts."""

from __future__ import annotations

from typing import Any

from emulator.airbyte.api import current_server
from emulator.airbyte.connection import Connection
from emulator.airbyte.job import CONFIG_TYPES, Job
from emulator.scenario import Json


def connection_read(one: Connection) -> Json:
    """Return a connection as the schema ConnectionRead has it."""
    streams = [
        {"stream": {"name": name, "jsonSchema": {}}, "config": {"selected": True, "syncMode": "incremental"}}
        for name in one.streams
    ]
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
    }


def job_read(one: Job) -> Json:
    """Return a job as the schema JobRead has it; statistics once it has started."""
    now = current_server().clock.now()
    step = one.now(now)
    began = one.attempts[0][0] if one.attempts and one.attempts[0][0] <= now else None
    good = step.status == "succeeded"
    counts = {"recordsEmitted": one.outcome.rows, "bytesEmitted": one.outcome.size}
    committed = {"recordsCommitted": one.outcome.rows, "bytesCommitted": one.outcome.size}
    none = {"recordsCommitted": 0, "bytesCommitted": 0}
    return {
        "id": one.id,
        "configType": CONFIG_TYPES[one.kind],
        "configId": one.connection_id,
        "createdAt": int(one.created_at),
        "startedAt": int(began) if began is not None else None,
        "updatedAt": int(step.at),
        "status": step.status,
        "aggregatedStats": {**counts, **(committed if good else none)} if began is not None else None,
    }


def job_info(one: Job, logs: bool = False) -> Json:
    """Return a job as the schema JobInfoRead has it. There are no attempts before it has started."""
    now = current_server().clock.now()
    attempts = [attempt_info(one, number, logs) for number, (at, *_) in enumerate(one.attempts) if at <= now]
    return {"job": job_read(one), "attempts": attempts}


def attempt_info(one: Job, number: int, logs: bool) -> Json:
    """Return an attempt, with the reason if it failed."""
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
    lines = {"logLines": ["replication-orchestrator > emulated"] * 50 if logs else []}
    return {"attempt": attempt, "logType": "formatted", "logs": lines}


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
