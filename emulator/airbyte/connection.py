"""The state of one connection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from emulator import scenario as read
from emulator.airbyte.job import Outcome, read_outcome, read_start

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass
class Connection:
    """The fields of the APIs, then those that only the emulator has."""

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
    streams: list[str] = field(default_factory=lambda: ["users", "orders"])  # with a namespace: "public.users"
    tags: list[str] = field(default_factory=list)  # names

    outcomes: list[Outcome] = field(default_factory=list)  # of the next jobs
    default_outcome: Outcome = field(default_factory=Outcome)  # once the queue is empty
    refreshable: bool = True  # whether the destination can be refreshed
    refresh_streams: list[str] | None = None  # a refresh requested during a sync: the next sync becomes it; []: all


def stream_descriptor(name: str) -> dict[str, str]:
    """Return a stream's name, and its namespace if it has one: "public.users"."""
    namespace, dot, rest = name.partition(".")
    return {"name": rest, "namespace": namespace} if dot else {"name": name}


# Fields that a scenario or PATCH /_emulator/connectors/{id} may set. The status is free text, to test unknown ones.
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
    "tags": read.list_of(read.text),
    "refreshable": read.boolean,
    "outcomes": read.list_of(read_outcome),
    "default_outcome": read_outcome,
    "start": read_start,  # a job at once, as if somebody else had asked for it
}
