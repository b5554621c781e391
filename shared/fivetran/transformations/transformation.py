"""A transformation, parsed from the API's object, and the verdict about its run."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared import timestamps
from shared.errors import Unreachable
from shared.exit_codes import ExitCode
from shared.fivetran.answers import moment
from shared.http.response import Answer
from shared.redaction import one_line
from shared.status import Status
from shared.verdict import Verdict

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


def verdict(before: Transformation, now: Transformation, seen_running: bool = False) -> Verdict:
    """Return the verdict about the run that was started after ``before`` was read. A pure function.

    After a trigger the API still shows the old status for a while. A run has ended if the status says so and
    ``last_ended_at`` is newer than before and no older than the trigger: ``before`` may have been read from a replica
    that lags, or without its timestamps. If the wait saw it running (``seen_running``), the timestamp need only be
    newer than before, or absent; an older one comes from a replica, too. If the transformation was blocked before and
    still is, that is no verdict about the run until something else is new.
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
    since = before.read_at if before.ended_at is None or not seen_running else None
    new = _newer(now.ended_at, before.ended_at, since) and (seen_running or not before.lacks_stamps)
    if not (new or (seen_running and now.ended_at is None)):
        reason = f"the run does not show yet; the one before it {_ENDED[now.status][2]}"
        return Verdict(ExitCode.NOT_FINISHED, Status.TRIGGERED, reason)
    code, status, words = _ENDED[now.status]
    when = f" at {timestamps.write(now.ended_at)}" if now.ended_at else ""
    return Verdict(code, status, f"the transformation {words}{when}")


def _newer(stamp: datetime | None, before: datetime | None, since: datetime | None = None) -> bool:
    """Return whether ``stamp`` is later than ``before`` and not earlier than ``since``, where those are known."""
    return stamp is not None and (before is None or stamp > before) and (since is None or stamp >= since)
