"""Estimate when a connector's own schedule starts its next sync. Pure functions of the connection object.

The API does not say when. We assume ``sync_frequency`` minutes after the last sync, or ``daily_sync_time``. This is a
guess (``schedule-due`` in docs/unverified.md), so it only decides how long to wait for a start.
"""

import re
from datetime import datetime, timedelta, timezone

from shared.fivetran.connector import Connector
from shared.timestamps import latest

DAY = 1440
"""Minutes: the sync frequency that may have a time of day."""
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def due_at(connector: Connector) -> datetime | None:
    """Return when the next scheduled sync is due, None if the schedule is manual or the API does not show enough.

    Fivetran counts from a sync's start, but the API shows only its end, so the sync may start earlier than this.
    """
    last = latest(connector.succeeded_at, connector.failed_at)
    if connector.manual or last is None or connector.frequency is None:
        return None
    try:
        return _daily(connector, last) or last + timedelta(minutes=connector.frequency)
    except OverflowError:  # a stamp at the end of the calendar
        return None


def _daily(connector: Connector, last: datetime) -> datetime | None:
    """Return the first time of day of the schedule after ``last``, None if it has no time of day."""
    match = _TIME.fullmatch(str(connector.data.get("daily_sync_time") or ""))
    if match is None or connector.frequency != DAY:
        return None
    last = last.astimezone(timezone.utc)
    same_day = last.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    return same_day if same_day > last else same_day + timedelta(days=1)
