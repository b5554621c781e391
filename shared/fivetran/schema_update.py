"""Changing a schema configuration: what is wanted, and reading, changing and writing it until nobody interferes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from shared.answer import Answer
from shared.errors import NotArrived, RequestRefused, SlipwayError, Unreachable
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.listing import show_table
from shared.fivetran.paths import Path, paths, settings_of_paths, written
from shared.fivetran.schemas import (
    HANDLING,
    Change,
    Difference,
    SchemaConfig,
    check_allowed,
    check_columns,
    check_tables,
    difference,
    ineffective,
    patch,
    unlisted,
)
from shared.kinds import JSON_OBJECT, Kind, select
from shared.retry import backoff
from shared.run import Run
from shared.settings import Problem, Settings, Variable

HANDLINGS = ("ALLOW_ALL", "ALLOW_COLUMNS", "BLOCK_ALL")
SYNC_MODES = ("SOFT_DELETE", "HISTORY", "LIVE")
MOST_TRIES = 5
TYPE_LOCK = "is_type_locked"
"""Taken by the API, but no answer shows it."""

_FIELDS: tuple[dict[str, type | tuple[str, ...]], ...] = (
    {HANDLING: HANDLINGS, TYPE_LOCK: bool},
    {"enabled": bool},
    {"enabled": bool, "sync_mode": SYNC_MODES},
    {"enabled": bool, "hashed": bool, "is_primary_key": bool},
)
_BELOW = ("schemas", "tables", "columns", "")


def _patch(text: str) -> list[Change]:
    return list(_changes_of((), JSON_OBJECT.parse(text)))


def _changes_of(path: Path, node: Any) -> Iterator[Change]:
    """The fields of one object of a patch and of those below it. Raises ValueError."""
    where = written(path) or "the patch"
    if not isinstance(node, dict):
        raise ValueError(f"holds something else than an object at {where}")
    for name, value in node.items():
        if name and name == _BELOW[len(path)]:
            if not isinstance(value, dict):
                raise ValueError(f"holds something else than an object at {name} of {where}")
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
    """What is to be changed. Paths as in ``sales``, ``sales.orders``, ``sales.orders.total``, comma-separated."""

    enable = Variable("FIVETRAN_ENABLE", paths(1, 2, 3), "schemas, tables, columns to sync, as in sales.orders", None)
    disable = Variable("FIVETRAN_DISABLE", paths(1, 2, 3), "schemas, tables, columns to sync no longer", None)
    hash = Variable("FIVETRAN_HASH", paths(3), "columns to hash, as in sales.customers.email", None)
    unhash = Variable("FIVETRAN_UNHASH", paths(3), "columns to hash no longer", None)
    sync_mode = Variable(
        "FIVETRAN_SYNC_MODE",
        settings_of_paths((2,), SYNC_MODES),
        "how tables are synced, as in sales.orders=HISTORY (or SOFT_DELETE, LIVE)",
        None,
    )
    schema_change_handling = Variable(
        "FIVETRAN_SCHEMA_CHANGE_HANDLING",
        select(*(one.lower() for one in HANDLINGS)),
        "what becomes of schemas, tables and columns that are new in the source",
        None,
    )
    schema_patch = Variable(
        "FIVETRAN_SCHEMA_PATCH",
        Kind("JSON object", _patch),
        'the same as the API\'s own patch, as in {"schemas": {"sales": {"tables": ...}}}',
        None,
    )

    def changes(self) -> list[Change]:
        """All that was given, once each."""
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
            yield Problem("FIVETRAN_ENABLE", "and the other variables say nothing to change; give at least one of them")
        seen: dict[tuple[Path, str], Any] = {}
        for path, field, value in changes:
            if seen.setdefault((path, field), value) != value:
                where = written(path) or "the connector"
                yield Problem("FIVETRAN_ENABLE", f"and the other variables contradict each other: {field} of {where}")


class Updated(NamedTuple):
    """``missing`` are the differences that the API's answer does not show: they were not taken."""

    differences: list[Difference]
    missing: list[Difference]
    answer: Answer
    config: SchemaConfig


def update(run: Run[Any], api: Fivetran, connector_id: str, changes: list[Change]) -> Updated:
    """Read, compare, write; all of it again where somebody else changed it meanwhile (409) or the answer was lost.

    Each field is sent as the value that it shall have, so that sending it twice does no harm. Raises InvalidInput
    where a name is unknown or the configuration refuses, before anything is sent; whatever ends it after an answer was
    lost says that the change may have been made.
    """
    lost: list[SlipwayError] = []
    try:
        return _until_nobody_interferes(run, api, connector_id, changes, lost)
    except SlipwayError as error:
        if lost and error is not lost[-1]:
            error.message = f"{lost[-1].message}, so the change may have been made all the same; then {error.message}"
        raise


def _until_nobody_interferes(
    run: Run[Any], api: Fivetran, connector_id: str, changes: list[Change], lost: list[SlipwayError]
) -> Updated:
    live: dict[Path, Any] = {}
    said: list[Difference] = []
    tries = 0
    while True:
        tries += 1
        answer = api.get_schemas(connector_id)
        config = _resolved(api, connector_id, SchemaConfig(data(answer), live), changes, live)
        found = difference(config, changes)
        check_allowed(config, found)
        if tries == 1:
            said = found
            _show(run, config, changes, found)
        if not found:
            return Updated(said, [], answer, config)
        try:
            answer = api.update_schemas(connector_id, patch(config, found))
            after = SchemaConfig(data(answer))
            return Updated(said, [one for one in found if not _taken(after, one)], answer, after)
        except NotArrived:
            raise
        except (RequestRefused, Unreachable) as error:
            conflict = error.answer is not None and error.answer.status == 409
            if isinstance(error, Unreachable):
                lost.append(error)
            elif not conflict:
                raise
            if tries == MOST_TRIES:
                raise
            run.say(f"{error.message}; reading the configuration again")
            run.sleep(backoff(tries))


def _resolved(
    api: Fivetran, connector_id: str, config: SchemaConfig, changes: list[Change], live: dict[Path, Any]
) -> SchemaConfig:
    """The configuration with every path in it that is to be changed; a column is looked up in the source first."""
    wanted = [change.path for change in changes if change.path]
    check_tables(config, wanted)
    for table in unlisted(config, wanted):
        live[table] = columns_of(api.get_columns(connector_id, *table))
    check_columns(config, wanted)
    return config


def columns_of(answer: Answer) -> dict[str, Any]:
    """A table's columns as the source has them, by name."""
    found = data(answer).get("columns")
    return {str(name): one for name, one in found.items() if isinstance(one, dict)} if isinstance(found, dict) else {}


def _show(run: Run[Any], config: SchemaConfig, changes: list[Change], found: list[Difference]) -> None:
    if found:
        show_table(run, ("what", "field", "now", "then"), [(written(p) or "connector", *rest) for p, *rest in found])
    for warning in ineffective(config, changes):
        run.say(f"Slipway: warning: {warning}")


def _taken(after: SchemaConfig, one: Difference) -> bool:
    """Whether an answer shows what was asked for. What it does not list at all is believed."""
    node = after.find(one.path) if one.path else after.data
    return one.field == TYPE_LOCK or node is None or node.get(one.field) == one.new
