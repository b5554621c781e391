"""A job and a connection in the terms that decisions need, whichever of the two APIs described them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shared.errors import Unreachable
from shared.http.response import Answer
from shared.redaction import one_line

RUNNING = frozenset({"pending", "queued", "running", "incomplete"})
"""Not the end: an ``incomplete`` job had an attempt that failed and will be tried again, and may be pending again."""
ENDED = frozenset({"succeeded", "failed", "cancelled"})
SYNCING = frozenset({"sync", "refresh"})
"""What brings data."""
EMPTYING = frozenset({"reset", "clear"})
"""Two words for one thing: the public API does a reset where it is asked to clear."""


class Stream(NamedTuple):
    """One stream. The namespace is the source's schema, None where the source has none."""

    name: str
    namespace: str | None

    @property
    def title(self) -> str:
        """``public.orders``, as users write it."""
        return f"{self.namespace}.{self.name}" if self.namespace else self.name

    @property
    def descriptor(self) -> dict[str, str]:
        """As the API has it."""
        namespace = {"streamNamespace": self.namespace} if self.namespace else {}
        return {"streamName": self.name, **namespace}


class NoJob(Unreachable):
    """A refresh was answered without a job. Airbyte does not say whether one comes."""

    def __init__(self, source: Answer) -> None:
        super().__init__("Airbyte: the refresh was answered without a job", source)
        self.source = source


class Job(NamedTuple):
    """One job. ``kind`` is sync, reset, clear or refresh; ``updated_at`` is when it ended, once it has.

    ``streams`` are those that it is limited to, None where the API names none.
    ``rows`` and ``size`` (bytes) are those committed, None where the API says nothing. ``failures`` are sentences.
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
        """The answer that it was read from: one about the job, or a list."""
        assert self.read_from is not None, "who asks for the answer has read the job from one"
        return self.read_from

    @property
    def name(self) -> str:
        """``sync job 42``, as far as the API says what it does."""
        return f"{self.kind} job {self.id}".lstrip()

    @property
    def running(self) -> bool:
        """Not known to have ended: an unknown status is no end either."""
        return self.status not in ENDED

    def is_a(self, kind: str) -> bool:
        """True where the job does what ``kind`` asks for."""
        return self.kind == kind or {self.kind, kind} <= EMPTYING

    def facts(self) -> dict[str, Any]:
        """The fields that every result line has of a job."""
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


class Connection(NamedTuple):
    """One connection. ``status`` is active, inactive, deprecated or locked; ``data`` the API's own object."""

    id: str
    name: str
    status: str
    workspace_id: str
    data: Mapping[str, Any]
    answer: Answer


def is_job_id(value: Any) -> bool:
    """A number that a later step takes out of a file again."""
    return type(value) is int and 0 < value < 10**18


def connection_of(found: Any, answer: Answer) -> Connection:
    """A connection out of an answer: both APIs call these fields the same. Raises Unreachable where it is none."""
    if not isinstance(found, Mapping) or not isinstance(found.get("connectionId"), str) or not found["connectionId"]:
        raise Unreachable("Airbyte: the answer holds no connection; is this an Airbyte API?", answer)
    name, status, workspace_id = (one_line(str(found.get(key) or "")) for key in ("name", "status", "workspaceId"))
    return Connection(found["connectionId"], name, status, workspace_id, found, answer)


class Connections:
    """A list of connections, each once; what stood in it and is none, by its place there, counted from 1."""

    def __init__(self) -> None:
        self.found: dict[str, Connection] = {}
        self.malformed: dict[int, Any] = {}
        self.read = 0

    def add(self, rows: Iterable[Any], answer: Answer) -> bool:
        """Take a page's rows up. Returns whether there is anything in it that was not there before, be it malformed; a
        page that only repeats is not counted again.
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
    try:
        return connection_of(row, answer)
    except Unreachable:
        return None


def count_of(value: Any) -> int | None:
    """A number of rows or bytes, None where there is none."""
    return value if type(value) is int else None
