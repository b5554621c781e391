"""Answers of the public API: connections and jobs, with times in Java's text form.

The schemas that are named are those of https://reference.airbyte.com/; its examples are wrong in places.
"""

from __future__ import annotations

from emulator.airbyte.api import current_server
from emulator.airbyte.connection import Connection, stream_descriptor
from emulator.airbyte.job import ENDED, JOB_TYPES, Job
from emulator.airbyte.tags import tags_read
from emulator.clock import stamp_text
from emulator.scenario import Json


def workspace_response(workspace_id: str) -> Json:
    """Return a workspace in the form of the schema WorkspaceResponse."""
    return {
        "workspaceId": workspace_id,
        "name": current_server().workspace_name(workspace_id),
        "dataResidency": "auto",
        "notifications": {},
    }


def connection_response(one: Connection) -> Json:
    """Return a connection in the form of the schema ConnectionResponse."""
    streams = [{**stream_descriptor(name), "syncMode": "incremental_deduped_history"} for name in one.streams]
    timing = f"Every {one.hours} HOURS" if one.schedule_type == "basic" else None
    return {
        "connectionId": one.id,
        "name": one.name,
        "sourceId": one.source_id,
        "destinationId": one.destination_id,
        "workspaceId": one.workspace_id,
        "status": one.status,
        "statusReason": one.status_reason,
        "schedule": {"scheduleType": one.schedule_type, "cronExpression": one.cron, "basicTiming": timing},
        "dataResidency": "auto",
        "configurations": {"streams": streams},
        "createdAt": int(one.created_at),
        "tags": tags_read(one.tags, one.workspace_id),
    }


def job_response(one: Job) -> Json:
    """Return a job in the form of the schema JobResponse. Values that are not known yet are left out."""
    now = current_server().clock.now()
    step = one.now(now)
    ended = step.status in ENDED
    shows_end = ended or not current_server().switches.updated_at_ended_only
    good = step.status == "succeeded"
    return {
        "jobId": one.id,
        "status": step.status,
        "jobType": JOB_TYPES[one.kind],
        "startTime": java_time(one.created_at),
        "connectionId": one.connection_id,
        "lastUpdatedAt": java_time(step.at) if shows_end else None,
        "duration": None if step.status == "pending" else java_duration(int(step.at) - int(one.created_at)),
        "bytesSynced": one.outcome.size if good else None,
        "rowsSynced": one.outcome.rows if good else None,
    }


def java_time(seconds: float) -> str:
    """Format `2026-11-22T06:17:05Z` as OffsetDateTime.toString() does: without seconds if they are zero."""
    text = stamp_text(int(seconds), 0)
    return text.replace(":00Z", "Z") if text.endswith(":00Z") and text.count(":") == 2 else text


def java_duration(seconds: int) -> str:
    """Format seconds as Duration.toString() does: `PT1H1M5S`, `PT0S`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "H"), (minutes, "M"), (left, "S")]
    return "PT" + ("".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0S")
