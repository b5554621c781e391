"""The record of a started job, and its files.

The pickle ``variables/{run_id}_sync.pickle`` (``sync.pickle`` without a run id) is for other programs:
``[connection_id, job_id, execution_time]``. The official blueprints' ``variables/sync_response.pickle`` (the job id) is
written too, so that their check can follow our trigger. The sidecar ``variables/{run_id}_sync.json``
(``{connection_id}_sync.json``) is Slipway's own. It has the complete record, also of a refused trigger.

Several connections have one sidecar and one pickle, each with a list, and a write-ahead log beside the sidecar while
they are being triggered (``shared.batch.records``).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import chain
from typing import Any, NamedTuple

from shared import timestamps
from shared.airbyte.job import Job, is_job_id
from shared.airbyte.settings import UUID
from shared.artifacts.files import Artifacts
from shared.artifacts.many_records import MOST_RECORDS
from shared.artifacts.record_store import ACCEPTED, FOLDER, STARTED, STATES, Records, is_moment, unpickled, young
from shared.errors import ArtifactUnusable
from shared.program.run import Run

OFFICIAL = "sync_response.pickle"
SCHEMA = 1
CLOCKS_APART = timedelta(minutes=2)
"""A job that was created longer than this before the request is not its own, even if the list that was read before it
did not show that job: a list may lag."""


class Record(NamedTuple):
    """One trigger.

    ``last_job_id``: the connection's newest job before the request. ``streams``: the only streams of the job, as the
    user named them; () means all. ``connection_id`` and ``execution_time`` are None if only a job id is known.
    """

    connection_id: str | None
    execution_time: datetime | None
    state: str = ACCEPTED
    job_id: int | None = None
    kind: str = "sync"
    last_job_id: int = 0
    streams: tuple[str, ...] = ()

    @property
    def subject(self) -> str | None:
        """The connection's id. See ``record_shape.Record``."""
        return self.connection_id

    def in_state(self, state: str) -> "Record":
        return self._replace(state=state)

    @property
    def started(self) -> bool:
        """Whether the request was sent, or may have been."""
        return self.state in STARTED

    @property
    def is_queued(self) -> bool:
        """Whether this is a refresh that Airbyte accepted without a job: it becomes the connection's next sync."""
        return self.state == ACCEPTED and self.job_id is None

    def job_among(self, jobs: Iterable[Job]) -> Job | None:
        """Return the job that this trigger started; if its answer was lost, the first that it may have started.

        The first, because a connection runs one job at a time: later ones are its schedule's or somebody else's.
        """
        if self.job_id is not None:
            return next((job for job in jobs if job.id == self.job_id), None)
        since = (job for job in jobs if job.id > self.last_job_id and job.is_a(self.kind) and self.precedes(job))
        return min(since, key=lambda job: job.id, default=None)

    def precedes(self, job: Job) -> bool:
        """Return whether a job was not created before the request, as far as two clocks can tell."""
        if job.created_at is None or self.execution_time is None:
            return True
        return job.created_at >= self.execution_time - CLOCKS_APART

    def answers_retry(self, now: datetime | None) -> bool:
        """Return whether a retry of the same run looks for this record's job before it triggers again.

        ``now`` is the server's clock. Without it the record counts as young, and the job decides.
        """
        return self.started and young(self, now)


def newest(jobs: Iterable[Job]) -> Job | None:
    """Return the newest job, None if there is none. Newer jobs have higher ids."""
    return max(jobs, key=lambda job: job.id, default=None)


class JobShape:
    """The files of a job. See ``record_shape.Shape``."""

    stem = "sync"
    also: tuple[str, ...] = (OFFICIAL,)

    noun = "connections"

    def write(self, record: Record) -> Any:
        return {"schema": SCHEMA, **self.entry(record)}

    def entry(self, record: Record) -> Any:
        return {
            "connection_id": record.connection_id,
            "state": record.state,
            "execution_time": timestamps.write(record.execution_time),
            "job_id": record.job_id,
            "job_type": record.kind,
            "last_job_id": record.last_job_id,
            "streams": list(record.streams),
        }

    def read(self, sidecar: Any, log: Iterable[Any]) -> list[Record]:
        found = () if sidecar is None else sidecar["connections"] if self.noun in sidecar else (sidecar,)
        latest: dict[str | None, Record] = {}
        for one in chain(found, log):
            record = _record(one)
            latest[record.connection_id] = record
            if len(latest) > MOST_RECORDS:
                raise ValueError("too many records")
        return list(latest.values())

    def unsent(self, subject: str, now: datetime, state: str) -> Record | None:
        return Record(subject, now, state) if is_id(subject) else None

    def pickled_all(self, records: Iterable[Record]) -> list[Any]:
        """Return the pickle's content for many records, those whose job is known."""
        return [pickled[0] for record in records if (pickled := self.pickled(record))]

    def pickled(self, record: Record) -> Sequence[Any]:
        """Return the content of the two pickles, [] until the job is known."""
        if record.state != ACCEPTED or record.job_id is None:
            return []
        return [[record.connection_id, record.job_id, record.execution_time], record.job_id]

    def unpickle(self, value: Any) -> list[Record]:
        several = isinstance(value, list) and value and all(isinstance(one, list | tuple) for one in value)
        triples = value if several else [value]
        if not all(map(_is_triple, triples)):
            raise ValueError("[connection_id, job_id, execution_time]")
        return [Record(one[0].lower(), one[2].astimezone(timezone.utc), job_id=one[1]) for one in triples]

    def official(self, artifacts: Artifacts) -> list[Record]:
        """Read the official package's pickle, which has only the job id, as a number or a text."""
        value = unpickled(artifacts, OFFICIAL)
        if value is None:
            return []
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            value = int(value)
        if not is_job_id(value):
            raise ArtifactUnusable(f"{artifacts.path(FOLDER, OFFICIAL)} has no job id; remove it and trigger again")
        return [Record(None, None, job_id=value)]


JOB = JobShape()


def records_of(run: Run, connection_id: str) -> Records[Record]:
    """Return the record store of this run for one connection."""
    return Records(run.artifacts, JOB, run_id=run.run_id, subject=connection_id, say=run.say)


def _record(one: Any) -> Record:
    job_id, last_job_id = one["job_id"], one["last_job_id"]
    if one["state"] not in STATES or not isinstance(one["job_type"], str):
        raise ValueError("unknown state or type")
    if not (job_id is None or is_job_id(job_id)) or type(last_job_id) is not int:
        raise ValueError("an id is a number")
    return Record(
        UUID.parse(one["connection_id"]),
        timestamps.parse(one["execution_time"]),
        one["state"],
        job_id,
        one["job_type"],
        last_job_id,
        tuple(map(str, one.get("streams", ()))),
    )


def is_id(text: str) -> bool:
    """Return whether this is a connection id in the form that ``_record`` accepts."""
    try:
        return UUID.parse(text) == text
    except ValueError:
        return False


def _is_triple(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 3 or not isinstance(value[0], str):
        return False
    try:
        UUID.parse(value[0])
    except ValueError:
        return False
    return is_job_id(value[1]) and is_moment(value[2])
