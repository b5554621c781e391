"""When a connector's next sync is due by its schedule: a table."""

from typing import Any

import pytest

from shared.fivetran.connector import Connector
from shared.fivetran.next_sync import due_at
from shared.timestamps import write
from tests.fivetran.samples import connection

AUTO = {"schedule_type": "auto", "sync_frequency": 60, "succeeded_at": "2026-11-22T12:00:00Z"}
DAILY = {**AUTO, "sync_frequency": 1440}


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, "2026-11-22T13:00"),
        ({"failed_at": "2026-11-22T12:30:00Z"}, "2026-11-22T13:30"),
        ({"failed_at": "2026-11-22T11:30:00Z"}, "2026-11-22T13:00"),
        ({"succeeded_at": None, "failed_at": "2026-11-22T12:30:00Z"}, "2026-11-22T13:30"),
        ({"succeeded_at": None}, None),
        ({"succeeded_at": ...}, None),
        ({"schedule_type": "manual"}, None),
        ({"sync_frequency": "60"}, None),
        ({"sync_frequency": 0}, None),
        ({"daily_sync_time": "03:00"}, "2026-11-22T13:00"),
        ({"succeeded_at": "9999-12-31T23:59:00Z"}, None),
        (DAILY, "2026-11-23T12:00"),
        ({**DAILY, "daily_sync_time": "03:00"}, "2026-11-23T03:00"),
        ({**DAILY, "daily_sync_time": "13:30"}, "2026-11-22T13:30"),
        ({**DAILY, "daily_sync_time": "12:00"}, "2026-11-23T12:00"),
        ({**DAILY, "daily_sync_time": "24:00"}, "2026-11-23T12:00"),
        ({**DAILY, "daily_sync_time": ["03:00"]}, "2026-11-23T12:00"),
        ({**DAILY, "daily_sync_time": "03:00", "succeeded_at": "9999-12-31T23:59:00Z"}, None),
    ],
)
def test_it_is_counted_from_the_last_end_or_is_the_time_of_day(fields: dict[str, Any], due: str | None) -> None:
    found = write(due_at(Connector(connection(**{**AUTO, **fields}))))
    assert (found and found[:16]) == due
