"""Endpoints that not every account has: the sync history and the errors of a connection.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/retrieve-connection-sync-history and
https://fivetran.com/docs/developer-resources/rest-api/api-reference/connections/connection-errors (private preview).
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Response, request

from emulator.clock import stamp_seconds, stamp_text
from emulator.fivetran.api import (
    INVALID,
    ApiError,
    Json,
    connection,
    current_account,
    endpoint,
    page,
    require_feature,
    success,
)
from emulator.fivetran.connector import Connector

HOUR, LONGEST_WINDOW = 3600.0, 7 * 86400.0  # seconds
STAGES = ("extract", "process", "load")
VOLUME = 1.5  # megabytes of each stage of a completed sync


@endpoint("GET", "/connections/<connection_id>/sync-history")
def sync_history(connection_id: str) -> Response:
    """List syncs that started in the window, newest first, a running one included."""
    switches = current_account().switches
    require_feature(switches.sync_history)
    one = connection(connection_id)
    start, end = window()
    at = current_account().at()
    kept_since = at.now - switches.history_hours * HOUR
    found = [
        each
        for each in reversed([*one.history, *running(one)])
        if start <= at.stamp(each["started_at"]) <= end and each["started_at"] >= kept_since
    ]
    return success("Sync history retrieved successfully", page(found, lambda each: shown(one, each)))


@endpoint("GET", "/connections/<connection_id>/errors")
def connection_errors(connection_id: str) -> Response:
    """List the active errors of a connection, one for each task."""
    require_feature(current_account().switches.connection_errors)
    one = connection(connection_id)
    since = stamp_text(one.created_at if one.failed_at is None else one.failed_at)
    found = [
        {
            "type": each.get("code"),
            "title": each.get("message"),
            "reason": each.get("details"),
            "message": f"{each.get('details')}. Change the setup of the connection and run its setup tests.",
            "created_at": since,
        }
        for each in one.tasks
    ]
    return success("Errors retrieved successfully", page(found, lambda each: each))


def window() -> tuple[float, float]:
    """Return `start_time` and `end_time`: an hour apart if one is missing, at most seven days apart."""
    given = {key: request.args.get(key) for key in ("start_time", "end_time")}
    try:
        start, end = (None if text is None else stamp_seconds(text) for text in given.values())
    except ValueError as error:
        raise ApiError(400, INVALID, str(error)) from None
    if end is None:
        end = current_account().at().stamp(current_account().clock.now()) if start is None else start + HOUR
    start = end - HOUR if start is None else start
    if not 0 <= end - start <= LONGEST_WINDOW:
        raise ApiError(400, INVALID, "The window must not be longer than 7 days")
    return start, end


def running(one: Connector) -> list[Json]:
    """Return the entry of the running sync, if there is one."""
    if one.run is None:
        return []
    return [{"started_at": one.run.started_at, "ended_at": None, "status": "SYNCING", "reason": None}]


def shown(one: Connector, entry: Json) -> Json:
    """Return a sync as the API shows it. `reason` is left out if there is none."""
    at = current_account().at()

    def text(seconds: float | None) -> str | None:
        return None if seconds is None else stamp_text(at.stamp(seconds), at.switches.timestamp_digits)

    volume = VOLUME if entry["status"] == "COMPLETED" else None
    found: dict[str, Any] = {
        "sync_id": str(uuid5(NAMESPACE_URL, f"{one.id}/{entry['started_at']}")),
        "start": text(entry["started_at"]),
        "end": text(entry["ended_at"]),
        "status": entry["status"],
        "stages": {stage: {"volume": volume} for stage in STAGES},
    }
    return found if entry["reason"] is None else {**found, "reason": entry["reason"]}
