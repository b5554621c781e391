"""Waiting for an Airbyte job: what one look concludes."""

from typing import NamedTuple

from shared.airbyte.api import Api
from shared.airbyte.job import Job
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.lookup import locate, missing
from shared.airbyte.record import Record
from shared.airbyte.verdict import rows_warning, verdict
from shared.errors import CredentialsRefused, RequestRefused, SlipwayError, Unreachable
from shared.exit_codes import ExitCode
from shared.polling import Look, Wait
from shared.program.run import ResponseFile, Run
from shared.terminal.progress import OneProgress
from shared.verdict import Verdict


class Ended(NamedTuple):
    """How it went: the verdict, and the job that it was read from."""

    verdict: Verdict
    job: Job


class JobWait:
    """One wait, for a job to appear where that is still open, and to end."""

    def __init__(
        self, run: Run, settings: WaitSettings, api: Api, response: ResponseFile, *, is_cancelled_after: bool = False
    ) -> None:
        """``is_cancelled_after``: where the wait runs out of time somebody else says what becomes of the job."""
        self.run = run
        self.response = response
        self.settings = settings
        self._progress = OneProgress(run, "Airbyte")
        more = {"afterwards": ""} if is_cancelled_after else {}
        self.wait = Wait(settings.wait_timeout, settings.poll_interval, self._progress, run.clock, **more)
        self._unknown = 0
        self.api = api.until(self.wait.deadline)

    def until_ended(self, job_id: int) -> Ended:
        """Poll until the verdict is final.

        Raises DeadlineReached (221), RateLimited (222), CredentialsRefused (also in the middle of a wait) or UnknownId.
        """
        self._progress.name = f"job {job_id}"
        self._progress.show_last(str(self.run.facts.get("connection_id")))
        with self._progress:
            ended = self.wait.until(lambda: self._look(job_id))
        if ended.verdict.code == ExitCode.DONE:
            self._progress.keep_length(ended.job.connection_id, ended.job.created_at, ended.job.updated_at)
        return ended

    def until_there(self, record: Record) -> Job:
        """Look until the job of a trigger whose answer was lost is there. Raises NotStarted (217) where none came."""

        def look() -> Look[Job]:
            try:
                job, answer = locate(self.api, record, record.connection_id)
            except RequestRefused as error:  # as below
                raise Unreachable(error.message, error.answer) from error
            return Look(job, "" if job else f"Airbyte: {missing(record, answer.date)}")

        with self._progress:
            return self.wait.until(look)

    def _look(self, job_id: int) -> Look[Ended]:
        try:
            job = self.api.get_job(job_id)
        except CredentialsRefused as error:
            raise CredentialsRefused(f"{error.message}; job {job_id} goes on", error.answer) from error
        except RequestRefused as error:  # this server has answered about the job before: a bad moment, at any look
            raise Unreachable(error.message, error.answer) from error
        self.response.last = job.answer
        self.run.note(**job.facts())
        seen = verdict(job)
        state = f"Airbyte: {seen.reason}"
        self._progress.state = job.status
        if seen.code == ExitCode.NOT_FINISHED:
            self._unknown = 0
            return Look(None, state)
        if seen.code == ExitCode.STATE_UNKNOWN:  # believed only when seen twice: a new kind of waiting, perhaps
            self._unknown += 1
            if self._unknown < 2:
                return Look(None, state)
        return Look(conclude(self.run, self.api, job, self.settings), state)


def conclude(run: Run, api: Api, job: Job, settings: WaitSettings) -> Ended:
    """The verdict on a job; of one that failed with the reasons, of one that succeeded with its rows and bytes.

    A verdict is not lost because they cannot be read.
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
    run.note(**job.facts())
    if doubt := rows_warning(job, settings.min_rows):
        run.note(rows_warning=doubt)
        run.say(f"Slipway: warning: {job.name}: {doubt}")
    return Ended(verdict(job, settings.min_rows, strict=settings.min_rows_strict), job)
