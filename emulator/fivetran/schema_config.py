"""Schema configurations, as `GET /v1/connections/{id}/schemas` shows them.

A source is `{schema: {"tables": {table: {"columns": {column: {...}}}}}}`. A table may have `enabled`,
`locked` (reason_code, reason), `sync_mode`, `supports_history_mode`, `supports_columns_config`; a column
`is_primary_key`, `locked`, `hashed`, and `listed`: a user has set the column, so that the configuration lists it.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
HANDLINGS = ("ALLOW_ALL", "ALLOW_COLUMNS", "BLOCK_ALL")


def from_source(source: Json) -> Json:
    """Return the configuration after the first sync or reload, as the API shows it."""
    schemas = {
        name: {
            "name_in_destination": name.lower(),
            "enabled": schema.get("enabled", True),
            "tables": {each: table_from(each, one) for each, one in schema.get("tables", {}).items()},
        }
        for name, schema in source.items()
    }
    return {"enable_new_by_default": True, "schema_change_handling": "ALLOW_ALL", "schemas": schemas}


def table_from(name: str, table: Json) -> Json:
    """Return a table. Only columns that a user has set are listed."""
    columns = table.get("columns", {})
    found = {
        "name_in_destination": name.lower(),
        "enabled": table.get("enabled", True),
        "supports_columns_config": table.get("supports_columns_config", True),
        "supports_history_mode": table.get("supports_history_mode", False),
        "enabled_patch_settings": patch_settings(table),
        "columns": {each: column_from(each, one) for each, one in columns.items() if one.get("listed")},
    }
    return {"sync_mode": table["sync_mode"], **found} if "sync_mode" in table else found


def column_from(name: str, column: Json) -> Json:
    """Return a column."""
    return {
        "name_in_destination": name.lower(),
        "enabled": column.get("enabled", True),
        "hashed": column.get("hashed", False),
        "is_primary_key": column.get("is_primary_key", False),
        "enabled_patch_settings": patch_settings(column),
    }


def patch_settings(item: Json) -> Json:
    """Return `enabled_patch_settings`. Its `reason` is present only with the reason code OTHER."""
    if "locked" not in item:
        return {"allowed": True}
    said = dict(item["locked"])
    if said.get("reason_code") != "OTHER":
        said.pop("reason", None)
    return {"allowed": False, **said}


def live_columns(config: Json, source: Json, schema: str, table: str) -> Json:
    """Return all columns of a source's table with their settings. Raise KeyError for an unknown table."""
    found = source[schema]["tables"][table].get("columns", {})
    known = config["schemas"].get(schema, {}).get("tables", {}).get(table, {}).get("columns", {})
    return {name: known.get(name) or column_from(name, one) for name, one in found.items()}


def refreshed(config: Json | None, source: Json, exclude_mode: str = "PRESERVE") -> Json:
    """Return the configuration after a reload: known objects stay as they are, new ones are added.

    EXCLUDE disables and INCLUDE enables all tables, except those that cannot be changed.
    """
    found = from_source(source)
    for name, schema in (config or {}).get("schemas", {}).items():
        fresh = found["schemas"].setdefault(name, schema)
        fresh["enabled"] = schema["enabled"]
        fresh["tables"] = {**fresh["tables"], **schema["tables"]}
    if config is not None:
        found = {**found, **{key: one for key, one in config.items() if key != "schemas"}}
        if found["schema_change_handling"] != "ALLOW_ALL":
            switch_tables(found, enabled=False, known=config)
    if exclude_mode != "PRESERVE":
        switch_tables(found, enabled=exclude_mode == "INCLUDE", known={})
    return found


def switch_tables(config: Json, enabled: bool, known: Json) -> None:
    """Enable or disable every changeable table that is not in the `known` configuration."""
    for name, schema in config["schemas"].items():
        for each, table in schema["tables"].items():
            is_known = each in known.get("schemas", {}).get(name, {}).get("tables", {})
            if table["enabled_patch_settings"]["allowed"] and not is_known:
                table["enabled"] = enabled
