"""The state of both vendors between two requests, and the ids in it. See ``World``."""

from collections import Counter
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

CONNECTOR, GROUP, TRANSFORMATION = "speak_inexpensive", "projected_sickle", "reluctant_harvest"
REPOSITORY = "git@example.com:dbt.git"
CONNECTION, WORKSPACE = "749c19dc-4f97-4f30-bb0f-126e53506960", "cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"
CREATED = "handmade_widget"
MANY = (CONNECTOR, "ledger_of_boats", "windy_orchard")
CONNECTIONS = (CONNECTION, "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f", "c2a9f0b4-1d3e-4f68-a7b9-8e6d5c4b3a21")
JOBS = dict(zip(CONNECTIONS, (1007, 1017, 1027), strict=True))
"""The last job of each connection before the run. A job that a sync starts has the next number."""
SYNC_SECONDS = 20.0
START = datetime(2026, 6, 1, 12, 0, 0, 250_000, timezone.utc)
_READS = ("/connections/get", "/connections/list", "/jobs/list", "/jobs/get", "/jobs/get_light", "/token", "/health")
_READS += ("/jobs/get_without_logs", "/jobs/get_last_replication_job", "/workspaces/get", "/web_backend/")
Answer = tuple[int, Any]


class State:
    """What was started, paused, created or deleted, and the time.

    ``ahead``: the seconds that sleeps have taken, because no other time passes. ``lists_all``: Airbyte lists the jobs
    of all connections.
    """

    def __init__(self) -> None:
        self.ahead = 0.0
        self.started: datetime | None = None
        self.syncs: dict[str, datetime] = {}
        self.paused: set[str] = set()
        self.running_before = self.many = self.lists_all = False
        self.deleted = self.created = self.cancelled = False
        self.disabled = False
        self.effects: Counter[str] = Counter()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.ahead)

    @property
    def date(self) -> str:
        return format_datetime(self.now().replace(microsecond=0), usegmt=True)

    @property
    def ended(self) -> datetime | None:
        """The time at which what was triggered ended, None before."""
        return self._end(max(self.syncs.values(), default=self.started))

    def _end(self, started: datetime | None) -> datetime | None:
        end = started + timedelta(seconds=SYNC_SECONDS) if started else None
        return end if end and end <= self.now() else None

    @staticmethod
    def writes(method: str, path: str) -> bool:
        """Return whether a request changes something."""
        if path.startswith("/v1"):
            return method != "GET"
        return method != "GET" and not any(part in path for part in _READS)
