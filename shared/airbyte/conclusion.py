"""How a job went, with what the API says of a job that has ended."""

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

    The reasons of a failure, and the rows and bytes of a success, are read as well; where they cannot be, the verdict
    stands without them. Of one of many nothing is noted in the run's result.
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
            run.say(f"{error.message}; how many rows it synced was not read")
    if not one_of_many:
        run.note(**job.facts())
    if doubt := rows_warning(job, settings.min_rows):
        if not one_of_many:
            run.note(rows_warning=doubt)
        run.say(f"Slipway: warning: {job.name}: {doubt}")
    return Ended(verdict(job, settings.min_rows, strict=settings.min_rows_strict), job)
