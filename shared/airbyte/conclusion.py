"""Conclude how a job went, with the details that the API gives for an ended job."""

from typing import NamedTuple

from shared.airbyte.api import Api
from shared.airbyte.job import Job
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.verdict import rows_warning, verdict
from shared.errors import SlipwayError
from shared.program.run import Run
from shared.verdict import Verdict


class Ended(NamedTuple):
    """How a wait ended: the verdict, and the job that it was read from."""

    verdict: Verdict
    job: Job


def conclude(run: Run, api: Api, job: Job, settings: WaitSettings, *, one_of_many: bool = False) -> Ended:
    """Return the verdict on a job that has ended.

    Also read the reasons of a failure, or the rows and bytes of a success. If that fails, return the verdict without
    them. With ``one_of_many`` nothing is added to the run's result.
    """
    if job.status == "failed":
        try:
            job = job._replace(failures=api.failures(job.id))
        except SlipwayError as error:
            job = job._replace(failures=(f"the reasons could not be read ({error.message})",))
    if job.status == "succeeded" and job.rows is None:
        try:
            rows, size = api.amounts(job.id)
            job = job._replace(rows=rows, size=size)
        except SlipwayError as error:
            run.say(f"{error.message}; the number of rows was not read")
    if not one_of_many:
        run.note(**job.facts())
    if doubt := rows_warning(job, settings.min_rows):
        if not one_of_many:
            run.note(rows_warning=doubt)
        run.say(f"Slipway: warning: {job.name}: {doubt}")
    return Ended(verdict(job, settings.min_rows, strict=settings.min_rows_strict), job)
