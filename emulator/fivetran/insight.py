"""What a connection remembers. Source: Fivetran REST API, "Retrieve Connection State", "... Sync History".

The shape of the sync history's items is UNVERIFIED: its page was never seen whole.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from flask import Response, request

from emulator.clock import stamp_seconds, stamp_text
from emulator.fivetran.api import (
    CONFLICT,
    INVALID,
    ApiError,
    Json,
    body,
    connection,
    endpoint,
    page,
    success,
    world,
)
from emulator.fivetran.connector import Connector

WITH_STATE = ("connector_sdk", "function")
HOUR, LONGEST_WINDOW = 3600.0, 7 * 86400.0


@endpoint("GET", "/connections/<connection_id>/state")
def connection_state(connection_id: str) -> Response:
    """The state that a Function or Connector SDK connection has written."""
    one = with_state(connection_id)
    return success("Connection state retrieved successfully", {"state": one.state})


@endpoint("PATCH", "/connections/<connection_id>/state")
def modify_state(connection_id: str) -> Response:
    """Replace it, once there is one; null or nothing leaves it as it is. 409 while a sync is in progress."""
    one = with_state(connection_id)
    state = body(required=True).get("state")
    if state is not None and not isinstance(state, dict):
        raise ApiError(400, INVALID, "Field 'state' must be an object")
    if one.run is not None:
        raise ApiError(409, CONFLICT, "Connection state cannot be updated because the sync is in progress")
    if state is not None:
        one.state = state
    return success("Connection state has been updated", {"state": one.state})


def with_state(connection_id: str) -> Connector:
    """A connection that has a state; 400 for the others, and before the first sync has written one."""
    one = connection(connection_id)
    if one.service not in WITH_STATE:
        raise ApiError(400, INVALID, f"Connector service '{one.service}' has no state")
    if one.state is None:
        raise ApiError(400, INVALID, f"Connection with id '{one.id}' has no state yet")
    return one


@endpoint("GET", "/connections/<connection_id>/sync-history")
def sync_history(connection_id: str) -> Response:
    """Past syncs that started in the window, newest first; items of an unverified shape."""
    one = connection(connection_id)
    start, end = window()
    found = [each for each in reversed(one.history) if start <= world().at().stamp(each["started_at"]) <= end]
    return success("Sync history retrieved successfully", page(found, lambda each: shown(one, each)))


def window() -> tuple[float, float]:
    """`start_time` and `end_time`, an hour apart where one is missing, seven days at most."""
    given = {key: request.args.get(key) for key in ("start_time", "end_time")}
    try:
        start, end = (None if text is None else stamp_seconds(text) for text in given.values())
    except ValueError as error:
        raise ApiError(400, INVALID, str(error)) from None
    if end is None:
        end = world().at().stamp(world().clock.now()) if start is None else start + HOUR
    start = end - HOUR if start is None else start
    if not 0 <= end - start <= LONGEST_WINDOW:
        raise ApiError(400, INVALID, "The window must not be longer than 7 days")
    return start, end


def shown(one: Connector, entry: Json) -> Json:
    """A past sync."""
    at = world().at()
    start, end = (stamp_text(at.stamp(entry[key]), at.switches.timestamp_digits) for key in ("started_at", "ended_at"))
    sync_id = str(uuid5(NAMESPACE_URL, f"{one.id}/{entry['started_at']}"))
    return {
        "sync_id": sync_id,
        "sync_start": start,
        "sync_end": end,
        "status": entry["status"],
        "reason": entry["reason"],
    }
