"""The endpoint of the sync history, announced in July 2026.

The fields of its items are UNVERIFIED: no complete description of them was ever seen.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from flask import Response, request

from emulator.clock import stamp_seconds, stamp_text
from emulator.fivetran.api import INVALID, ApiError, Json, connection, current_account, endpoint, page, success
from emulator.fivetran.connector import Connector

HOUR, LONGEST_WINDOW = 3600.0, 7 * 86400.0  # seconds


@endpoint("GET", "/connections/<connection_id>/sync-history")
def sync_history(connection_id: str) -> Response:
    """List past syncs that started in the window, newest first."""
    one = connection(connection_id)
    start, end = window()
    found = [each for each in reversed(one.history) if start <= current_account().at().stamp(each["started_at"]) <= end]
    return success("Sync history retrieved successfully", page(found, lambda each: shown(one, each)))


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


def shown(one: Connector, entry: Json) -> Json:
    """Return a past sync as the API might show it."""
    at = current_account().at()
    start, end = (stamp_text(at.stamp(entry[key]), at.switches.timestamp_digits) for key in ("started_at", "ended_at"))
    sync_id = str(uuid5(NAMESPACE_URL, f"{one.id}/{entry['started_at']}"))
    return {
        "sync_id": sync_id,
        "sync_start": start,
        "sync_end": end,
        "status": entry["status"],
        "reason": entry["reason"],
    }
