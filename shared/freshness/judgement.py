"""Decide whether data is fresh, from the last success and the server's clock. Pure functions."""

from datetime import datetime
from typing import NamedTuple

from shared.exit_codes import ExitCode
from shared.status import Status
from shared.timestamps import span

MINUTE = 60.0
LEAST_BUFFER = 15 * MINUTE
SHARE_OF_FREQUENCY = 0.25
"""Share of the time between two syncs that is allowed for the sync itself; at least ``LEAST_BUFFER`` seconds."""


class Freshness(NamedTuple):
    """``age`` and ``limit`` are in seconds. ``age`` is None without any success, ``limit`` if no limit is known."""

    code: ExitCode
    status: Status
    age: float | None
    limit: float | None
    state: str
    why: str

    @property
    def late(self) -> float:
        """Seconds past the limit: 0 if fresh, infinite if stale without an age."""
        if self.age is None:
            return 0.0 if self.code == ExitCode.DONE else float("inf")
        return max(self.age - (self.limit or 0.0), 0.0) if self.limit is not None else 0.0

    @property
    def share(self) -> float | None:
        """The age divided by the limit, None if one of them is not known."""
        return None if self.age is None or not self.limit else self.age / self.limit


def judged(
    succeeded_at: datetime | None, now: datetime | None, limit: float | None, state: str, why: str, no_limit: str
) -> Freshness:
    """Judge by the last success and ``now``, the server's clock. ``limit`` is in seconds.

    ``state`` is ``ok``, ``syncing`` or the fault in one or two words. ``no_limit`` is the reason if ``limit`` is None.
    """
    if now is None:
        said = "the server's answer has no usable Date, and no other clock can tell an age"
        return Freshness(ExitCode.UNREACHABLE, Status.UNKNOWN, None, limit, state, said)
    age = max((now - succeeded_at).total_seconds(), 0.0) if succeeded_at else None  # a stamp may be later than ``Date``
    if limit is None:
        return Freshness(ExitCode.STATE_UNKNOWN, Status.UNKNOWN, age, None, state, no_limit)
    if age is None:
        return Freshness(ExitCode.STALE, Status.STALE, None, limit, state, why or "it has never succeeded")
    if age <= limit:
        return Freshness(ExitCode.DONE, Status.FRESH, age, limit, state, why if state not in ("ok", "syncing") else "")
    return Freshness(ExitCode.STALE, Status.STALE, age, limit, state, why or "the API reports no problem")


def limit_of(seconds: float) -> float:
    """Return the limit in seconds for a sync every ``seconds``: 1.25 times that, but at least 15 minutes more."""
    return seconds + max(LEAST_BUFFER, SHARE_OF_FREQUENCY * seconds)


def sentence(found: Freshness) -> str:
    """Return the row's reason: how old, how late, why."""
    if found.age is None or found.limit is None:
        return found.why or str(found.status)
    why = f": {found.why}" if found.why else ""
    measured = f"{span(found.age)} old, {span(found.limit)} allowed"
    return f"{measured}, {span(found.late)} late{why}" if found.late else f"{measured}{why}"
