"""Endpoints that list, show and delete connections.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/list-connections and
https://fivetran.com/docs/rest-api/api-reference/connections/connection-details.
"""

from __future__ import annotations

from flask import Response, request

from emulator.fivetran import connection_responses, sync_lifecycle
from emulator.fivetran.api import Json, connection, current_account, endpoint, page, require_lists, success
from emulator.fivetran.connector import Connector
from emulator.fivetran.groups import group


@endpoint("GET", "/connections/<connection_id>")
def connection_details(connection_id: str) -> Response:
    """Show a connection's details."""
    return success(None, connection_responses.details(connection(connection_id), current_account().at()))


@endpoint("GET", "/connections")
def list_connections() -> Response:
    """List all connections, those of a group, or those with an exact schema name."""
    return success("Connections list retrieved successfully", rows(request.args.get("group_id")))


@endpoint("GET", "/groups/<group_id>/connections")
def list_group_connections(group_id: str) -> Response:
    """List the connections of a group."""
    return success("Group connections retrieved successfully", rows(group(group_id).id))


@endpoint("DELETE", "/connections/<connection_id>")
def delete_connection(connection_id: str) -> Response:
    """Delete a connection, and its running sync with it."""
    del current_account().connectors[connection(connection_id).id]
    return success(f"Connection with id '{connection_id}' has been deleted")


def rows(group_id: str | None) -> Json:
    """Return a page of the connections that match the query."""
    require_lists("CONNECTION_READ")
    schema = request.args.get("schema")
    wanted = [
        one
        for one in current_account().connectors.values()
        if group_id in (None, one.group_id) and schema in (None, one.schema)
    ]
    at = current_account().at()

    def show(one: Connector) -> Json:
        sync_lifecycle.advance(one, at)
        return connection_responses.row(one, at)

    return page(wanted, show)
