"""Decide how a job went. Pure functions."""

from shared import timestamps
from shared.airbyte.job import EMPTYING, RUNNING, Job
from shared.exit_codes import ExitCode
from shared.status import Status
from shared.verdict import Verdict

_WORDS = {
    "pending": "is pending: it waits for its turn",
    "queued": "is queued: it waits for a free worker",
    "running": "is running",
    "incomplete": "is incomplete: an attempt failed and Airbyte will try again",
}


def verdict(job: Job, min_rows: int | None = None, *, strict: bool = False) -> Verdict:
    """Return 0 for succeeded, 211 failed, 213 cancelled, 255 unfinished, 215 for an unknown status.

    A success with fewer rows than ``min_rows`` is 211, because Airbyte calls a sync without rows a success. With
    ``strict`` so is a success whose number of rows is not known.
    """
    name = job.name
    when = f" at {timestamps.write(job.updated_at)}" if job.updated_at else ""
    if job.status == "succeeded":
        return _succeeded(job, f"{name} succeeded{when}{_amount(job)}", min_rows, strict)
    if job.status == "failed":
        why = "; ".join(job.failures) or "no reason is given here, the job's log has it"
        return Verdict(ExitCode.JOB_FAILED, Status.FAILED, f"{name} failed{when}: {why}")
    if job.status == "cancelled":
        return Verdict(ExitCode.CANCELLED, Status.CANCELLED, f"{name} was cancelled{when}")
    if job.status in RUNNING:
        return Verdict(ExitCode.NOT_FINISHED, Status[job.status.upper()], f"{name} {_WORDS[job.status]}")
    reason = f"{name} has the status {job.status!r}, which this version of Slipway does not know"
    return Verdict(ExitCode.STATE_UNKNOWN, Status.UNKNOWN_STATUS, reason)


def rows_warning(job: Job, min_rows: int | None) -> str:
    """Return a warning about the number of rows of a successful sync, "" if there is none.

    Airbyte adds up missing statistics to 0, so 0 rows may also mean that they were not counted. With ``min_rows`` the
    user has said how many are enough.
    """
    if job.status != "succeeded" or job.kind in EMPTYING:
        return ""
    if min_rows is None and job.rows == 0:
        return "it brought no rows, or none were counted; AIRBYTE_MIN_ROWS=1 makes that a failure"
    if min_rows is not None and job.rows is None:
        return f"the API does not say how many rows it synced, so AIRBYTE_MIN_ROWS ({min_rows}) was not checked"
    return ""


def _succeeded(job: Job, reason: str, min_rows: int | None, strict: bool) -> Verdict:
    if min_rows is None or job.kind in EMPTYING:
        return Verdict(ExitCode.DONE, Status.SUCCEEDED, reason)
    if doubt := rows_warning(job, min_rows):
        reason = f"{reason}; {doubt}"
    if job.rows is None and strict:
        return Verdict(ExitCode.JOB_FAILED, Status.TOO_FEW_ROWS, f"{reason}, and AIRBYTE_MIN_ROWS_STRICT is TRUE")
    if job.rows is not None and job.rows < min_rows:
        return Verdict(
            ExitCode.JOB_FAILED, Status.TOO_FEW_ROWS, f"{reason}; AIRBYTE_MIN_ROWS asks for {min_rows} at least"
        )
    return Verdict(ExitCode.DONE, Status.SUCCEEDED, reason)


def _amount(job: Job) -> str:
    if job.rows is None:
        return ""
    return f": {job.rows} rows" + (f", {job.size} bytes" if job.size is not None else "")
