"""One connection's outcome in a batch."""

from datetime import datetime
from typing import Any

from shared.airbyte.job import Connection, Job
from shared.batch import report
from shared.exit_codes import ExitCode
from shared.status import Status

_OF_A_JOB = ("job_id", "job_type", "job_status", "succeeded_at", "rows_synced", "bytes_synced")


class Row(report.Row):
    """One connection's outcome, with its most important fields."""

    __slots__ = ("connection_name", "connection_status", "execution_time", "job")
    vendor = "Airbyte"
    noun = "connection"
    columns = ("connection", "name", "status", "why")

    def __init__(self, connection_id: str, code: ExitCode, status: Status, reason: str) -> None:
        super().__init__(connection_id, code, status, reason)
        self.connection_name = ""
        self.connection_status = ""
        self.job: dict[str, Any] = dict.fromkeys(_OF_A_JOB)
        self.execution_time: datetime | None = None

    def about(self, connection: Connection | None, job: Job | None = None) -> "Row":
        """Add the most important fields of the connection and its job."""
        if connection is not None:
            self.connection_name, self.connection_status = connection.name, connection.status
        if job is not None:
            facts = job.facts()
            self.job = {name: facts[name] for name in _OF_A_JOB}
        return self

    def facts(self) -> dict[str, Any]:
        return {
            "connection_id": self.subject,
            "connection_name": self.connection_name,
            "connection_status": self.connection_status,
            "status": self.status,
            "exit_code": int(self.code),
            "reason": self.reason,
            **self.job,
            "execution_time": self.execution_time,
            **(self.more or {}),
        }

    def cells(self) -> list[Any]:
        return [self.subject, self.connection_name, self.status, self.reason]
