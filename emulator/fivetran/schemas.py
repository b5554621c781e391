"""Endpoints of schema configurations.

Documented at https://fivetran.com/docs/rest-api/api-reference/connection-schema/modify-connection-schema-config and
https://fivetran.com/docs/rest-api/api-reference/connection-schema/connection-column-config.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from emulator.fivetran.api import (
    CONFLICT,
    INVALID,
    NOT_FOUND,
    ApiError,
    Json,
    body,
    connection,
    current_account,
    endpoint,
    success,
)
from emulator.fivetran.changes import answered, stop_sync
from emulator.fivetran.connector import Connector
from emulator.fivetran.schema_changes import SchemaChange, pre_created
from emulator.fivetran.schema_config import live_columns, refreshed

SCHEMAS = "/connections/<connection_id>/schemas"
EXCLUDE_MODES = ("PRESERVE", "INCLUDE", "EXCLUDE")


@endpoint("GET", SCHEMAS)
def schema_config(connection_id: str) -> Response:
    """Show the configuration. Before the first sync or reload the answer is a 404, or has no schemas."""
    one = connection(connection_id)
    if one.schema_config is None and current_account().switches.no_schema_config == 200:
        return success(None, {"enable_new_by_default": True, "schema_change_handling": "ALLOW_ALL"})
    return success(None, config_of(one))


@endpoint("POST", SCHEMAS)
def pre_create_schema_config(connection_id: str) -> Response:
    """Create the configuration before the source was ever read."""
    one = connection(connection_id)
    if one.schema_config is not None:
        raise ApiError(409, CONFLICT, f"Connection with id '{one.id}' already has schema config")
    one.schema_config = pre_created(one.source, body(required=True), current_account().switches.schema_enabled_required)
    return success("Schema configuration pre-created successfully", one.schema_config)


@endpoint("PATCH", SCHEMAS)
def modify_schema_config(connection_id: str) -> Response:
    """Change any part of the configuration."""
    return changed(connection_id, "Schema configuration has been modified", SchemaChange.all)


@endpoint("PATCH", f"{SCHEMAS}/<schema>")
def modify_schema(connection_id: str, schema: str) -> Response:
    """Change one schema."""
    message = "Database schema configuration has been modified"
    return changed(connection_id, message, lambda change, given: change.schema(schema, given))


@endpoint("PATCH", f"{SCHEMAS}/<schema>/tables/<table>")
def modify_table(connection_id: str, schema: str, table: str) -> Response:
    """Change one table."""
    message = "Table configuration has been modified"
    return changed(connection_id, message, lambda change, given: change.table(schema, table, given))


@endpoint("PATCH", f"{SCHEMAS}/<schema>/tables/<table>/columns/<column>")
def modify_column(connection_id: str, schema: str, table: str, column: str) -> Response:
    """Change one column."""
    message = "Column configuration has been modified"
    return changed(connection_id, message, lambda change, given: change.column(schema, table, column, given))


@endpoint("POST", f"{SCHEMAS}/reload")
def reload_schema_config(connection_id: str) -> Response:
    """Read the source's schemas again."""
    one = connection(connection_id)
    mode = body().get("exclude_mode", "PRESERVE")
    if mode not in EXCLUDE_MODES:
        raise ApiError(400, INVALID, f"Field 'exclude_mode' must be one of {', '.join(EXCLUDE_MODES)}")
    need_source(one)
    one.schema_config = refreshed(one.schema_config, one.source, mode)
    return success("Schema configuration has been reloaded", one.schema_config)


@endpoint("GET", f"{SCHEMAS}/<schema>/tables/<table>/columns")
def source_columns(connection_id: str, schema: str, table: str) -> Response:
    """List all columns of a table in the source. The configuration lists only those that a user has set."""
    one = connection(connection_id)
    config = config_of(one)
    need_source(one)
    try:
        columns = live_columns(config, one.source, schema, table)
    except KeyError:
        raise ApiError(404, NOT_FOUND, f"Table '{schema}.{table}' does not exist") from None
    return success("Column configuration retrieved successfully", {"columns": columns})


def changed(connection_id: str, message: str, apply: Callable[[SchemaChange, Json], None]) -> Response:
    """Apply a change to a connection's configuration, unless the switch `schema_conflicts` asks for a 409."""
    one = connection(connection_id)
    config = config_of(one)
    switches = current_account().switches
    if switches.schema_conflicts:
        switches.schema_conflicts -= 1
        raise ApiError(409, CONFLICT, "Optimistic lock conflict: the schema configuration has been changed meanwhile")
    change = SchemaChange(config, one.source, switches.schema_enabled_required)
    apply(change, body(required=True))
    stop_sync(one)
    one.schema_config = change.config
    return answered(success(message, one.schema_config))


def config_of(one: Connector) -> Json:
    """Return the configuration, or raise a 404 if there is none yet."""
    if one.schema_config is None:
        raise ApiError(404, "NotFound_SchemaConfig", f"Connection with id '{one.id}' doesn't have schema config")
    return one.schema_config


def need_source(one: Connector) -> None:
    """Raise a 400 unless the connection is connected, which reading its source needs."""
    if one.setup_state != "connected":
        expected = "We expected the connector's setup state ('status.setup_state') to be 'connected'"
        why = (
            f"{expected}, but it was '{one.setup_state}'. \nPlease configure the connector and perform the setup tests"
        )
        raise ApiError(400, INVALID, why)
