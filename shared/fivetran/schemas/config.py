"""A connector's schema configuration, compared with wanted changes. Pure functions.

The configuration is ``{"schema_change_handling", "schemas": {s: {"enabled", "tables": {t: {"enabled", "sync_mode",
"supports_columns_config", "supports_history_mode", "enabled_patch_settings", "columns": {c: {"enabled", "hashed",
"is_primary_key", "enabled_patch_settings"}}}}}}}``: https://fivetran.com/docs/rest-api/api-reference/connection-schema
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.errors import InvalidInput
from shared.fivetran.schemas.paths import LEVELS, Path, nearest, written
from shared.redaction import one_line

_BELOW = ("schemas", "tables", "columns")
HANDLING = "schema_change_handling"


class Change(NamedTuple):
    """A wanted value of one field of one object. The empty path is the configuration itself."""

    path: Path
    field: str
    value: Any


class Difference(NamedTuple):
    """A wanted value that differs from the current one, ``old``."""

    path: Path
    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        return f"{written(self.path) or 'connector'}: {self.field} {_shown(self.old)} -> {_shown(self.new)}"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else one_line(str(value), 60)


class SchemaConfig:
    """A configuration. ``live`` has the columns of some tables as they are in the source."""

    def __init__(self, data: Mapping[str, Any], live: Mapping[Path, Mapping[str, Any]] | None = None) -> None:
        self.data = data
        self.live = {} if live is None else live  # not copied, because columns may be added later

    def below(self, path: Path) -> Mapping[str, Mapping[str, Any]]:
        """Return the schemas, tables or columns directly below a path by name, {} if there are none."""
        known = {str(name): one for name, one in self._entries(path).items() if isinstance(one, Mapping)}
        return {**self.live.get(path, {}), **known}

    def find(self, path: Path) -> Mapping[str, Any] | None:
        """Return the object at a path, None if there is none, without visiting its siblings: there may be thousands."""
        *above, name = path
        for entries in (self._entries(tuple(above)), self.live.get(tuple(above), {})):
            if isinstance(one := entries.get(name), Mapping):
                return one
        return None

    def _entries(self, path: Path) -> Mapping[str, Any]:
        """Return the API's object below a path, {} if there is none."""
        node: Mapping[str, Any] = (self.find(path) or {}) if path else self.data
        found = node.get(_BELOW[len(path)]) if len(path) < len(_BELOW) else None
        return found if isinstance(found, Mapping) else {}

    def tables(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        for schema in self.below(()):
            for table, one in self.below((schema,)).items():
                yield (schema, table), one

    def synced(self, path: Path) -> bool:
        """Return whether an object and everything above it is enabled."""
        return all((self.find(path[:depth]) or {}).get("enabled") is True for depth in range(1, len(path) + 1))

    def counts(self) -> dict[str, int]:
        tables = list(self.tables())
        synced = sum(self.synced(path) for path, _ in tables)
        return {"schemas": len(self.below(())), "tables": len(tables), "tables_synced": synced}


def check_tables(config: SchemaConfig, paths: Iterable[Path]) -> None:
    """Raise InvalidInput with all unknown schemas and tables, each with similar names."""
    unknown = []
    for path in dict.fromkeys(paths):
        for depth in range(1, min(len(path), 2) + 1):
            if config.find(path[:depth]) is None:
                hint = nearest(path[depth - 1], config.below(path[: depth - 1]))
                unknown.append(f"{written(path)}: there is no {LEVELS[depth - 1]} {path[depth - 1]!r}; {hint}")
                break
    if unknown:
        raise InvalidInput(f"{'; '.join(unknown)} (reload_schemas reads the source again)", vendor="Fivetran")


def unlisted(config: SchemaConfig, paths: Iterable[Path]) -> list[Path]:
    """Return the tables whose columns must be read from the source, since the API lists only columns that were set."""
    return list(dict.fromkeys(path[:2] for path in paths if len(path) == 3 and config.find(path) is None))


def check_columns(config: SchemaConfig, paths: Iterable[Path]) -> None:
    """Raise InvalidInput with all unknown columns. The source's columns must have been read before."""
    unknown = [
        f"{written(path)}: there is no column {path[2]!r}; {nearest(path[2], config.below(path[:2]))}"
        for path in dict.fromkeys(paths)
        if len(path) == 3 and config.find(path) is None
    ]
    if unknown:
        raise InvalidInput(f"{'; '.join(unknown)}", vendor="Fivetran")


def difference(config: SchemaConfig, changes: Iterable[Change]) -> list[Difference]:
    """Return the wanted changes that differ from the configuration, in order."""
    found = []
    for path, field, value in changes:
        node = (config.find(path) if path else config.data) or {}
        if node.get(field) != value:
            found.append(Difference(path, field, node.get(field), value))
    return found


def check_allowed(config: SchemaConfig, differences: Iterable[Difference]) -> None:
    """Raise InvalidInput with all changes that the API would refuse according to the configuration."""
    refused = [f"{one}: {why}" for one in differences if (why := _refusal(config, one))]
    if refused:
        raise InvalidInput(f"Fivetran refuses, so this was not sent: {'; '.join(refused)}")


def _refusal(config: SchemaConfig, one: Difference) -> str | None:
    node = config.find(one.path) or {} if one.path else {}
    settings = node.get("enabled_patch_settings")
    if one.field == "enabled" and isinstance(settings, Mapping) and settings.get("allowed") is False:
        said = [str(settings[key]) for key in ("reason", "reason_code") if settings.get(key)]
        return one_line(f"it may not be changed ({', '.join(said) or 'the API gives no reason'})", 300)
    table = config.find(one.path[:2]) or {} if len(one.path) > 1 else {}
    if len(one.path) == 3 and table.get("supports_columns_config") is False:
        return "the columns of this table may not be changed"
    if one.new == "HISTORY" and table.get("supports_history_mode") is False:
        return "this table does not support history mode"
    return None


def ineffective(config: SchemaConfig, changes: Iterable[Change]) -> list[str]:
    """Return warnings about objects that are enabled below a disabled one."""
    wanted = {change.path: change.value for change in changes if change.field == "enabled"}
    found = []
    for path in (path for path, enabled in wanted.items() if enabled):
        for depth in range(1, len(path)):
            above = path[:depth]
            if wanted.get(above, (config.find(above) or {}).get("enabled")) is False:
                found.append(f"{written(path)} will not be synced: {LEVELS[depth - 1]} {written(above)} is disabled")
    return found


def patch(config: SchemaConfig, differences: Iterable[Difference]) -> dict[str, Any]:
    """Return the body of the update: the differences, and each level's current ``enabled``, which the API requires.

    A level whose ``enabled`` is not known is sent without it: a refusal (400) is better than enabling it by mistake.
    """
    body: dict[str, Any] = {}
    for one in differences:
        node = body
        for depth in range(1, len(one.path) + 1):
            path = one.path[:depth]
            enabled = (config.find(path) or {}).get("enabled")
            read = {"enabled": enabled} if isinstance(enabled, bool) else {}
            node = node.setdefault(_BELOW[depth - 1], {}).setdefault(path[-1], read)
        node[one.field] = one.new
    return body
