"""Every connection with its last job: who is in trouble first."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from shared.airbyte.api import Api
from shared.airbyte.job import Connection, Connections, Job
from shared.errors import CredentialsRefused, SlipwayError, Unreachable
from shared.listing import malformed
from shared.parallel import side_by_side
from shared.program.run import Run

AT_ONCE = 8
_TROUBLE = ("locked", "deprecated", "inactive")
_BAD_ENDS = ("failed", "cancelled")


class Row(NamedTuple):
    """A connection and its newest job; ``problem`` says why that is not known."""

    connection: Connection
    job: Job | None
    problem: str | None = None

    @property
    def severity(self) -> tuple[int, str]:
        """What a list begins with: failed, then no longer syncing, never synced, running, in order."""
        status = self.job.status if self.job else ""
        if self.problem:
            return 0, self.connection.name
        if self.connection.status != "active":
            return 2, self.connection.name
        return (1 if status in _BAD_ENDS else 5 if status == "succeeded" else 4 if status else 3), self.connection.name

    def facts(self) -> dict[str, Any]:
        """The row as the result line has it."""
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
    """The connections of a list; malformed rows are said once. Raises Unreachable where there is nothing else."""
    if listed.malformed:
        run.say(f"Slipway: warning: {malformed(list(listed.malformed), listed.read)}")
    if listed.malformed and not listed.found:
        raise Unreachable("Airbyte: no row of this list is a connection; is this an Airbyte API?")
    return list(listed.found.values())


def rows(api: Api, connections: Sequence[Connection]) -> list[Row]:
    """Each connection's newest job, some asked for at once; those in trouble first.

    One that cannot be read is a row with a problem; credentials that are refused end the whole.
    """
    found = side_by_side(connections, lambda connection: _row(api, connection), AT_ONCE, grace=0.0)
    return sorted(found, key=lambda row: (row.severity, row.connection.id))


def _row(api: Api, connection: Connection) -> Row:
    try:
        jobs, _ = api.list_jobs(connection.id, 1)
    except CredentialsRefused:
        raise
    except SlipwayError as error:
        return Row(connection, None, error.message)
    return Row(connection, jobs[0] if jobs else None)


def counts(found: Iterable[Row]) -> dict[str, dict[str, int]]:
    """How many there are of each state, and of each state of the last job."""
    by_status: dict[str, int] = {}
    by_job: dict[str, int] = {}
    for row in found:
        by_status[row.connection.status] = by_status.get(row.connection.status, 0) + 1
        last = row.job.status if row.job else "unknown" if row.problem else "none"
        by_job[last] = by_job.get(last, 0) + 1
    return {"by_status": by_status, "by_last_job": by_job}
