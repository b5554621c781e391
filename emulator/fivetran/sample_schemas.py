"""Sample schemas of sources; `schema_config.py` describes their form."""

from __future__ import annotations

from typing import Any

from emulator import scenario as read

KEY = {"is_primary_key": True, "locked": {"reason_code": "SYSTEM_COLUMN"}}
SYSTEM_TABLE = {"reason_code": "SYSTEM_TABLE"}
DELETED = {"reason_code": "DELETED"}
NEEDED = {"reason_code": "OTHER", "reason": "The table is needed to read the others"}

LOCKED: dict[str, read.Check] = {"reason_code": read.text, "reason": read.text}
COLUMN: dict[str, read.Check] = {
    **dict.fromkeys(("enabled", "hashed", "is_primary_key", "listed"), read.boolean),
    "locked": read.object_of(LOCKED),
}
TABLE: dict[str, read.Check] = {
    **dict.fromkeys(("enabled", "supports_columns_config", "supports_history_mode"), read.boolean),
    "sync_mode": read.text,
    "locked": read.object_of(LOCKED),
    "columns": read.map_of(read.object_of(COLUMN)),
}
SCHEMA: dict[str, read.Check] = {"enabled": read.boolean, "tables": read.map_of(read.object_of(TABLE))}
read_source = read.map_of(read.object_of(SCHEMA))
"""Check a scenario's `source`: schemas by name."""


def table(*columns: str, **more: Any) -> dict[str, Any]:
    """Return a table with an `id` and further columns."""
    return {"columns": {"id": dict(KEY), **{name: {} for name in columns}}, **more}


def shop() -> dict[str, Any]:
    """Return the schemas of a database, with a system table, a deleted table and a hashed column."""
    customers = table("name", "email", "phone", "created_at", sync_mode="SOFT_DELETE", supports_history_mode=True)
    customers["columns"]["phone"] = {"hashed": True, "listed": True}
    return {
        "sales": {
            "tables": {
                "customers": customers,
                "orders": table(
                    "customer_id", "total", "placed_at", sync_mode="SOFT_DELETE", supports_history_mode=True
                ),
                "refunds": table("order_id", "amount", sync_mode="SOFT_DELETE", supports_history_mode=True),
                "order_archive": table("customer_id", "total", enabled=False),
                "returns_2019": table("order_id", locked=DELETED, enabled=False),
            }
        },
        "inventory": {"tables": {"products": table("sku", "price"), "stock": table("product_id", "amount")}},
        "pg_meta": {"tables": {"replication_slots": table("slot_name", locked=SYSTEM_TABLE)}},
    }


def application(name: str, *tables: str) -> dict[str, Any]:
    """Return an application's single schema, with a log table that cannot be disabled."""
    found = {one: table("created_at", "updated_at") for one in tables}
    found["api_call_log"] = table("called_at", locked=NEEDED, supports_columns_config=False)
    return {name: {"tables": found}}
