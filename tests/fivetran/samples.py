"""Connections as the API writes them, for tests that need no server."""

from datetime import datetime, timedelta, timezone
from typing import Any

from shared.fivetran.connector import Connector
from shared.timestamps import write

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=timezone.utc)
STATUS = ("setup_state", "sync_state", "rescheduled_for", "tasks", "warnings", "is_historical_sync")


def at(seconds: float) -> datetime:
    """That many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def connection(**fields: Any) -> dict[str, Any]:
    """``data`` of the details; moments are written out, and a field that is ``...`` is left out."""
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
