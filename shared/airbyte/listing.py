"""Every connection with its last job: who is in trouble first."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from shared.airbyte.api import Api
from shared.airbyte.job import Connection, Connections, Job
from shared.errors import CredentialsRefused, SlipwayError, Unreachable
from shared.listing import malformed
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
    found = _at_once(lambda connection: _row(api, connection), connections)
    return sorted(found, key=lambda row: row.severity)


def _at_once(work: Callable[[Connection], Row], connections: Sequence[Connection]) -> list[Row]:
    """``work`` on each, several at a time; the first failure ends all. Daemons, so that SIGTERM need not wait."""
    found: dict[int, Row] = {}
    failures: list[BaseException] = []
    todo = iter(enumerate(connections))
    lock = threading.Lock()

    def run() -> None:
        while not failures:
            with lock:
                index, connection = next(todo, (-1, None))
            if connection is None:
                return
            try:
                found[index] = work(connection)
            except BaseException as error:  # handed to the caller, who raises it
                failures.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(min(AT_ONCE, len(connections)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [found[index] for index in sorted(found)]


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
