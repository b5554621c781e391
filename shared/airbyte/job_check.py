"""check_sync_status for one job."""

from shared.airbyte.api import Api
from shared.airbyte.conclusion import conclude
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.lookup import locate, missing
from shared.airbyte.record import Record
from shared.exit_codes import ExitCode
from shared.program.run import Run
from shared.status import Status
from shared.verdict import Verdict


def check(run: Run, settings: WaitSettings, api: Api, record: Record | None, connection_id: str | None) -> Verdict:
    """Return the verdict on the job of ``record``, or on the connection's latest sync without a record.

    The answer about the job is saved. With AIRBYTE_WAIT poll until the job has ended; if the trigger's answer was lost,
    poll first until the job appears.
    """
    job_id = record.job_id if record else None
    with run.response_file(f"job_{job_id}" if job_id else None) as response:
        wait = None
        if settings.wait:
            from shared.airbyte.job_wait import JobWait  # imported late: a check alone starts faster

            wait = JobWait(run, settings, api, response)
        job, answer = locate(api, record, connection_id)
        if job is None and record and wait and not record.is_queued:
            job = wait.until_found(record)
        if job is None:
            status = Status.QUEUED if record and record.is_queued else Status.NO_JOB
            return Verdict(ExitCode.NOT_FINISHED, status, missing(record, answer.date))
        response.name = f"job_{job.id}"
        ended = wait.until_ended(job.id) if wait else conclude(run, api, job, settings)
        response.save(ended.job.answer)
    return ended.verdict
