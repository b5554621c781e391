"""Starting syncs. Source: Fivetran REST API, "Sync Connection Data", "Re-sync Connection Data"."""

from __future__ import annotations

from typing import Any

from flask import Response

from emulator.fivetran import syncing
from emulator.fivetran.api import (
    CONFLICT,
    INVALID,
    ApiError,
    Json,
    body,
    connection,
    endpoint,
    success,
    world,
)
from emulator.fivetran.connector import Connector
from emulator.fivetran.services import SERVICES


@endpoint("POST", "/connections/<connection_id>/sync")
def sync_connection(connection_id: str) -> Response:
    """Sync now; with `{"force": true}` a running sync is stopped and run again."""
    one = connection(connection_id)
    force = body().get("force", False)
    if not isinstance(force, bool):
        raise ApiError(400, INVALID, "Field 'force' must be a boolean")
    return start(one, force)


@endpoint("POST", "/connections/<connection_id>/force")
def force_connection(connection_id: str) -> Response:
    """The older, undocumented form: a running sync is stopped and run again, whatever the body says."""
    one = connection(connection_id)
    body()
    return start(one, force=True)


def start(one: Connector, force: bool) -> Response:
    """Trigger a sync; the answer has no id of it, and is the same where nothing was started."""
    switches = world().switches
    if one.paused and switches.sync_while_paused == 409:
        raise ApiError(409, CONFLICT, f"Connection with id '{one.id}' is paused")
    if one.setup_state == "incomplete" and switches.sync_while_incomplete == 409:
        raise ApiError(409, CONFLICT, f"The setup of connection with id '{one.id}' is incomplete")
    if one.run is not None and not force and switches.force_false_while_syncing == 409:
        raise ApiError(409, CONFLICT, f"A sync is already in progress for connection with id '{one.id}'")
    syncing.trigger(one, world().at(), force)
    return triggered(one)


def triggered(one: Connector) -> Response:
    """The answer of sync, force and resync."""
    return success(f"Sync has been successfully triggered for connection with id '{one.id}'")


@endpoint("POST", "/connections/<connection_id>/resync")
def resync_connection(connection_id: str) -> Response:
    """Sync everything from the start, or the tables of `scope`; null or no scope is everything."""
    one = connection(connection_id)
    scope = body().get("scope")
    if scope is not None:
        check_tables(one, scope)
    return resync(one, triggered(one))


@endpoint("POST", "/connections/<connection_id>/schemas/tables/resync")
def resync_tables(connection_id: str) -> Response:
    """Sync some tables from the start; the body is the bare map of schemas to tables."""
    one = connection(connection_id)
    check_tables(one, body(required=True))
    return resync(one, success("Re-sync has been triggered successfully"))


@endpoint("POST", "/connections/<connection_id>/schemas/<schema>/tables/<table>/resync")
def resync_table(connection_id: str, schema: str, table: str) -> Response:
    """One table; the older form."""
    one = connection(connection_id)
    check_tables(one, {schema: [table]})
    return resync(one, success("Re-sync has been triggered successfully"))


def resync(one: Connector, answer: Response) -> Response:
    """Start a historical sync. One that is going on is tried to be completed first; 409 where that fails."""
    account = world()
    turned_away = one.run is not None and account.switches.resync_while_syncing == 409
    if turned_away or not syncing.complete(one, account.at()):
        raise ApiError(409, CONFLICT, f"The sync in progress of connection with id '{one.id}' could not be completed")
    syncing.resync(one, account.at())
    return answer


def check_tables(one: Connector, scope: Any) -> None:
    """A map of schemas to tables that exist, with no empty part."""
    if not isinstance(scope, dict) or not scope:
        raise ApiError(400, INVALID, "Scope must name at least one schema")
    if one.service in SERVICES and not SERVICES[one.service].table_resync:
        raise ApiError(400, INVALID, f"Table re-sync is not supported for connector service '{one.service}'")
    schemas: Json = (one.schema_config or {}).get("schemas", {})
    for schema, tables in scope.items():
        if not isinstance(tables, list) or not tables or not all(isinstance(each, str) for each in tables):
            raise ApiError(400, INVALID, f"Scope must name at least one table of schema '{schema}'")
        unknown = [each for each in tables if each not in schemas.get(schema, {}).get("tables", {})]
        if unknown:
            raise ApiError(404, "NotFound", f"Table '{schema}.{unknown[0]}' does not exist")
