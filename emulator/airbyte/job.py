"""A job and its attempts. Its whole course is fixed when it starts; what it is now depends on the time alone.

Statuses and the ways between them: Airbyte's JobStatus. An attempt that fails makes a job `incomplete`; it is tried
again and may be `pending` in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emulator import scenario as read

MOST_ATTEMPTS = 100
ENDED = ("succeeded", "failed", "cancelled")
KINDS = ("sync", "reset", "clear", "refresh")
CONFIG_TYPES = {"sync": "sync", "reset": "reset_connection", "clear": "clear", "refresh": "refresh"}


@dataclass
class Outcome:
    """How a job goes. With `failing` attempts before the last one each takes `seconds` too."""

    result: str = "succeeded"
    seconds: float | None = None  # of an attempt; None: the emulator's --sync-seconds
    pending: float = 0.0  # seconds before it runs
    queued: float = 0.0  # seconds between pending and running
    failing: int = 0  # attempts that fail before the last
    incomplete: float = 0.0  # seconds after each of those until the next one is pending
    message: str | None = None
    rows: int | None = 1000  # None: the server keeps no statistics
    size: int | None = 64_000  # bytes
    status: str | None = None  # a word to show while it would be running, whatever is true


class Step(NamedTuple):
    """From `at` on the job has `status`."""

    at: float
    status: str


@dataclass
class Job:
    """One job. `steps` are in the order of time; the last one ends it."""

    id: int
    connection_id: str
    kind: str
    created_at: float
    outcome: Outcome
    steps: list[Step] = field(default_factory=list)
    attempts: list[tuple[float, float, str]] = field(default_factory=list)  # start, end, status

    def now(self, when: float) -> Step:
        """The step that the job is at."""
        return [step for step in self.steps if step.at <= when][-1]

    def status(self, when: float) -> str:
        return self.now(when).status

    def ended(self, when: float) -> bool:
        return self.status(when) in ENDED

    def cancel(self, when: float) -> None:
        """End it at `when`, as cancelled; nothing where it has ended by then."""
        if self.steps[-1].at <= when:
            return
        self.steps = [*(step for step in self.steps if step.at < when), Step(when, "cancelled")]
        self.attempts = [(start, min(end, when), "failed") for start, end, _ in self.attempts if start < when]


def start(job_id: int, connection_id: str, kind: str, when: float, outcome: Outcome, seconds: float) -> Job:
    """A job that begins at `when`."""
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
    """`{"result": "failed", "seconds": 2, "message": "..."}`; a bare word is a result."""
    if isinstance(value, str):
        value = {"result": value}
    return Outcome(**read.checked(where, value, OUTCOME))


def read_start(where: str, value: Any) -> tuple[str, Outcome]:
    """An outcome with a `kind`: a job to start at once."""
    found = dict(read.an_object(where, value))
    kind = read.one_of(*KINDS)(f"{where}.kind", found.pop("kind", "sync"))
    return kind, read_outcome(where, found)


OUTCOME: dict[str, read.Check] = {
    "result": read.text,  # free text: an unknown status is a test
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
