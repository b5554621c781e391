"""The jobs of all connections, by id and by connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from emulator.airbyte.job import Job

MOST_JOBS = 20_000  # number of jobs that are remembered, the newest ones


class Jobs:
    """Jobs in the order of their ids. A newer job has a higher id."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._by_id: dict[int, Job] = {}
        self._by_connection: dict[str, list[Job]] = {}
        self.next_id = 1
        for job in jobs:
            self.add(job)

    def add(self, job: Job) -> None:
        """Add the newest job, and forget the oldest one if there are too many."""
        self._by_id[job.id] = job
        self._by_connection.setdefault(job.connection_id, []).append(job)
        self.next_id = job.id + 1
        if len(self._by_id) > MOST_JOBS:
            oldest = self._by_id.pop(next(iter(self._by_id)))
            self._by_connection[oldest.connection_id].remove(oldest)

    def get(self, job_id: int) -> Job | None:
        """Return a job, None if there is none with that id."""
        return self._by_id.get(job_id)

    def of(self, connection_id: str) -> list[Job]:
        """Return a connection's jobs, newest first."""
        return self._by_connection.get(connection_id, [])[::-1]

    def newest_first(self) -> Iterator[Job]:
        """Yield all jobs, newest first."""
        return reversed(self._by_id.values())
