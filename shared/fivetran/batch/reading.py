"""One connector as a batch reads it: from its details, or from a row of a list with enough fields."""

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
    """A connector from a list. ``answer`` has this row only, in the envelope of an answer about one connector."""

    @property
    def answer(self) -> Answer:
        return as_written(self.data, super().answer)


class Reading:
    """One connector, or the error from reading it."""

    __slots__ = ("connector", "connector_id", "error")

    def __init__(
        self, connector_id: str, connector: Connector | None = None, error: SlipwayError | None = None
    ) -> None:
        self.connector_id = connector_id
        self.connector = connector
        self.error = error

    @property
    def subject(self) -> str:
        return self.connector_id

    @property
    def found(self) -> Connector:
        """The connector. Raise the error that came instead of it."""
        if self.connector is None:
            raise self.failure
        return self.connector

    @property
    def failure(self) -> SlipwayError:
        """The error that came instead of the connector."""
        return self.error or Unreachable(f"{self.connector_id} was not read", vendor="Fivetran")


def reading_of(row: Row, page: Page) -> Reading | None:
    """Return a connector from a row, None if its details must be read instead."""
    if not is_id(row.get("id")) or not enough(row):
        return None
    try:
        connector = ListedConnector(row, answer=page.answer)
        return Reading(connector.id, connector)
    except Unreachable:
        return None


def is_id(value: object) -> bool:
    """Check an id from a list like one from a variable, because it is used in URLs and file names."""
    try:
        return isinstance(value, str) and bool(IDENTIFIER.parse(value))
    except ValueError:
        return False


def enough(row: Row) -> bool:
    """Return whether a row has all fields for a verdict. Lists may lack timestamps and ``rescheduled_for``."""
    status = row.get("status")
    if not isinstance(status, Mapping):
        return False
    if status.get("sync_state") == "rescheduled":
        return "rescheduled_for" in status
    return status.get("sync_state") == "syncing" or "succeeded_at" in row or "failed_at" in row
