"""Find the job that a step is about: the given one, the previous step's, or the connection's latest."""

from datetime import datetime, timedelta

from shared.airbyte.api import Api
from shared.airbyte.job import SYNCING, Job
from shared.airbyte.record import JOB, Record, newest
from shared.artifacts.lookup import Lookup
from shared.errors import ArtifactUnusable, CredentialsRefused, InvalidInput, NotStarted, UnknownId
from shared.http.response import Answer
from shared.program.run import Run

START_WITHIN = timedelta(minutes=15)
"""If no job appears within this time after a trigger with a lost answer, the trigger did not arrive."""


def lookup(run: Run) -> Lookup[Record]:
    """Return the lookup of records that earlier steps left for this run."""
    return Lookup(
        run.artifacts,
        JOB,
        run_id=run.run_id,
        upstream_ids=run.upstream_ids,
        noun="connection",
        variable="AIRBYTE_CONNECTION_ID",
        required="AIRBYTE_CONNECTION_ID or AIRBYTE_JOB_ID",
    )


def find(run: Run, connection_id: str | None, job_id: int | None = None) -> Record | None:
    """Return the record of the job. None means the latest job of the connection.

    A given ``job_id`` wins over all files. Raise what ``Lookup.find`` raises.
    """
    if job_id is not None:
        return Record(connection_id, None, job_id=job_id)
    return lookup(run).find(connection_id)


def known_job(api: Api, job_id: int) -> Job | None:
    """Return a job, None if the API does not have it any more."""
    try:
        return api.get_job(job_id)
    except UnknownId:
        return None
    except CredentialsRefused as error:  # Cloud answers 403 for a job that does not exist
        if error.answer is None or error.answer.status != 403:
            raise
        return None


def locate(api: Api, record: Record | None, connection_id: str | None) -> tuple[Job | None, Answer]:
    """Read the job. Return it, or None if there is none yet, and the answer that identified it.

    Raise NotStarted (217) if the previous step started nothing, TriggerUnknown (202) if only its id says that a job may
    be the one whose trigger's answer was lost, InvalidInput (206) if a given job belongs to another
    connection, ArtifactUnusable (207) if that of a record does.
    """
    if record and not record.started:
        raise NotStarted("the step before started nothing: it was refused or not sent", vendor="Airbyte")
    if record and record.job_id is not None:
        job = api.get_job(record.job_id)
        if connection_id and job.connection_id.lower() != connection_id:
            raise InvalidInput(
                f"AIRBYTE_CONNECTION_ID is {connection_id}, but job {job.id} belongs to {job.connection_id}", job.answer
            )
        if record.connection_id and job.connection_id.lower() not in ("", record.connection_id):
            raise ArtifactUnusable(
                f"the step before started job {job.id} of {record.connection_id}, but here that job belongs to "
                f"{job.connection_id}: its record is about another server; trigger again"
            )
        return job, job.answer
    jobs, answer = api.list_jobs(str(record.connection_id if record else connection_id))
    found = record.job_among(jobs) if record else newest(job for job in jobs if job.kind in SYNCING)
    if found and record and _came_too_late(found, record, answer.date):
        found = None
    if found is None and record and not record.is_queued and _is_over(record, answer.date):
        from shared.airbyte.doubtful_job import no_verdict_about_doubtful  # few answers are lost

        no_verdict_about_doubtful(record, jobs)
    return (api.get_job(found.id) if found else None), answer


def _came_too_late(job: Job, record: Record, now: datetime | None) -> bool:
    """Return whether a trigger whose answer was lost cannot have started this job: it was created too long after.

    A job that seems to be created after ``now`` has another clock than the record, so nothing is known of that.
    """
    if record.is_queued or not record.execution_time or not job.created_at or not now or job.created_at > now:
        return False
    return job.created_at - record.execution_time > START_WITHIN


def _is_over(record: Record, now: datetime | None) -> bool:
    """Return whether no job of a trigger whose answer was lost can appear any more."""
    return bool(now and record.execution_time and now - record.execution_time > START_WITHIN)


def missing(record: Record | None, now: datetime | None) -> str:
    """Explain why there is no job. Raise NotStarted (217) if none will appear any more."""
    if record is None:
        return "the connection has had no sync yet"
    if record.is_queued:
        return "the refresh is queued: it becomes the connection's next sync, and none has begun since"
    if _is_over(record, now):
        raise NotStarted("the trigger whose answer was lost has left no job; it did not arrive", vendor="Airbyte")
    return "the answer of the trigger was lost, and no job of it has been seen yet"
