"""List connections with their newest job, those with problems first."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from shared.airbyte.api import Api
from shared.airbyte.job import Connection, Connections, Job
from shared.airbyte.newest_jobs import newest_jobs
from shared.errors import SlipwayError, Unreachable
from shared.listing import malformed
from shared.program.run import Run

_TROUBLE = ("locked", "deprecated", "inactive")
_BAD_ENDS = ("failed", "cancelled")


class Row(NamedTuple):
    """A connection and its newest job. ``problem`` says why the job is not known."""

    connection: Connection
    job: Job | None
    problem: str | None = None

    @property
    def severity(self) -> tuple[int, str]:
        """Sort key: unreadable, failed, disabled, never synced, running, succeeded."""
        status = self.job.status if self.job else ""
        if self.problem:
            return 0, self.connection.name
        if self.connection.status != "active":
            return 2, self.connection.name
        return (1 if status in _BAD_ENDS else 5 if status == "succeeded" else 4 if status else 3), self.connection.name

    def facts(self) -> dict[str, Any]:
        """Return the row's fields for the result line."""
        job = self.job
        return {
            "connection_id": self.connection.id,
            "name": self.connection.name,
            "status": self.connection.status,
            "workspace_id": self.connection.workspace_id,
            "job_id": job.id if job else None,
            "job_type": job.kind if job else None,
            "job_status": job.status if job else None,
            "job_created_at": job.created_at if job else None,
            "job_updated_at": job.updated_at if job else None,
            **({"problem": self.problem} if self.problem else {}),
        }


def usable(run: Run, listed: Connections) -> list[Connection]:
    """Return the connections of a list and report malformed rows. Raise Unreachable if all are malformed."""
    if listed.malformed:
        run.say(f"Slipway: warning: {malformed(list(listed.malformed), listed.read)}")
    if listed.malformed and not listed.found:
        raise Unreachable("no row of this list is a connection; is this an Airbyte API?", vendor="Airbyte")
    return list(listed.found.values())


def rows(run: Run, api: Api, connections: Sequence[Connection]) -> list[Row]:
    """Read each connection's newest job. Return the rows sorted, problems first.

    If a job cannot be read, its row has a problem. Refused credentials end the list.
    """
    jobs = newest_jobs(api, connections, run.say)
    found = [_row(one, jobs[one.id]) for one in connections]
    return sorted(found, key=lambda row: (row.severity, row.connection.id))


def _row(connection: Connection, job: Job | SlipwayError | None) -> Row:
    return Row(connection, None, job.message) if isinstance(job, SlipwayError) else Row(connection, job)


def counts(found: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Count the connections by their status, and by the status of their last job."""
    by_status: dict[str, int] = {}
    by_job: dict[str, int] = {}
    for row in found:
        by_status[row.connection.status] = by_status.get(row.connection.status, 0) + 1
        last = row.job.status if row.job else "unknown" if row.problem else "none"
        by_job[last] = by_job.get(last, 0) + 1
    return {"by_status": by_status, "by_last_job": by_job}
