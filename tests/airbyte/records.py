"""Records of triggers, for tests that need no server."""

import pickle
from datetime import datetime, timezone
from typing import Any

from shared.airbyte.record import Trace
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED

ONE = "749c19dc-4f97-4f30-bb0f-126e53506960"
TWO = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
SIX = datetime(2026, 11, 22, 6, tzinfo=timezone.utc)


def put(artifacts: Artifacts, name: str, value: Any) -> None:
    artifacts.write("variables", name, pickle.dumps(value))


ACCEPTED_ONE = Trace(ONE, SIX, ACCEPTED, 42, "sync", 41)
