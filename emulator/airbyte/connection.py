"""One connection and all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from emulator import scenario as read
from emulator.airbyte.job import Outcome, read_outcome, read_start


@dataclass
class Connection:
    """The fields of the details, then what only the emulator knows."""

    id: str
    name: str
    workspace_id: str
    source_id: str
    destination_id: str
    status: str = "active"
    status_reason: str | None = None
    schedule_type: str = "manual"  # manual, basic, cron
    cron: str | None = None
    hours: int | None = None  # of a basic schedule
    created_at: float = 0.0
    streams: list[str] = field(default_factory=lambda: ["users", "orders"])
    tags: list[dict[str, Any]] = field(default_factory=list)

    outcomes: list[Outcome] = field(default_factory=list)  # of the next jobs
    default_outcome: Outcome = field(default_factory=Outcome)  # once the queue is empty


# What a scenario or PATCH /_emulator/connectors/{id} may set. The status is free text: an unknown one is a test.
CHECKS: dict[str, read.Check] = {
    "name": read.text,
    "workspace_id": read.text,
    "status": read.text,
    "status_reason": read.optional(read.text),
    "schedule_type": read.text,
    "cron": read.optional(read.text),
    "hours": read.optional(read.whole),
    "created_at": read.moment,
    "streams": read.list_of(read.text),
    "outcomes": read.list_of(read_outcome),
    "default_outcome": read_outcome,
    "start": read_start,  # a job at once, as if somebody else had asked for it
}
