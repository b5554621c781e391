"""Account, groups, connections: what is there. Source: Fivetran REST API, the pages of these names."""

from __future__ import annotations

from flask import Response, request

from emulator.clock import stamp_text
from emulator.fivetran import serialise, syncing
from emulator.fivetran.api import ApiError, Json, connection, endpoint, page, success, world
from emulator.fivetran.connector import Connector
from emulator.fivetran.group import Group


@endpoint("GET", "/account/info")
def account_info() -> Response:
    """Whom the key belongs to."""
    data = {
        "account_id": "kindly_brigade",
        "account_name": "Emulated account",
        "user_id": "interment_burdensome",
        "system_key_id": None,
    }
    return success("Account information retrieved successfully", data)


@endpoint("GET", "/connections/<connection_id>")
def connection_details(connection_id: str) -> Response:
    """All about one connection."""
    data = serialise.details(connection(connection_id), world().at())
    return success("Connection details retrieved successfully", data)


@endpoint("GET", "/connections")
def list_connections() -> Response:
    """All connections, or those of a group, or with an exact schema name."""
    return success("Connections list retrieved successfully", rows(request.args.get("group_id")))


@endpoint("GET", "/groups/<group_id>/connections")
def list_group_connections(group_id: str) -> Response:
    """The connections of a group."""
    return success("Group connections retrieved successfully", rows(group(group_id).id))


@endpoint("GET", "/groups")
def list_groups() -> Response:
    """All groups."""
    return success("Groups retrieved successfully", page(list(world().groups.values()), shown_group))


@endpoint("GET", "/groups/<group_id>")
def group_details(group_id: str) -> Response:
    """One group."""
    return success("Group details retrieved successfully", shown_group(group(group_id)))


@endpoint("DELETE", "/connections/<connection_id>")
def delete_connection(connection_id: str) -> Response:
    """Delete a connection; a running sync ends with it."""
    del world().connectors[connection(connection_id).id]
    return success(f"Connection with id '{connection_id}' has been deleted")


def rows(group_id: str | None) -> Json:
    """A page of the connections that the query wants."""
    schema = request.args.get("schema")
    wanted = [
        one for one in world().connectors.values() if group_id in (None, one.group_id) and schema in (None, one.schema)
    ]
    at = world().at()

    def show(one: Connector) -> Json:
        syncing.advance(one, at)
        return serialise.row(one, at)

    return page(wanted, show)


def group(group_id: str) -> Group:
    """A group; 404 if there is none."""
    found = world().groups.get(group_id)
    if found is None:
        raise ApiError(404, "NotFound_Group", f"Group with id '{group_id}' does not exist")
    return found


def shown_group(one: Group) -> Json:
    """A group as the API writes it."""
    digits = world().switches.timestamp_digits
    return {"id": one.id, "name": one.name, "created_at": stamp_text(one.created_at, digits)}
