"""Endpoints of the state that Function and Connector SDK connections keep.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/modify-connection-state.
"""

from __future__ import annotations

from flask import Response

from emulator.fivetran.api import (
    CONFLICT,
    INVALID,
    ApiError,
    body,
    connection,
    endpoint,
    success,
)
from emulator.fivetran.connector import Connector

WITH_STATE = ("connector_sdk", "function")


@endpoint("GET", "/connections/<connection_id>/state")
def connection_state(connection_id: str) -> Response:
    """Show the state that the connection's last sync has written."""
    one = with_state(connection_id)
    return success("Connection state retrieved successfully", {"state": one.state})


@endpoint("PATCH", "/connections/<connection_id>/state")
def modify_state(connection_id: str) -> Response:
    """Replace an existing state; null leaves it unchanged. Answers 409 while a sync is running."""
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
    """Return a connection that has a state, or raise a 400."""
    one = connection(connection_id)
    if one.service not in WITH_STATE:
        raise ApiError(400, INVALID, f"Connector service '{one.service}' has no state")
    if one.state is None:
        raise ApiError(400, INVALID, f"Connection with id '{one.id}' has no state yet")
    return one
