"""One connector as a batch has read it: asked for, or a row of a list where that says enough."""

from collections.abc import Mapping
from typing import Any

from shared.errors import SlipwayError, Unreachable
from shared.fivetran.connector import Connector
from shared.fivetran.paging import Page
from shared.fivetran.rows import as_written
from shared.http.response import Answer
from shared.settings.kinds import IDENTIFIER

Row = Mapping[str, Any]


class ListedConnector(Connector):
    """A connector out of a list. ``answer`` is the row alone, with the envelope that an answer about it would have."""

    @property
    def answer(self) -> Answer:
        return as_written(self.data, super().answer)


class Reading:
    """One connector as it was read, or the error that came instead."""

    __slots__ = ("connector", "connector_id", "error")

    def __init__(
        self, connector_id: str, connector: Connector | None = None, error: SlipwayError | None = None
    ) -> None:
        self.connector_id = connector_id
        self.connector = connector
        self.error = error


def reading_of(row: Row, page: Page) -> Reading | None:
    """A row as it stands, None where it is not enough: the connector is to be asked itself."""
    if not is_id(row.get("id")) or not enough(row):
        return None
    try:
        connector = ListedConnector(row, answer=page.answer)
        return Reading(connector.id, connector)
    except Unreachable:
        return None


def is_id(value: object) -> bool:
    """An id out of a list is no more trusted than one out of a variable: it reaches URLs and file names."""
    try:
        return isinstance(value, str) and bool(IDENTIFIER.parse(value))
    except ValueError:
        return False


def enough(row: Row) -> bool:
    """Whether a list row says what a verdict needs. The API need not give stamps or ``rescheduled_for`` in lists."""
    status = row.get("status")
    if not isinstance(status, Mapping):
        return False
    if status.get("sync_state") == "rescheduled":
        return "rescheduled_for" in status
    return status.get("sync_state") == "syncing" or "succeeded_at" in row or "failed_at" in row
