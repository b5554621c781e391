"""Connections in the form of the API, for tests without a server."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import Records
from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC
from shared.timestamps import write

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=timezone.utc)
STATUS = ("setup_state", "sync_state", "schema_status", "rescheduled_for", "tasks", "warnings", "is_historical_sync")


def at(seconds: float) -> datetime:
    """Return the time that is so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def connection(**fields: Any) -> dict[str, Any]:
    """Return ``data`` of a connection's details. Times become texts; a field with the value ``...`` is left out."""
    given = {
        "id": "speak_inexpensive",
        "service": "postgres",
        "schema": "shop",
        "group_id": "projected_sickle",
        "paused": False,
        "schedule_type": "manual",
        "sync_frequency": 360,
        "succeeded_at": None,
        "failed_at": None,
        "setup_state": "connected",
        "sync_state": "scheduled",
        "rescheduled_for": None,
        "tasks": [],
        "warnings": [],
        **fields,
    }
    plain = {key: write(one) if isinstance(one, datetime) else one for key, one in given.items() if one is not ...}
    status = {key: plain.pop(key) for key in STATUS if key in plain}
    return {**plain, "status": status}


def connector(read_at: datetime | None = NOON, **fields: Any) -> Connector:
    return Connector(connection(**fields), read_at)


def records(artifacts: Artifacts, run_id: str | None, connector_id: str = "speak_inexpensive") -> Records[Record]:
    """Return the record files of one run about one connector."""
    return Records(artifacts, FORCE_SYNC, run_id=run_id, subject=connector_id, say=lambda text: None)


def leave(artifacts: Artifacts, run_id: str | None, record: Record) -> None:
    """Write the files that a run leaves if it came as far as ``record``."""
    records(artifacts, run_id, record.connector_id).write(record)


def step(artifacts: Artifacts, run_id: str | None = None, upstream: Sequence[str] = ()) -> Any:
    """Return an object with the parts of a ``Run`` that a lookup uses."""
    return SimpleNamespace(artifacts=artifacts, run_id=run_id, upstream_ids=list(upstream))
