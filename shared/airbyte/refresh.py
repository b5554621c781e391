"""Find the job of a refresh that was answered without one."""

from collections.abc import Iterable, Sequence

from shared.airbyte.job import Job, NoJob
from shared.airbyte.record import Record, newest
from shared.errors import NotStarted

COMES_WITHIN = 30.0
"""Seconds to wait for the job of a refresh. SLIPWAY_RETRY_TIMEOUT does not change this."""


def job_of_refresh(record: Record, later: Iterable[Sequence[Job]], error: NoJob) -> tuple[Job, bool]:
    """Return the refresh's job and True, or the running job after which it becomes the next sync and False.

    ``later``: the connection's jobs, read repeatedly for a while. A running sync is never taken for the refresh.
    Raise NotStarted if nothing is running and no job appears, and ``error`` if nothing could be read.
    """
    read, busy = False, None
    for jobs in later:
        if job := record.job_among(jobs):
            return job, True
        read, busy = True, newest(one for one in jobs if one.running) or busy
    if not read:
        raise error
    if busy is None:
        raise NotStarted(
            f"{error.reason} and none has come within {COMES_WITHIN:.0f} s: the destination cannot be refreshed, or "
            "Airbyte's workflow of this connection is gone; nothing was started",
            error.answer,
            vendor="Airbyte",
        )
    return busy, False
