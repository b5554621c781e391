"""Changes of a schema configuration: a merge that changes only the named objects. Names are case-sensitive.

Documented at https://fivetran.com/docs/rest-api/api-reference/connection-schema/modify-connection-schema-config.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from emulator.fivetran.api import INVALID, NOT_FOUND, ApiError
from emulator.fivetran.schema_config import HANDLINGS, Json, column_from, table_from

SYNC_MODES = ("SOFT_DELETE", "HISTORY", "LIVE")


class SchemaChange:
    """A change of one configuration. It works on a copy, so that an error changes nothing."""

    def __init__(self, config: Json, source: Json, enabled_required: bool) -> None:
        self.config = deepcopy(config)
        self._source, self._enabled_required = source, enabled_required

    def all(self, given: Json) -> None:
        """Apply `{"schemas": {...}, "schema_change_handling": ..., "is_type_locked": ...}`."""
        if "schema_change_handling" in given:
            handling = given["schema_change_handling"]
            if handling not in HANDLINGS:
                raise ApiError(400, INVALID, f"Field 'schema_change_handling' must be one of {', '.join(HANDLINGS)}")
            self.config["schema_change_handling"] = handling
            self.config["enable_new_by_default"] = handling == "ALLOW_ALL"
        check_flag("is_type_locked", given)  # accepted, but no answer shows it
        for name, one in an_object("schemas", given.get("schemas", {})).items():
            self.schema(name, an_object(name, one))

    def schema(self, name: str, given: Json) -> None:
        """Apply `{"enabled": bool, "tables": {...}}` to a schema."""
        schema = known(self.config["schemas"], name, "Schema")
        self.require_enabled(name, given)
        set_flag(schema, "enabled", given)
        for table, one in an_object("tables", given.get("tables", {})).items():
            self.table(name, table, an_object(table, one))

    def table(self, schema: str, name: str, given: Json) -> None:
        """Apply `{"enabled": bool, "sync_mode": ..., "columns": {...}}` to a table."""
        table = known(known(self.config["schemas"], schema, "Schema")["tables"], name, "Table")
        self.require_enabled(name, given)
        refuse_locked(f"table '{schema}.{name}'", table, given, ("enabled", "sync_mode"))
        set_flag(table, "enabled", given)
        if "sync_mode" in given:
            mode = given["sync_mode"]
            if mode not in SYNC_MODES or "sync_mode" not in table:
                raise ApiError(400, INVALID, f"Sync mode of table '{schema}.{name}' cannot be set to '{mode}'")
            if mode == "HISTORY" and not table["supports_history_mode"]:
                raise ApiError(400, INVALID, f"Table '{schema}.{name}' does not support history mode")
            table["sync_mode"] = mode
        for column, one in an_object("columns", given.get("columns", {})).items():
            self.column(schema, name, column, an_object(column, one))

    def column(self, schema: str, table: str, name: str, given: Json) -> None:
        """Apply `{"enabled": bool, "hashed": bool, "is_primary_key": bool}` to a column and list it."""
        parent = known(known(self.config["schemas"], schema, "Schema")["tables"], table, "Table")
        if not parent["supports_columns_config"]:
            raise ApiError(400, INVALID, f"Table `{table}` of schema `{schema}` doesn't supports columns configuration")
        columns = self._source.get(schema, {}).get("tables", {}).get(table, {}).get("columns", {})
        if name not in parent["columns"]:
            known(columns, name, "Column")
        found = parent["columns"].get(name) or column_from(name, columns[name])
        self.require_enabled(name, given)
        refuse_locked(f"column '{schema}.{table}.{name}'", found, given, ("enabled", "hashed"))
        for key in ("enabled", "hashed", "is_primary_key"):
            set_flag(found, key, given)
        parent["columns"][name] = found

    def require_enabled(self, name: str, given: Json) -> None:
        """Raise a 400 if a required `enabled` is missing. The OpenAPI document requires it, the Go client omits it."""
        if self._enabled_required and "enabled" not in given:
            raise ApiError(400, INVALID, f"Field 'enabled' of '{name}' is required")


def pre_created(source: Json, given: Json, enabled_required: bool) -> Json:
    """Build a configuration from a request, before the source was ever read."""
    schemas: Json = {}
    for name, schema in an_object("schemas", given.get("schemas")).items():
        tables = an_object("tables", an_object(name, schema).get("tables", {}))
        in_source = source.get(name, {}).get("tables", {})
        schemas[name] = {
            "name_in_destination": name.lower(),
            "enabled": schema.get("enabled", True),
            "tables": {each: table_from(each, in_source.get(each, {})) for each in tables},
        }
        for each, table in tables.items():
            for column in an_object("columns", an_object(each, table).get("columns", {})):
                schemas[name]["tables"][each]["columns"][column] = column_from(column, {})
    config = {"enable_new_by_default": True, "schema_change_handling": "ALLOW_ALL", "schemas": schemas}
    change = SchemaChange(config, source, enabled_required)
    change.all({key: one for key, one in given.items() if key != "is_type_locked"})
    return change.config


def refuse_locked(what: str, item: Json, given: Json, keys: tuple[str, ...]) -> None:
    """Raise a 400 if `enabled_patch_settings` forbids a change."""
    settings = item["enabled_patch_settings"]
    if not settings["allowed"] and any(given.get(key, item.get(key)) != item.get(key) for key in keys):
        why = ", ".join(settings[key] for key in ("reason_code", "reason") if settings.get(key))
        raise ApiError(400, INVALID, f"Cannot change {what}: {why}")


def known(items: Json, name: str, what: str) -> Json:
    """Return a member of a configuration, or raise a 404."""
    if name not in items:
        raise ApiError(404, NOT_FOUND, f"{what} with name '{name}' does not exist")
    found: Json = items[name]
    return found


def check_flag(key: str, given: Json) -> None:
    """Raise a 400 for a given value that is no boolean, null included."""
    if not isinstance(given.get(key, False), bool):
        raise ApiError(400, INVALID, f"Field '{key}' must be a boolean")


def set_flag(item: Json, key: str, given: Json) -> None:
    """Set a boolean if it is given."""
    check_flag(key, given)
    if key in given:
        item[key] = given[key]


def an_object(name: str, value: Any) -> Json:
    """Return a JSON object of a request, or raise a 400."""
    if not isinstance(value, dict):
        raise ApiError(400, INVALID, f"Field '{name}' must be an object")
    return value
