"""What starting a transformation leaves behind, so that a retry of the same run joins it instead of starting it anew.

``variables/{run_id}_{transformation_id}_transformation.json``: the transformation as read before the start, and what
became of the start. One step may start several under its run id, so each has a file of its own. Without a run id there
is no telling a retry, and nothing is left.
"""

import json
from datetime import datetime
from typing import Any, NamedTuple

from shared import timestamps
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, FOLDER, SENDING, UNKNOWN, YOUNG, sidecar
from shared.exit_codes import ExitCode
from shared.fivetran.transformations.transformation import Transformation, started_since, verdict

SIDECAR = "_transformation.json"
SCHEMA = 1


class TransformationTrace(NamedTuple):
    """``before`` is the transformation as it was, ``read_at`` the server's clock then, if it said."""

    state: str
    before: Transformation
    read_at: datetime | None

    def answers_retry(self, now: Transformation, read_at: datetime | None) -> bool:
        """Whether a retry should join: the run goes on or has succeeded since, and it is sure enough that it is ours.

        The age is told by the server's clock; where that is not to be had, only a run that goes on is joined.
        """
        ours = self.state == ACCEPTED or (self.state in (SENDING, UNKNOWN) and not self.before.going_on)
        if not ours or self.before.id != now.id:
            return False
        if self.read_at is None or read_at is None:
            return now.going_on
        succeeded = verdict(self.before, now).code == ExitCode.DONE
        return read_at - self.read_at < YOUNG and (now.going_on or succeeded)

    def may_show_late(self, now: Transformation, read_at: datetime | None) -> bool:
        """Whether its request may have arrived though nothing shows that yet: it was sent by this very run."""
        old = self.read_at is not None and read_at is not None and read_at - self.read_at >= YOUNG
        sent = self.state in (SENDING, UNKNOWN) and not self.before.going_on and self.before.id == now.id
        return sent and not old and not started_since(self.before, now)


class TransformationTraces:
    """The file of one run about one transformation."""

    def __init__(self, artifacts: Artifacts, run_id: str | None, transformation_id: str) -> None:
        self.artifacts = artifacts
        self.name = f"{run_id}_{transformation_id}{SIDECAR}" if run_id else None

    def read(self) -> TransformationTrace | None:
        """An earlier try's trace. Raises ArtifactUnusable where the file is damaged."""
        return sidecar(self.artifacts, self.name, _trace) if self.name else None

    def write(self, trace: TransformationTrace) -> None:
        if self.name is None:
            return
        before = trace.before
        entry = {
            "schema": SCHEMA,
            "state": trace.state,
            "read_at": timestamps.write(trace.read_at),
            "before": {
                "id": before.id,
                "status": before.status,
                "last_started_at": timestamps.write(before.started_at),
                "last_ended_at": timestamps.write(before.ended_at),
            },
        }
        self.artifacts.write(FOLDER, self.name, (json.dumps(entry, indent=2) + "\n").encode())

    def clear(self) -> None:
        """Yesterday's file must not answer for today's failure."""
        if self.name:
            self.artifacts.remove(FOLDER, self.name)


def _trace(entry: dict[str, Any]) -> TransformationTrace:
    moment = entry["read_at"]
    read_at = None if moment is None else timestamps.parse(moment)
    return TransformationTrace(str(entry["state"]), Transformation(entry["before"]), read_at)
