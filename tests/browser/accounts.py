"""Accounts of any size for the freshness page: connectors in every condition, judged as check_freshness does."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from shared import timestamps
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import freshness
from shared.fivetran.freshness.shown import judged
from shared.freshness.judgement import Freshness
from shared.freshness.shown import Shown

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
REVOKED = {"code": "reconnect", "message": "Reconnect", "details": "The access token has been revoked"}
HOUR = 1.0
SPECIAL: list[tuple[str, str, float | None, dict[str, Any]]] = [
    ("shop", "postgres", 0.6, {}),
    ("github", "github", 96.0, {"status": {"setup_state": "broken", "tasks": [REVOKED]}}),
    ("google_ads", "google_ads", 216.0, {"paused": True}),
    ("hubspot", "hubspot", None, {"schedule_type": "manual"}),
    ("partner_files.daily", "s3", 48.0, {"failed_at": "2026-11-22T10:30:00Z"}),
    ("facebook_ads", "facebook_ads", 24.0, {"status": {"sync_state": "rescheduled"}}),
    ("erp", "sql_server_rds", 9.0, {"schedule_type": "manual"}),
    ("google_analytics_4", "google_analytics_4", None, {"status": {"setup_state": "incomplete"}}),
    ("billing", "mysql", 20.0, {"status": {"sync_state": "syncing"}}),
    ("salesforce", "salesforce", 0.3, {"paused": True}),
    ("events_of_a_warehouse_with_a_long_name_that_goes_on_and_on", "kafka", 3.0, {"sync_frequency": None}),
    ("stripe", "stripe", 0.1, {"status": {"sync_state": "syncing"}}),
    ("zendesk", "zendesk", 5.0, {"sync_frequency": 360, "status": {"update_state": "delayed"}}),
    ("targets.quarterly", "google_sheets", 10.0, {"sync_frequency": 1440}),
]


def account(count: int) -> list[Shown]:
    """Return ``count`` connectors, the worst first: fourteen with a problem, then nine of ten fresh."""
    found = [(one, freshness(one, None)) for one in islice(_connectors(), count)]
    return [judged(*one) for one in sorted(found, key=_badness)]


def _badness(one: tuple[Connector, Freshness]) -> tuple[bool, float]:
    found = one[1]
    return found.status == "fresh", -(found.share if found.share is not None else float("inf"))


def _connectors() -> Iterator[Connector]:
    for number, (schema, service, hours, fields) in enumerate(SPECIAL):
        yield connector(number, schema, service, hours, **fields)
    number = len(SPECIAL)
    while True:
        yield connector(number, f"orders_{number:04}", "mysql", 30.0 if number % 10 == 0 else 0.5 + number % 50 / 100)
        number += 1


def connector(number: int, schema: str, service: str, hours: float | None, **fields: Any) -> Connector:
    stamp = None if hours is None else timestamps.write(NOW - timedelta(hours=hours))
    status = {"setup_state": "connected", "sync_state": "scheduled", **fields.pop("status", {})}
    data = {
        "id": f"amber_{number:04}",
        "service": service,
        "schema": schema,
        "group_id": ("Warehouse", "Marketing")[number % 2],
    }
    data |= {"sync_frequency": 60, "succeeded_at": stamp, "status": status, **fields}
    return Connector(data, NOW)
