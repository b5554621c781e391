"""Connectors of a given age, and rows of the page made from them."""

from datetime import datetime, timedelta, timezone
from typing import Any

from shared import timestamps
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import freshness
from shared.fivetran.freshness.shown import judged
from shared.freshness.shown import Shown

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
HOUR = 3600.0

HOSTILE = [
    "<script>alert(1)</script>",
    "</script>",
    "a|b",
    "<img src=x onerror=alert(1)>",
    '"><b>',
    "`[x](javascript:1)",
]


def connector(hours_old: float | None = 1.0, now: datetime | None = NOW, **fields: Any) -> Connector:
    stamp = None if hours_old is None else timestamps.write(NOW - timedelta(hours=hours_old))
    status = {"setup_state": "connected", "sync_state": "scheduled", **fields.pop("status", {})}
    data = {"id": "a_b", "service": "s", "schema": "x", "sync_frequency": 60, "succeeded_at": stamp, "status": status}
    return Connector({**data, **fields}, now)


def rows(*schemas: str) -> list[Shown]:
    found = [connector(9.0, schema=schema, service=schema, group_id=schema) for schema in schemas]
    return [judged(one, freshness(one, HOUR)) for one in found]
