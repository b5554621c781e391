"""Cancel one job. Airbyte cancels whatever job the connection is running, so first check that it is this one."""

from shared.airbyte.api import Api
from shared.airbyte.job import ENDED, RUNNING, Job
from shared.airbyte.lookup import locate
from shared.airbyte.record import Record, newest
from shared.airbyte.verdict import verdict
from shared.confirmation import readings
from shared.errors import AlreadyRunning, RequestRefused, SlipwayError, UnknownId, UnknownState, Unreachable
from shared.exit_codes import ExitCode
from shared.http.deadline import Deadline
from shared.program.run import Outcome, ResponseFile, Run
from shared.status import Status

LONGEST = 60.0
"""Seconds. A cancelled job is polled every 2 s until it has ended or this time is over."""


def target(api: Api, record: Record | None, connection_id: str | None) -> Job | None:
    """Return the job to cancel: that of ``record``, else the connection's running job, None if nothing is running."""
    if record:
        return locate(api, record, connection_id)[0]
    jobs, _ = api.list_jobs(str(connection_id))
    return newest(job for job in jobs if job.running)


def cancel(run: Run, api: Api, found: Job, response: ResponseFile, deadline: Deadline | None = None) -> Outcome:
    """Cancel ``found`` if its connection is running that job, and poll it for a minute or until ``deadline``.

    Raise AlreadyRunning (203) if another job is running, which would be cancelled instead.
    """
    jobs, _ = api.list_jobs(found.connection_id)
    job = api.get_job(found.id)  # as late as possible, because the state may change at any time
    run.note(**job.facts())
    if job.status in ENDED:
        response.save(job.answer)
        return Outcome(Status.ENDED_BEFORE, f"nothing to cancel: {verdict(job).reason}")
    if job.status not in RUNNING:
        raise UnknownState(f"{verdict(job).reason}; it was not cancelled", job.answer, vendor="Airbyte")
    other = newest(one for one in jobs if one.running and one.id != job.id)
    if other and other.id > job.id:
        raise AlreadyRunning(
            f"job {other.id} of this connection is {other.status}, and cancelling job {job.id} would stop "
            f"that one; set AIRBYTE_JOB_ID={other.id} if that is wanted",
            job.answer,
            vendor="Airbyte",
        )
    return _cancelled(run, api, job, response, deadline)


def _cancelled(run: Run, api: Api, job: Job, response: ResponseFile, deadline: Deadline | None) -> Outcome:
    """Send the cancellation, then poll the job. The job's status decides, not the answer to the cancellation."""
    refused: SlipwayError | None = None
    try:
        answer = api.cancel_job(job.id)
        run.achieved = f"cancellation of job {job.id} was requested"
        response.save(answer)
    except (RequestRefused, UnknownId, Unreachable) as error:
        run.say(f"{error.message}; reading the job itself")
        refused = error
    asked = job
    for job in readings(run, api, lambda api: api.get_job(asked.id), deadline.remaining if deadline else LONGEST):
        run.note(**job.facts())
        if job.status == "cancelled":
            return Outcome(Status.CANCELLED, verdict(job).reason)
        if job.status in ENDED:
            return Outcome(Status.ENDED_BEFORE, f"it ended before it could be cancelled: {verdict(job).reason}")
        if refused and not isinstance(refused, Unreachable):
            why = f"{refused.reason}; {verdict(job).reason}"
            raise RequestRefused(why, refused.answer or job.answer, vendor="Airbyte")
    if refused and not isinstance(refused, Unreachable):
        raise refused
    reason = f"cancellation was requested, but {verdict(job).reason}"
    return Outcome(Status.CANCELLING, reason, ExitCode.NOT_FINISHED)
