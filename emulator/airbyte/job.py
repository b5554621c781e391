"""Jobs and their attempts. A job's steps are fixed when it starts; its current status depends only on the time.

Statuses and transitions follow JobStatus.kt of airbytehq/airbyte-platform. A failed attempt makes a job `incomplete`;
the next attempt may be `pending` first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emulator import scenario as read

MOST_ATTEMPTS = 100
ENDED = ("succeeded", "failed", "cancelled")
KINDS = ("sync", "reset", "clear", "refresh")
JOB_TYPES = {"sync": "sync", "reset": "reset", "clear": "reset", "refresh": "refresh"}  # of the public API
CONFIG_TYPES = {"sync": "sync", "reset": "reset_connection", "clear": "clear", "refresh": "refresh"}


@dataclass
class Outcome:
    """How a job will run."""

    result: str = "succeeded"
    seconds: float | None = None  # duration of each attempt; None: the emulator's --sync-seconds
    pending: float = 0.0  # seconds in this state before each attempt
    queued: float = 0.0  # seconds between pending and running of each attempt
    failing: int = 0  # number of failed attempts before the last one
    incomplete: float = 0.0  # seconds in this state after each failed attempt
    message: str | None = None
    rows: int | None = 1000  # rows of a success; None: no statistics
    size: int | None = 64_000  # bytes of a success; None: no statistics
    status: str | None = None  # shown instead of "running"


class Step(NamedTuple):
    """The job has `status` from `at` on (seconds since the epoch)."""

    at: float
    status: str


@dataclass
class Job:
    """One job. `steps` are in chronological order; the last one is its end."""

    id: int
    connection_id: str
    kind: str
    created_at: float
    outcome: Outcome
    steps: list[Step] = field(default_factory=list)
    attempts: list[tuple[float, float, str]] = field(default_factory=list)  # start, end, status
    streams: list[str] = field(default_factory=list)  # limits a reset or refresh to some streams; empty: all

    def now(self, when: float) -> Step:
        """Return the job's step at a time."""
        return [step for step in self.steps if step.at <= when][-1]

    def status(self, when: float) -> str:
        """Return the job's status at a time."""
        return self.now(when).status

    def ended(self, when: float) -> bool:
        """Return whether the job has ended at a time."""
        return self.status(when) in ENDED

    def end(self, when: float, status: str) -> None:
        """End the job at `when` as cancelled or failed, unless it has ended by then."""
        if self.steps[-1].at <= when:
            return
        self.steps = [*(step for step in self.steps if step.at < when), Step(when, status)]
        self.attempts = [(start, min(end, when), "failed") for start, end, _ in self.attempts if start < when]


def start(job_id: int, connection_id: str, kind: str, when: float, outcome: Outcome, seconds: float) -> Job:
    """Return a job that is created at `when`; `seconds` is the default duration of an attempt."""
    job = Job(job_id, connection_id, kind, when, outcome)
    took = seconds if outcome.seconds is None else outcome.seconds
    at = when
    for attempt in range(outcome.failing + 1):
        last = attempt == outcome.failing
        if outcome.pending:
            job.steps.append(Step(at, "pending"))
            at += outcome.pending
        if outcome.queued:
            job.steps.append(Step(at, "queued"))
            at += outcome.queued
        job.steps.append(Step(at, outcome.status or "running"))
        ends = at + took
        good = last and outcome.result == "succeeded"
        job.attempts.append((at, ends, "succeeded" if good else "failed"))
        at = ends
        if not last:
            job.steps.append(Step(at, "incomplete"))
            at += outcome.incomplete
    job.steps.append(Step(at, outcome.result))
    return job


def read_outcome(where: str, value: Any) -> Outcome:
    """Check `{"result": "failed", "seconds": 2, "message": "..."}`. A bare word is a result."""
    if isinstance(value, str):
        value = {"result": value}
    return Outcome(**read.checked(where, value, OUTCOME))


def read_start(where: str, value: Any) -> tuple[str, Outcome]:
    """Check an outcome with a `kind`: a job to start at once."""
    found = dict(read.an_object(where, value))
    kind = read.one_of(*KINDS)(f"{where}.kind", found.pop("kind", "sync"))
    return kind, read_outcome(where, found)


OUTCOME: dict[str, read.Check] = {
    "result": read.text,  # free text, to test unknown statuses
    "seconds": read.optional(read.seconds),
    "pending": read.seconds,
    "queued": read.seconds,
    "failing": read.at_most(MOST_ATTEMPTS),
    "incomplete": read.seconds,
    "message": read.optional(read.text),
    "rows": read.optional(read.whole),
    "size": read.optional(read.whole),
    "status": read.optional(read.text),
}
