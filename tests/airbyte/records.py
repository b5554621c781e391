"""Records of triggers, for tests that need no server."""

import pickle
from collections.abc import Sequence
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

from shared.airbyte.record import JOB, Record
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, Records

ONE = "749c19dc-4f97-4f30-bb0f-126e53506960"
TWO = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
SIX = datetime(2026, 11, 22, 6, tzinfo=timezone.utc)


def put(artifacts: Artifacts, name: str, value: Any) -> None:
    artifacts.write("variables", name, pickle.dumps(value))


ACCEPTED_ONE = Record(ONE, SIX, ACCEPTED, 42, "sync", 41)


def records(artifacts: Artifacts, run_id: str | None, connection_id: str) -> Records[Record]:
    """Return the record files of one run about one connection."""
    return Records(artifacts, JOB, run_id=run_id, subject=connection_id, say=lambda text: None)


def leave(artifacts: Artifacts, run_id: str | None, record: Record) -> None:
    """Write the files that a run leaves if it came as far as ``record``."""
    records(artifacts, run_id, str(record.connection_id)).write(record)


def step(artifacts: Artifacts, run_id: str | None = None, upstream: Sequence[str] = ()) -> Any:
    """Return an object with the parts of a ``Run`` that a lookup uses."""
    return SimpleNamespace(artifacts=artifacts, run_id=run_id, upstream_ids=list(upstream))
