"""One connector's outcome in a batch."""

from datetime import datetime
from typing import Any

from shared.batch import report
from shared.exit_codes import ExitCode
from shared.fivetran.connector import Connector
from shared.status import Status


class Row(report.Row):
    """One connector's outcome, with its most important fields."""

    __slots__ = ("execution_time", "failed_at", "schema", "service", "succeeded_at")
    vendor = "Fivetran"
    noun = "connector"
    columns = ("connector", "service", "schema", "status", "why")

    def __init__(self, connector_id: str, code: ExitCode, status: Status, reason: str) -> None:
        super().__init__(connector_id, code, status, reason)
        self.service = ""
        self.schema = ""
        self.succeeded_at: datetime | None = None
        self.failed_at: datetime | None = None
        self.execution_time: datetime | None = None

    @property
    def connector_id(self) -> str:
        return self.subject

    def about(self, connector: Connector | None, execution_time: datetime | None = None) -> "Row":
        """Add the connector's most important fields, and return this row."""
        if connector is not None:
            self.service, self.schema = connector.service, connector.schema
            self.succeeded_at, self.failed_at = connector.succeeded_at, connector.failed_at
        self.execution_time = execution_time or self.execution_time
        return self

    def facts(self) -> dict[str, Any]:
        return {
            "connector_id": self.subject,
            "service": self.service,
            "connector_schema": self.schema,
            "status": self.status,
            "exit_code": int(self.code),
            "reason": self.reason,
            "succeeded_at": self.succeeded_at,
            "failed_at": self.failed_at,
            "execution_time": self.execution_time,
            **(self.more or {}),
        }

    def cells(self) -> list[Any]:
        return [self.subject, self.service, self.schema, self.status, self.reason]
