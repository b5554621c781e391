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
    """Whether it may be changed, and why not."""
    return {"allowed": False, **item["locked"]} if "locked" in item else {"allowed": True}


def live_columns(config: Json, source: Json, schema: str, table: str) -> Json:
    """All columns of a table as the source has them, with what is set; KeyError for an unknown table."""
    found = source[schema]["tables"][table].get("columns", {})
    known = config["schemas"].get(schema, {}).get("tables", {}).get(table, {}).get("columns", {})
    return {name: known.get(name) or column_from(name, one) for name, one in found.items()}
