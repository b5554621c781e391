"""Endpoints that start syncs and re-syncs.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/sync-connection,
https://fivetran.com/docs/rest-api/api-reference/connections/resync-connection and
https://fivetran.com/docs/rest-api/api-reference/connector-schema/resync-tables.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from emulator.fivetran import sync_lifecycle
from emulator.fivetran.api import (
    CONFLICT,
    INVALID,
    ApiError,
    Json,
    body,
    connection,
    current_account,
    endpoint,
    success,
)
from emulator.fivetran.connector import Connector
from emulator.fivetran.type_data import SERVICES


@endpoint("POST", "/connections/<connection_id>/sync")
def sync_connection(connection_id: str) -> Response:
    """Start a sync. With `{"force": true}` a running sync is stopped and restarted."""
    one = connection(connection_id)
    force = body().get("force", False)
    if not isinstance(force, bool):
        raise ApiError(400, INVALID, "Field 'force' must be a boolean")
    return start(one, force)


@endpoint("POST", "/connections/<connection_id>/force")
def force_connection(connection_id: str) -> Response:
    """Start a sync by the older, undocumented path: a running sync is always stopped and restarted."""
    one = connection(connection_id)
    body()
    return start(one, force=True)


def start(one: Connector, force: bool) -> Response:
    """Start a sync. The answer has no sync id, and is the same if nothing was started."""
    switches = current_account().switches
    if one.paused and switches.sync_while_paused == 409:
        raise ApiError(409, CONFLICT, f"Connection with id '{one.id}' is paused")
    if one.setup_state == "incomplete" and switches.sync_while_incomplete == 409:
        raise ApiError(409, CONFLICT, f"The setup of connection with id '{one.id}' is incomplete")
    if sync_lifecycle.is_stopped(one, current_account().at()) and switches.sync_while_blocked == 409:
        raise ApiError(409, CONFLICT, f"Connection with id '{one.id}' cannot sync")
    if one.run is not None and not force and switches.force_false_while_syncing == 409:
        raise ApiError(409, CONFLICT, f"A sync is already in progress for connection with id '{one.id}'")
    sync_lifecycle.trigger(one, current_account().at(), force)
    return triggered(one)


def triggered(one: Connector) -> Response:
    """Return the answer of sync, force and resync."""
    return success(f"Sync has been successfully triggered for connection with id '{one.id}'")


@endpoint("POST", "/connections/<connection_id>/resync")
def resync_connection(connection_id: str) -> Response:
    """Re-sync the tables of `scope`; without a scope, or with null, all tables."""
    one = connection(connection_id)
    scope = body().get("scope")
    if scope is not None:
        check_tables(one, scope)
    return resync(one, triggered(one))


@endpoint("POST", "/connections/<connection_id>/schemas/tables/resync")
def resync_tables(connection_id: str) -> Response:
    """Re-sync some tables. The body maps schemas to lists of tables."""
    one = connection(connection_id)
    check_tables(one, body(required=True))
    return resync(one, success("Re-sync has been triggered successfully"))


@endpoint("POST", "/connections/<connection_id>/schemas/<schema>/tables/<table>/resync")
def resync_table(connection_id: str, schema: str, table: str) -> Response:
    """Re-sync one table by the older path."""
    one = connection(connection_id)
    check_tables(one, {schema: [table]})
    return resync(one, success("Re-sync has been triggered successfully"))


def resync(one: Connector, answer: Response) -> Response:
    """Start a re-sync. A running sync is completed first; if that fails, the answer is 409."""
    account = current_account()
    turned_away = one.run is not None and account.switches.resync_while_syncing == 409
    if turned_away or not sync_lifecycle.complete(one, account.at()):
        raise ApiError(409, CONFLICT, f"The sync in progress of connection with id '{one.id}' could not be completed")
    sync_lifecycle.resync(one, account.at())
    return answer


def check_tables(one: Connector, scope: Any) -> None:
    """Raise a 400 or 404 unless `scope` maps schemas to existing tables, without an empty part."""
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
