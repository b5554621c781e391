"""The state of one transformation and of its run, and of the project that it belongs to.

Documented at https://fivetran.com/docs/rest-api/api-reference/transformation-management.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from emulator import scenario as read
from emulator.clock import stamp_text
from emulator.fivetran.sync_lifecycle import Moment

TYPES = ("DBT_CORE", "QUICKSTART")
RESULTS = ("SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELED", "BLOCKED")
STATUSES = (
    "NEW",
    "SCHEDULING",
    "RUNNING",
    "TERMINATING",
    *RESULTS,
)
TERMINATING_SECONDS = 1.0


@dataclass
class TransformationRun:
    """A run, times by the emulator's clock. The old status is shown until `shows_at`."""

    shows_at: float
    ends_at: float
    result: str
    full_refresh: bool = False
    canceled: bool = False


@dataclass
class Project:
    """A dbt project. `created_at` is in seconds since the epoch."""

    id: str
    group_id: str
    created_at: float
    created_by_id: str = "interment_burdensome"
    status: str = "READY"
    project_config: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    setup_tests: list[dict[str, Any]] | None = None


@dataclass
class Transformation:
    """A transformation. Timestamps are seconds since the epoch."""

    id: str
    type: str = "DBT_CORE"
    status: str = "NEW"
    paused: bool = False
    created_at: float = 0.0
    created_by_id: str = "interment_burdensome"
    last_started_at: float | None = None
    last_ended_at: float | None = None
    group_id: str = "projected_sickle"
    project_id: str | None = None
    schedule: dict[str, Any] = field(default_factory=lambda: {"schedule_type": "INTERVAL", "interval": 1440})
    output_model_names: list[str] = field(default_factory=list)
    transformation_config: dict[str, Any] = field(default_factory=dict)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    default_outcome: dict[str, Any] = field(default_factory=lambda: {"result": "SUCCEEDED"})
    run: TransformationRun | None = None

    @property
    def follows(self) -> list[str]:
        """Return the connections whose syncs an integrated schedule waits for."""
        if self.paused or self.schedule.get("schedule_type") != "INTEGRATED":
            return []
        config = self.schedule if self.type == "DBT_CORE" else self.transformation_config
        found: list[str] = config.get("connection_ids") or []
        return found


def advance(one: Transformation, at: Moment) -> None:
    """Advance a transformation to the current time."""
    run = one.run
    if run is None:
        return
    if at.now >= run.shows_at:
        one.status = "TERMINATING" if run.canceled else "RUNNING"
        one.last_started_at = at.stamp(run.shows_at) if not run.canceled else one.last_started_at
    if at.now >= run.ends_at:
        one.status, one.last_ended_at, one.run = run.result, at.stamp(run.ends_at), None


def follow(one: Transformation, at: Moment, succeeded_at: Sequence[float | None]) -> None:
    """Start a run once each connection of an integrated schedule has succeeded since the last start."""
    since = max(one.created_at, one.last_started_at or 0.0)
    stamps = [stamp for stamp in succeeded_at if stamp is not None and stamp > since]
    if succeeded_at and len(stamps) == len(succeeded_at):
        start(one, at, full_refresh=False, when=max(stamps) - at.switches.stamp_skew)


def start(one: Transformation, at: Moment, full_refresh: bool, when: float | None = None) -> None:
    """Start a run, by default now, unless one is running already."""
    if one.run is None:
        when = at.now if when is None else when
        outcome = one.outcomes.pop(0) if one.outcomes else one.default_outcome
        shows_at = when + at.switches.transformation_delay
        ends_at = shows_at + outcome.get("seconds", at.sync_seconds)
        one.run = TransformationRun(shows_at, ends_at, outcome.get("result", "SUCCEEDED"), full_refresh)
        advance(one, at)


def cancel(one: Transformation, at: Moment) -> None:
    """Cancel the run, if there is one: TERMINATING for a second, then CANCELED."""
    if one.run is not None:
        one.run = TransformationRun(at.now, at.now + TERMINATING_SECONDS, "CANCELED", canceled=True)
        advance(one, at)


def transformation_response(one: Transformation, at: Moment) -> dict[str, Any]:
    """Return a transformation as the API shows it."""
    digits = at.switches.timestamp_digits
    ends = (one.last_started_at, one.last_ended_at)
    started, ended = (None if stamp is None else stamp_text(stamp, digits) for stamp in ends)
    return {
        "id": one.id,
        "status": one.status,
        "schedule": one.schedule,
        "type": one.type,
        "paused": one.paused,
        "created_at": stamp_text(one.created_at),
        "created_by_id": one.created_by_id,
        "last_started_at": started,
        "last_ended_at": ended,
        "output_model_names": one.output_model_names,
        "transformation_config": one.transformation_config,
    }


def read_outcome(where: str, value: Any) -> dict[str, Any]:
    """Check `{"result": "FAILED", "seconds": 2}`. A bare word is a result."""
    checks = {"result": read.one_of(*RESULTS), "seconds": read.seconds}
    return read.checked(where, {"result": value} if isinstance(value, str) else value, checks)


CHECKS: dict[str, read.Check] = {
    "type": read.one_of(*TYPES),
    "status": read.text,  # free text, to test unknown ones
    "paused": read.boolean,
    "created_at": read.moment,
    "last_started_at": read.optional(read.moment),
    "last_ended_at": read.optional(read.moment),
    "group_id": read.text,
    "project_id": read.optional(read.text),
    "schedule": read.any_object,
    "output_model_names": read.list_of(read.text),
    "transformation_config": read.any_object,
    "outcomes": read.list_of(read_outcome),
    "default_outcome": read_outcome,
}
