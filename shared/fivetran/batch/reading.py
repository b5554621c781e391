"""One connector as a batch reads it: from its details, or from a row of a list with enough fields."""

from collections.abc import Mapping
from typing import Any

from shared.batch import batch
from shared.errors import Unreachable
from shared.fivetran.connector import Connector
from shared.fivetran.paging import Page
from shared.fivetran.rows import as_written
from shared.http.response import Answer
from shared.settings.kinds import IDENTIFIER

ListRow = Mapping[str, Any]
"""A row of a list of connectors. (``row.Row`` is a row of the batch's result.)"""


class ListedConnector(Connector):
    """A connector from a list. ``answer`` has this row only, in the envelope of an answer about one connector."""

    @property
    def answer(self) -> Answer:
        return as_written(self.data, super().answer)


Reading = batch.Reading[Connector]


def reading_of(row: ListRow, page: Page) -> Reading | None:
    """Return a reading from a row, None if the connector's details must be read instead."""
    if not is_id(row.get("id")) or not enough(row):
        return None
    try:
        connector = ListedConnector(row, answer=page.answer)
        return Reading(connector.id, connector)
    except Unreachable:
        return None


def is_id(value: object) -> bool:
    """Return whether an id from a list is as valid as one from a variable. It is used in URLs and file names."""
    try:
        return isinstance(value, str) and bool(IDENTIFIER.parse(value))
    except ValueError:
        return False


def enough(row: ListRow) -> bool:
    """Return whether a row has all fields for a verdict. Lists may lack timestamps and ``rescheduled_for``."""
    status = row.get("status")
    if not isinstance(status, Mapping):
        return False
    if status.get("sync_state") == "rescheduled":
        return "rescheduled_for" in status
    return status.get("sync_state") == "syncing" or "succeeded_at" in row or "failed_at" in row
