"""The settings that change a schema configuration."""

from collections.abc import Iterator
from typing import Any

from shared.fivetran.schemas.config import HANDLING, Change
from shared.fivetran.schemas.paths import Path, paths, settings_of_paths, written
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import Kind, select
from shared.settings.objects import json_object

HANDLINGS = ("ALLOW_ALL", "ALLOW_COLUMNS", "BLOCK_ALL")
SYNC_MODES = ("SOFT_DELETE", "HISTORY", "LIVE")
TYPE_LOCK = "is_type_locked"
"""A field that the API accepts but never returns."""

_FIELDS: tuple[dict[str, type | tuple[str, ...]], ...] = (
    {HANDLING: HANDLINGS, TYPE_LOCK: bool},
    {"enabled": bool},
    {"enabled": bool, "sync_mode": SYNC_MODES},
    {"enabled": bool, "hashed": bool, "is_primary_key": bool},
)
_BELOW = ("schemas", "tables", "columns", "")


def _patch(text: str) -> list[Change]:
    return list(_changes_of((), json_object(text, '{"schemas": {"sales": {"enabled": true}}}')))


def _changes_of(path: Path, node: Any) -> Iterator[Change]:
    """Yield the fields of an object in a patch and of the objects below it. Raise ValueError for an invalid one."""
    where = written(path) or "the patch"
    if not isinstance(node, dict):
        raise ValueError(f"has something other than an object at {where}")
    for name, value in node.items():
        if name and name == _BELOW[len(path)]:
            if not isinstance(value, dict):
                raise ValueError(f"has something other than an object at {name} of {where}")
            for below, one in value.items():
                yield from _changes_of((*path, below), one)
            continue
        allowed = _FIELDS[len(path)].get(name)
        if allowed is None:
            known = [*_FIELDS[len(path)], *filter(None, [_BELOW[len(path)]])]
            raise ValueError(f"has a field {name[:60]!r} at {where}; the API knows {', '.join(known)} there")
        if isinstance(allowed, tuple) and value not in allowed:
            raise ValueError(f"has no known {name} at {where}; use one of {', '.join(allowed)}")
        if allowed is bool and not isinstance(value, bool):
            raise ValueError(f"has a {name} at {where} that is neither true nor false")
        yield Change(path, name, value)


class SchemaChangeSettings(Settings):
    """The changes. Paths such as ``sales``, ``sales.orders``, ``sales.orders.total`` are comma-separated."""

    enable = Variable("FIVETRAN_ENABLE", paths(1, 2, 3), "schemas, tables, columns to sync, as in sales.orders", None)
    disable = Variable("FIVETRAN_DISABLE", paths(1, 2, 3), "schemas, tables, columns to stop syncing", None)
    hash = Variable("FIVETRAN_HASH", paths(3), "columns to hash, as in sales.customers.email", None)
    unhash = Variable("FIVETRAN_UNHASH", paths(3), "columns to stop hashing", None)
    sync_mode = Variable(
        "FIVETRAN_SYNC_MODE",
        settings_of_paths((2,), SYNC_MODES),
        "how tables are synced, as in sales.orders=HISTORY (or SOFT_DELETE, LIVE)",
        None,
    )
    schema_change_handling = Variable(
        "FIVETRAN_SCHEMA_CHANGE_HANDLING",
        select(*(one.lower() for one in HANDLINGS)),
        "what happens to schemas, tables and columns that are new in the source",
        None,
    )
    schema_patch = Variable(
        "FIVETRAN_SCHEMA_PATCH",
        Kind("JSON object", _patch),
        'the same as the API\'s own patch, as in {"schemas": {"sales": {"tables": ...}}}',
        None,
    )

    def changes(self) -> list[Change]:
        """Return all changes without duplicates."""
        found = [Change(path, "enabled", True) for path in self.enable or []]
        found += [Change(path, "enabled", False) for path in self.disable or []]
        found += [Change(path, "hashed", True) for path in self.hash or []]
        found += [Change(path, "hashed", False) for path in self.unhash or []]
        found += [Change(path, "sync_mode", mode) for path, mode in (self.sync_mode or {}).items()]
        found += [Change((), HANDLING, self.schema_change_handling.upper())] if self.schema_change_handling else []
        return list(dict.fromkeys([*found, *(self.schema_patch or [])]))

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        changes = self.changes()
        unread = [
            one
            for one in SchemaChangeSettings.variables()
            if self.given.text(one.name) and self.values[one.field] is None
        ]
        if not changes and not unread:
            *names, last = [variable.name for variable in SchemaChangeSettings.variables()]
            yield Problem("FIVETRAN_ENABLE", f"Nothing to change: set {', '.join(names)} or {last}", whole=True)
        seen: dict[tuple[Path, str], Any] = {}
        for path, field, value in changes:
            if seen.setdefault((path, field), value) != value:
                where = written(path) or "the connector"
                yield Problem("FIVETRAN_ENABLE", f"and the other variables contradict each other: {field} of {where}")
