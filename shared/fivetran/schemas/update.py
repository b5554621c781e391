"""Change a schema configuration: read, compare and write it. Repeat if somebody else changed it meanwhile."""

from typing import Any, NamedTuple

from shared.errors import NotArrived, RequestRefused, SlipwayError, Unreachable
from shared.fivetran.answers import data
from shared.fivetran.endpoints.schemas import Schemas
from shared.fivetran.schemas.changes import TYPE_LOCK
from shared.fivetran.schemas.config import (
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
from shared.fivetran.schemas.paths import Path, written
from shared.http.response import Answer
from shared.http.retry import backoff
from shared.program.run import Run
from shared.terminal.table import show_table

MOST_TRIES = 5


class Updated(NamedTuple):
    """The result of an update. ``missing`` are the differences that the API did not apply."""

    differences: list[Difference]
    missing: list[Difference]
    answer: Answer
    config: SchemaConfig


def update(run: Run, api: Schemas, connector_id: str, changes: list[Change]) -> Updated:
    """Read, compare and write. Repeat that after a 409 (somebody else changed it) or a lost answer.

    Each field is sent with its wanted value, so sending it twice does no harm. Raise InvalidInput, before anything is
    sent, for unknown names and changes that the configuration forbids. After a lost answer the message of a later
    error says that the change may have been made.
    """
    lost: list[SlipwayError] = []
    try:
        return _patch_until_no_conflict(run, api, connector_id, changes, lost)
    except SlipwayError as error:
        if lost:
            then = "" if error is lost[-1] else f"; then {error.message}"
            error.vendor, error.reason = (
                "Fivetran",
                f"{lost[-1].reason}, so the change may have been made anyway{then}",
            )
        raise


def _patch_until_no_conflict(
    run: Run, api: Schemas, connector_id: str, changes: list[Change], lost: list[SlipwayError]
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
    api: Schemas, connector_id: str, config: SchemaConfig, changes: list[Change], live: dict[Path, Any]
) -> SchemaConfig:
    """Return the configuration after checking all paths. Columns that it does not list are read from the source."""
    wanted = [change.path for change in changes if change.path]
    check_tables(config, wanted)
    for table in unlisted(config, wanted):
        live[table] = columns_of(api.get_columns(connector_id, *table))
    check_columns(config, wanted)
    return config


def columns_of(answer: Answer) -> dict[str, Any]:
    """Return a table's columns in the source by name."""
    found = data(answer).get("columns")
    return {str(name): one for name, one in found.items() if isinstance(one, dict)} if isinstance(found, dict) else {}


def _show(run: Run, config: SchemaConfig, changes: list[Change], found: list[Difference]) -> None:
    if found:
        show_table(run, ("what", "field", "now", "then"), [(written(p) or "connector", *rest) for p, *rest in found])
    for warning in ineffective(config, changes):
        run.say(f"Slipway: warning: {warning}")


def _taken(after: SchemaConfig, one: Difference) -> bool:
    """Return whether an answer shows the wanted value, or does not contain the object at all."""
    node = after.find(one.path) if one.path else after.data
    return one.field == TYPE_LOCK or node is None or node.get(one.field) == one.new
