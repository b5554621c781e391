"""Refuse to trigger again where a job may be the one that an earlier try of this run started.

By its id the job is newer than all that were listed before the request, by its time it is older than the request.
Either the clocks behind job times and ``Date`` are more than ``CLOCKS_APART`` apart, or that list lagged.
"""

from collections.abc import Iterable

from shared.airbyte.job import Job
from shared.airbyte.record import Record, newest
from shared.errors import TriggerUnknown


def doubtful(record: Record, jobs: Iterable[Job]) -> Job | None:
    """Return the newest job that the trigger of ``record`` may have started if the clocks are apart."""
    since = (job for job in jobs if job.id > record.last_job_id and job.is_a(record.kind))
    return newest(job for job in since if not record.precedes(job))


def no_verdict_about_doubtful(record: Record, jobs: Iterable[Job]) -> None:
    """Raise TriggerUnknown (202) in a check if one of ``jobs`` may be that of ``record``, by its id alone."""
    if found := doubtful(record, jobs):
        raise TriggerUnknown(
            f"the answer of the trigger was lost, and it is unknown whether it started {found.name}, which is "
            f"{found.status}: its id is higher than all from before the trigger, but by its time it is older",
            vendor="Airbyte",
        )


def refuse_doubtful(record: Record, jobs: Iterable[Job], *, joins_running: bool) -> None:
    """Raise TriggerUnknown (202) if one of ``jobs`` may be that of ``record``, whose trigger's answer was lost.

    A job that failed does not count, since a retry is for that; nor does one that runs and will be joined.
    """
    found = doubtful(record, jobs)
    if found is None or found.status in ("failed", "cancelled") or (found.running and joins_running):
        return
    raise TriggerUnknown(
        f"unknown whether an earlier try of this run started {found.name}, which is {found.status}: its id is "
        "higher than all from before that try, but by its time it is older. Nothing was sent, because that could start "
        "a job twice. If it is that one, this run is done; if not, trigger with a new SLIPWAY_RUN_ID",
        vendor="Airbyte",
    )
