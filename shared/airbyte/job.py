"""Jobs and connections, in the same form for both APIs."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from shared.airbyte.settings import UUID
from shared.errors import Unreachable
from shared.http.response import Answer
from shared.redaction import one_line

RUNNING = frozenset({"pending", "queued", "running", "incomplete"})
"""Statuses of unfinished jobs. After a failed attempt a job is ``incomplete``; Airbyte then tries it again."""
ENDED = frozenset({"succeeded", "failed", "cancelled"})
SYNCING = frozenset({"sync", "refresh"})
"""Kinds of jobs that read from the source."""
EMPTYING = frozenset({"reset", "clear"})
"""Kinds of jobs that remove data. They are one kind with two names: the public API starts a reset for a clear."""


class Stream(NamedTuple):
    """One stream. The namespace is the source's schema, None if the source has none."""

    name: str
    namespace: str | None

    @property
    def title(self) -> str:
        """The name as users write it, such as ``public.orders``."""
        return f"{self.namespace}.{self.name}" if self.namespace else self.name

    @property
    def descriptor(self) -> dict[str, str]:
        """The JSON of the API."""
        namespace = {"streamNamespace": self.namespace} if self.namespace else {}
        return {"streamName": self.name, **namespace}


class NoJob(Unreachable):
    """A refresh was answered without a job. Airbyte does not say whether one will follow."""

    def __init__(self, source: Answer) -> None:
        super().__init__("the refresh was answered without a job", source, vendor="Airbyte")
        self.source = source


class Job(NamedTuple):
    """One job. ``kind`` is sync, reset, clear or refresh; ``updated_at`` is the time of its end, once it has ended.

    ``streams``: the streams that it is limited to, None if the API names none. ``rows`` and ``size`` (bytes): the
    amounts committed, None if the API does not say. ``failures``: sentences.
    """

    id: int
    connection_id: str
    status: str
    kind: str
    created_at: datetime | None = None
    updated_at: datetime | None = None
    rows: int | None = None
    size: int | None = None
    failures: tuple[str, ...] = ()
    streams: frozenset[Stream] | None = None
    read_from: Answer | None = None

    @property
    def answer(self) -> Answer:
        """The answer from which the job was read: its own or a list."""
        if self.read_from is None:
            raise LookupError(f"job {self.id} was read from no answer")
        return self.read_from

    @property
    def name(self) -> str:
        """A name such as ``sync job 42``."""
        return f"{self.kind} job {self.id}".lstrip()

    @property
    def running(self) -> bool:
        """Whether the job is not known to have ended. An unknown status counts as running."""
        return self.status not in ENDED

    def is_a(self, kind: str) -> bool:
        """Return whether the job is of this kind."""
        return self.kind == kind or {self.kind, kind} <= EMPTYING

    def facts(self) -> dict[str, Any]:
        """Return the job's fields for the result line."""
        return {
            "connection_id": self.connection_id,
            "job_id": self.id,
            "job_type": self.kind,
            "job_status": self.status,
            "job_created_at": self.created_at,
            "job_updated_at": self.updated_at,
            "succeeded_at": self.updated_at if self.status == "succeeded" else None,
            "rows_synced": self.rows,
            "bytes_synced": self.size,
        }


class JobPage(NamedTuple):
    """A page of jobs. ``following`` is the offset of the next one, None after the last."""

    jobs: list[Job]
    malformed: int
    following: int | None
    answer: Answer


class Connection(NamedTuple):
    """One connection. ``status`` is active, inactive, deprecated or locked; ``data`` is the API's object."""

    id: str
    name: str
    status: str
    workspace_id: str
    data: Mapping[str, Any]
    answer: Answer

    @property
    def tags(self) -> list[str]:
        """The names of its tags."""
        found = self.data.get("tags")
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
        return [one_line(row["name"], 100) for row in rows if isinstance(row.get("name"), str)]


def readable(rows: Iterable[Any], parse: Callable[[Any], Job]) -> list[Job]:
    """Return the jobs of a page. Malformed rows are skipped."""
    jobs = []
    for row in rows:
        with suppress(Unreachable):
            jobs.append(parse(row))
    return jobs


def about(job_id: int, job: Job) -> Job:
    """Return ``job`` if it is the one that was asked for. Raise Unreachable if it is another job."""
    if job.id != job_id:
        text = f"asked about job {job_id}, the API answered about job {job.id}"
        raise Unreachable(text, job.answer, vendor="Airbyte")
    return job


def of_connection(connection_id: str, jobs: list[Job], answer: Answer) -> list[Job]:
    """Return ``jobs``. Raise Unreachable if one is another connection's: a server that ignores the filter lists all."""
    for job in jobs:
        if job.connection_id and job.connection_id.lower() != connection_id.lower():
            text = f"asked about jobs of connection {connection_id}, the API answered about one of "
            raise Unreachable(text + one_line(job.connection_id, 60), answer, vendor="Airbyte")
    return jobs


def is_job_id(value: Any) -> bool:
    """Return whether a value is a job id that a later step can read from a file."""
    return type(value) is int and 0 < value < 10**18


def connection_of(found: Any, answer: Answer, wanted: str | None = None) -> Connection:
    """Parse a connection. Both APIs have the same fields. Raise Unreachable if it is not one, or not ``wanted``."""
    if not isinstance(found, Mapping) or not isinstance(found.get("connectionId"), str) or not found["connectionId"]:
        raise Unreachable("the answer has no connection; is this an Airbyte API?", answer, vendor="Airbyte")
    if wanted is not None and found["connectionId"].lower() != wanted.lower():
        text = f"asked about connection {wanted}, the API answered about {one_line(found['connectionId'], 60)}"
        raise Unreachable(text, answer, vendor="Airbyte")
    name, status, workspace_id = (one_line(str(found.get(key) or "")) for key in ("name", "status", "workspaceId"))
    return Connection(found["connectionId"], name, status, workspace_id, found, answer)


class Connections:
    """Connections without duplicates, and malformed rows by their position (from 1) in the list."""

    def __init__(self) -> None:
        self.found: dict[str, Connection] = {}
        self.malformed: dict[int, Any] = {}
        self.read = 0

    def add(self, rows: Iterable[Any], answer: Answer) -> bool:
        """Add a page's rows. Return whether any of them, even a malformed one, is new. A page that only repeats rows
        is not counted.
        """
        page = [(row, _connection(row, answer)) for row in rows]
        useless = list(self.malformed.values())
        if not any(row not in useless if one is None else one.id not in self.found for row, one in page):
            return False
        for row, one in page:
            self.read += 1
            if one is None:
                self.malformed[self.read] = row
            else:
                self.found.setdefault(one.id, one)
        return True


def _connection(row: Any, answer: Answer) -> Connection | None:
    """Parse a row. Return None if it is no connection or its id is no UUID, so that no later step could ask for it."""
    try:
        found = connection_of(row, answer)
        return found if UUID.parse(found.id) == found.id.lower() else None
    except (Unreachable, ValueError):
        return None


def count_of(value: Any) -> int | None:
    """Return a number of rows or bytes, None if it is not a number."""
    return value if type(value) is int else None
