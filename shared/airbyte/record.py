"""What a trigger leaves behind for the step that asks how it went.

The pickle ``variables/{run_id}_sync.pickle`` (``sync.pickle`` without a run id) is the contract:
``[connection_id, job_id, execution_time]``. The official blueprints' ``variables/sync_response.pickle``, the bare job
id, is left too, so that theirs can follow ours. The sidecar ``variables/{run_id}_sync.json``
(``{connection_id}_sync.json``) is Slipway's own and says everything, also what was not accepted.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any, NamedTuple

from shared import timestamps
from shared.airbyte.job import Job, is_job_id
from shared.airbyte.settings import UUID
from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import (
    ACCEPTED,
    FOLDER,
    SENDING,
    STARTED,
    STATES,
    UNKNOWN,
    YOUNG,
    is_moment,
    replaces,
    sidecar,
    unpickled,
)
from shared.errors import ArtifactUnusable

SIDECAR = "_sync.json"
PICKLE = "sync.pickle"
OFFICIAL = "sync_response.pickle"
SCHEMA = 1


class Trace(NamedTuple):
    """One trigger. ``last_job_id`` is the connection's newest job before it: what is newer may be ours.

    ``connection_id`` and ``execution_time`` are None where only a job id is known.
    """

    connection_id: str | None
    execution_time: datetime | None
    state: str = ACCEPTED
    job_id: int | None = None
    kind: str = "sync"
    last_job_id: int = 0

    @property
    def started(self) -> bool:
        """False where the trigger was refused or never sent."""
        return self.state in STARTED

    def job_among(self, jobs: Iterable[Job]) -> Job | None:
        """The job that this trigger started, or the newest that it may have started where its answer was lost."""
        if self.job_id is not None:
            return next((job for job in jobs if job.id == self.job_id), None)
        return newest(job for job in jobs if job.id > self.last_job_id and job.is_a(self.kind))

    def answers_retry(self, kind: str, now: datetime | None) -> bool:
        """True where a retry of the same run should look for this trace's job before it triggers anew.

        The age is told by the server's clock; without that it counts as young, since the job itself decides.
        """
        sent = self.state in (ACCEPTED, SENDING, UNKNOWN) and self.kind == kind
        return sent and (now is None or self.execution_time is None or now - self.execution_time < YOUNG)


def newest(jobs: Iterable[Job]) -> Job | None:
    """The newest: ids grow."""
    return max(jobs, key=lambda job: job.id, default=None)


class Traces:
    """The files of one run."""

    def __init__(
        self, artifacts: Artifacts, run_id: str | None, say: Callable[[str], None] = lambda text: None
    ) -> None:
        self.artifacts = artifacts
        self.run_id = run_id
        self.say = say

    def sidecar_name(self, connection_id: str) -> str:
        return f"{self.run_id or connection_id}{SIDECAR}"

    @property
    def pickle_name(self) -> str:
        return f"{self.run_id}_{PICKLE}" if self.run_id else PICKLE

    def read(self, connection_id: str) -> Trace | None:
        """This run's own trace of the connection, from an earlier try. Without a run id there is no telling a retry.

        That the file is about another is said: it is read before it is replaced.
        """
        if self.run_id is None:
            return None
        name = self.sidecar_name(connection_id)
        found = read_sidecar(self.artifacts, name)
        if found is None or found.connection_id == connection_id:
            return found
        theirs = [str(found.connection_id)]
        self.say(replaces(self.artifacts.path(FOLDER, name), theirs, connection_id, self.run_id))
        return None

    def clear(self, connection_id: str) -> None:
        """Yesterday's files must not answer for today's failure."""
        for name in (self.pickle_name, OFFICIAL, self.sidecar_name(connection_id)):
            self.artifacts.remove(FOLDER, name)

    def write(self, trace: Trace) -> None:
        """The sidecar; both pickles too, once the job is known."""
        text = json.dumps(_entry(trace), indent=2) + "\n"
        self.artifacts.write(FOLDER, self.sidecar_name(str(trace.connection_id)), text.encode())
        if trace.state == ACCEPTED:
            content = pickles.dumps([trace.connection_id, trace.job_id, trace.execution_time])
            self.artifacts.write(FOLDER, self.pickle_name, content)
            self.artifacts.write(FOLDER, OFFICIAL, pickles.dumps(trace.job_id))


def _entry(trace: Trace) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "connection_id": trace.connection_id,
        "state": trace.state,
        "execution_time": timestamps.write(trace.execution_time),
        "job_id": trace.job_id,
        "job_type": trace.kind,
        "last_job_id": trace.last_job_id,
    }


def read_sidecar(artifacts: Artifacts, name: str) -> Trace | None:
    """The trace of a sidecar, None where there is none. Raises ArtifactUnusable where it is damaged."""
    return sidecar(artifacts, name, _trace)


def _trace(found: Any) -> Trace:
    job_id, last_job_id = found["job_id"], found["last_job_id"]
    if found["state"] not in STATES or not isinstance(found["job_type"], str):
        raise ValueError("unknown state or type")
    if not (job_id is None or is_job_id(job_id)) or type(last_job_id) is not int:
        raise ValueError("an id is a number")
    return Trace(
        UUID.parse(found["connection_id"]),
        timestamps.parse(found["execution_time"]),
        found["state"],
        job_id,
        found["job_type"],
        last_job_id,
    )


def read_pickle(artifacts: Artifacts, name: str) -> Trace | None:
    """The trace of a contract pickle, None where there is none. Raises ArtifactUnusable where it is anything else."""
    value = unpickled(artifacts, name)
    if value is None:
        return None
    if not _is_trace(value):
        where = artifacts.path(FOLDER, name)
        raise ArtifactUnusable(f"{where} holds no [connection_id, job_id, execution_time]; remove it and trigger again")
    return Trace(value[0].lower(), value[2].astimezone(timezone.utc), job_id=value[1])


def _is_trace(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 3 or not isinstance(value[0], str):
        return False
    try:
        UUID.parse(value[0])
    except ValueError:
        return False
    return is_job_id(value[1]) and is_moment(value[2])


def read_official(artifacts: Artifacts) -> Trace | None:
    """The official package's pickle: the bare job id, as a number or as text. None where there is none."""
    value = unpickled(artifacts, OFFICIAL)
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    if not is_job_id(value):
        raise ArtifactUnusable(f"{artifacts.path(FOLDER, OFFICIAL)} holds no job id; remove it and trigger again")
    return Trace(None, None, job_id=value)
