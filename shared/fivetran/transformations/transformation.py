"""A transformation, parsed from the API's object, and the verdict about its run."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared import timestamps
from shared.errors import Unreachable
from shared.exit_codes import ExitCode
from shared.fivetran.answers import moment
from shared.fivetran.stamps import SHOWS_WITHIN, TOLERANCE
from shared.http.response import Answer
from shared.redaction import one_line
from shared.status import Status
from shared.verdict import Verdict

SETTLED = float(SHOWS_WITHIN.seconds)
STARTS_WITHIN = 900.0
"""Seconds within which a run starts."""
GOING_ON = frozenset({"NEW", "SCHEDULING", "RUNNING", "TERMINATING"})
_ENDED = {
    "SUCCEEDED": (ExitCode.DONE, Status.SUCCEEDED, "succeeded"),
    "PARTIALLY_SUCCEEDED": (ExitCode.JOB_FAILED, Status.PARTIALLY_SUCCEEDED, "succeeded only in part"),
    "FAILED": (ExitCode.JOB_FAILED, Status.FAILED, "failed"),
    "CANCELED": (ExitCode.CANCELLED, Status.CANCELLED, "was cancelled"),
}


class Transformation:
    """One transformation, from its details or a row of the list. Timestamps are None if absent or null.

    https://fivetran.com/docs/rest-api/api-reference/transformation-management/transformation-details
    ``read_at`` is the server's time of the answer, None without a usable ``Date``. Raise Unreachable if ``data`` is not
    a transformation.
    """

    def __init__(self, data: Mapping[str, Any], answer: Answer | None = None, read_at: datetime | None = None) -> None:
        if not data.get("id") or not isinstance(data.get("status"), str):
            raise Unreachable("the answer has no transformation", vendor="Fivetran")
        self._answer = answer
        self.read_at = answer.date if answer else read_at
        self.data = data
        self.id = str(data["id"])
        self.status = one_line(str(data["status"]), 60)
        self.kind = str(data.get("type") or "DBT_CORE")
        self.paused = data.get("paused") is True
        self.started_at = moment(data, "last_started_at")
        self.ended_at = moment(data, "last_ended_at")

    @property
    def answer(self) -> Answer:
        """The answer that it was read from."""
        if self._answer is None:
            raise LookupError(f"{self.id} was read from no answer")
        return self._answer

    @property
    def lacks_stamps(self) -> bool:
        """Whether the end of the last run is missing and no clock can tell which timestamps are later."""
        return self.ended_at is None and self.status in _ENDED and self.read_at is None

    @property
    def is_running(self) -> bool:
        """Whether a run is under way. A transformation in status NEW has never run."""
        return self.status in GOING_ON and self.status != "NEW"

    def facts(self) -> dict[str, Any]:
        """Return the transformation's fields for the result line."""
        return {
            "transformation_id": self.id,
            "transformation_status": self.status,
            "paused": self.paused,
            "last_started_at": self.started_at,
            "last_ended_at": self.ended_at,
        }


def started_since(before: Transformation, now: Transformation) -> bool:
    """Return whether a run has begun since ``before`` was read: one is going on, or a stamp is newer."""
    return now.is_running or any(
        _newer(stamp, earlier, before.read_at) and (earlier or not before.lacks_stamps)
        for stamp, earlier in ((now.started_at, before.started_at), (now.ended_at, before.ended_at))
    )


def verdict(
    before: Transformation,
    now: Transformation,
    seen_running: bool = False,
    started: datetime | None = None,
    shown_for: float = math.inf,
) -> Verdict:
    """Return the verdict about the run that was started after ``before`` was read. A pure function.

    After a trigger the API still shows the old status for a while. A run has ended if the status says so and
    ``end_counts_after`` the seconds ``shown_for``: how long a wait has read just this end, and no run under way.
    ``started``: see there. If the transformation was blocked before and still is, that is no verdict about the run
    until something else is new.
    """
    if now.status in GOING_ON:
        return Verdict(ExitCode.NOT_FINISHED, Status[now.status], f"the transformation is {now.status.lower()}")
    if now.status not in _ENDED and now.status == before.status and not (seen_running or started_since(before, now)):
        reason = f"the run does not show yet; the transformation is {now.status.lower()}, as it was before the start"
        return Verdict(ExitCode.NOT_FINISHED, Status.TRIGGERED, reason)
    if now.status == "BLOCKED":
        return Verdict(
            ExitCode.STATE_UNKNOWN, Status.BLOCKED, "the transformation is blocked; its page says what blocks it"
        )
    if now.status not in _ENDED:
        reason = f"the status {now.status!r} is not known to this version of Slipway"
        return Verdict(ExitCode.STATE_UNKNOWN, Status.UNKNOWN_STATE, reason)
    needed = end_counts_after(before, now, seen_running, started)
    if needed is None or shown_for < needed:
        reason = f"the run does not show yet; the one before it {_ENDED[now.status][2]}"
        return Verdict(ExitCode.NOT_FINISHED, Status.TRIGGERED, reason)
    code, status, words = _ENDED[now.status]
    when = f" at {timestamps.write(now.ended_at)}" if now.ended_at else ""
    return Verdict(code, status, f"the transformation {words}{when}")


def end_counts_after(
    before: Transformation, now: Transformation, seen_running: bool, started: datetime | None = None
) -> float | None:
    """Return how many seconds an end must have been shown before it counts as the run's; None: it never does.

    ``started``: ``last_started_at`` as it was read while a run was under way. ``before`` and any later reading may come
    from a replica that lags, or lack the stamps, and ``Date`` and the stamps may have two clocks. So an end that is
    newer than ``before`` counts at once only if by ``Date`` it is the end of a run that was seen, and neither is older
    than the trigger. Else ours must have had time to show: ``SETTLED``, or if by ``Date`` the end is from before the
    trigger, and only ``seen_running`` says otherwise, ``STARTS_WITHIN``.
    """
    if now.ended_at is None:
        return SETTLED if seen_running else None
    if not _newer(now.ended_at, before.ended_at):
        return None
    since = before.read_at
    if since is None or (now.read_at is not None and since - now.read_at > TOLERANCE):  # that clock is wrong
        return None if before.ended_at is None and before.status in _ENDED and not seen_running else SETTLED
    if now.ended_at < since:
        return STARTS_WITHIN if seen_running else None
    was_seen = started is not None and started == now.started_at and started >= since
    ahead = now.read_at is not None and now.ended_at - now.read_at > TOLERANCE
    return 0.0 if was_seen and not ahead else SETTLED


def _newer(stamp: datetime | None, before: datetime | None, since: datetime | None = None) -> bool:
    """Return whether ``stamp`` is later than ``before`` and not earlier than ``since``, where those are known."""
    return stamp is not None and (before is None or stamp > before) and (since is None or stamp >= since)
