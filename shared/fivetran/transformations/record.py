"""The record of a started transformation, so that a retry of the same run joins it.

``variables/{run_id}_{transformation_id}_transformation.json`` has the transformation as read before the start, and the
state of the start. A run may start several transformations, so each has its own file. Without a run id a retry cannot
be recognised, and nothing is written.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared import timestamps
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, SENDING, STATES, UNKNOWN, Records, young
from shared.exit_codes import ExitCode
from shared.fivetran.stamps import SHOWS_WITHIN
from shared.fivetran.transformations.transformation import Transformation, started_since, verdict
from shared.program.run import Run

SCHEMA = 1


class TransformationRecord(NamedTuple):
    """One start. ``before``: the transformation as read before it. ``read_at``: the server's time then, or None."""

    state: str
    before: Transformation
    read_at: datetime | None

    @property
    def subject(self) -> str:
        """The transformation's id. See ``record_shape.Record``."""
        return self.before.id

    @property
    def execution_time(self) -> datetime | None:
        return self.read_at

    @property
    def is_queued(self) -> bool:
        return False

    def in_state(self, state: str) -> "TransformationRecord":
        return self._replace(state=state)

    def answers_retry(self, now: Transformation, read_at: datetime | None) -> bool:
        """Return whether a retry joins: the run is going on or has succeeded, and nothing indicates it is another's.

        A record's age is measured by the server's clock; without it only a run that is going on is joined.
        """
        ours = self.state == ACCEPTED or (self.state in (SENDING, UNKNOWN) and not self.before.is_running)
        if not ours or self.before.id != now.id:
            return False
        if self.read_at is None or read_at is None:
            return now.is_running
        succeeded = verdict(self.before, now).code == ExitCode.DONE
        return young(self, read_at) and (now.is_running or succeeded)

    def may_show_late(self, now: Transformation, read_at: datetime | None) -> bool:
        """Return whether the request may have arrived, or was accepted just now, and no reading shows that yet."""
        if self.before.is_running or self.before.id != now.id or started_since(self.before, now):
            return False
        if self.state == ACCEPTED:
            return self.read_at is not None and read_at is not None and read_at - self.read_at < SHOWS_WITHIN
        return self.state in (SENDING, UNKNOWN) and young(self, read_at)


class TransformationShape:
    """The file of a start. See ``record_shape.Shape``. There is no pickle."""

    stem = "transformation"
    also: tuple[str, ...] = ()

    def write(self, record: TransformationRecord) -> Any:
        before = record.before
        return {
            "schema": SCHEMA,
            "state": record.state,
            "read_at": timestamps.write(record.read_at),
            "before": {
                "id": before.id,
                "status": before.status,
                "last_started_at": timestamps.write(before.started_at),
                "last_ended_at": timestamps.write(before.ended_at),
            },
        }

    def read(self, sidecar: Any, log: Iterable[Any]) -> list[TransformationRecord]:
        if sidecar["state"] not in STATES:
            raise ValueError("unknown state")
        moment = sidecar["read_at"]
        read_at = None if moment is None else timestamps.parse(moment)
        return [TransformationRecord(sidecar["state"], Transformation(sidecar["before"], read_at=read_at), read_at)]

    def pickled(self, record: TransformationRecord) -> Sequence[Any]:
        return ()

    def unpickle(self, value: Any) -> list[TransformationRecord]:
        raise ValueError("record of a transformation")

    def official(self, artifacts: Artifacts) -> list[TransformationRecord]:
        return []


class NoRecords:
    """The store of a run without a run id, which keeps nothing. See ``shared.operation.Store``."""

    lock_name = None

    def read(self) -> TransformationRecord | None:
        return None

    def clear(self) -> None:
        """Do nothing: there is nothing to remove."""

    def write(self, record: TransformationRecord) -> None:
        """Do nothing."""


def records_of(run: Run, transformation_id: str) -> Records[TransformationRecord] | NoRecords:
    """Return the record store of this run for one transformation."""
    if not run.run_id:
        return NoRecords()
    owner = f"{run.run_id}_{transformation_id}"
    return Records(run.artifacts, TransformationShape(), run_id=owner, subject=transformation_id, say=run.say)
