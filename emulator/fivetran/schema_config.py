"""Schema configurations. Source: Fivetran REST API, "Retrieve a Connection Schema Config".

A source is `{schema: {"tables": {table: {"columns": {column: {...}}}}}}`. A table may have `enabled`,
`locked` (reason_code, reason), `sync_mode`, `supports_history_mode`, `supports_columns_config`; a column
`is_primary_key`, `locked`, `hashed`, and `listed`: somebody has set it, so that the configuration names it.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
HANDLINGS = ("ALLOW_ALL", "ALLOW_COLUMNS", "BLOCK_ALL")


def from_source(source: Json) -> Json:
    """The configuration after the first sync or reload, in the form in which the API writes it."""
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
    """A table; of its columns only those that somebody has set."""
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
    """A column."""
    return {
        "name_in_destination": name.lower(),
        "enabled": column.get("enabled", True),
        "hashed": column.get("hashed", False),
        "is_primary_key": column.get("is_primary_key", False),
        "enabled_patch_settings": patch_settings(column),
    }


def patch_settings(item: Json) -> Json:
    """Whether it may be changed, and why not. The `reason` in words is there where the code is OTHER alone."""
    if "locked" not in item:
        return {"allowed": True}
    said = dict(item["locked"])
    if said.get("reason_code") != "OTHER":
        said.pop("reason", None)
    return {"allowed": False, **said}


def live_columns(config: Json, source: Json, schema: str, table: str) -> Json:
    """All columns of a table as the source has them, with what is set; KeyError for an unknown table."""
    found = source[schema]["tables"][table].get("columns", {})
    known = config["schemas"].get(schema, {}).get("tables", {}).get(table, {}).get("columns", {})
    return {name: known.get(name) or column_from(name, one) for name, one in found.items()}


def refreshed(config: Json | None, source: Json, exclude_mode: str = "PRESERVE") -> Json:
    """The configuration after the source was read again: what is known stays, what is new comes.

    EXCLUDE disables all tables and INCLUDE enables all, but for those that cannot be changed.
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
    """Enable or disable every table that is not among the `known` and that can be changed."""
    for name, schema in config["schemas"].items():
        for each, table in schema["tables"].items():
            is_known = each in known.get("schemas", {}).get(name, {}).get("tables", {})
            if table["enabled_patch_settings"]["allowed"] and not is_known:
                table["enabled"] = enabled
