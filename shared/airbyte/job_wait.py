"""Wait for an Airbyte job to end."""

from typing import NamedTuple

from shared.airbyte.api import Api
from shared.airbyte.job import Job
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.lookup import locate, missing
from shared.airbyte.record import Record
from shared.airbyte.verdict import rows_warning, verdict
from shared.errors import CredentialsRefused, RequestRefused, SlipwayError, Unreachable
from shared.exit_codes import ExitCode
from shared.polling import Polled, Wait
from shared.program.run import ResponseFile, Run
from shared.terminal.progress import OneProgress
from shared.verdict import Verdict


class Ended(NamedTuple):
    """How a wait ended: the verdict, and the job that it was read from."""

    verdict: Verdict
    job: Job


class JobWait:
    """Waits for one job to end; where a trigger's answer was lost, first for that job to appear."""

    def __init__(
        self, run: Run, settings: WaitSettings, api: Api, response: ResponseFile, *, is_cancelled_after: bool = False
    ) -> None:
        """``is_cancelled_after``: the caller cancels the job at the deadline, so no message says that it goes on."""
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
            ended = self.wait.until(lambda: self._poll(job_id))
        if ended.verdict.code == ExitCode.DONE:
            self._progress.keep_length(ended.job.connection_id, ended.job.created_at, ended.job.updated_at)
        return ended

    def until_there(self, record: Record) -> Job:
        """Poll until the job of a trigger whose answer was lost appears.

        Raises NotStarted (217) where none appears.
        """

        def poll() -> Polled[Job]:
            try:
                job, answer = locate(self.api, record, record.connection_id)
            except RequestRefused as error:  # as below
                raise Unreachable(error.reason, error.answer, vendor="Airbyte") from error
            return Polled(job, "" if job else f"Airbyte: {missing(record, answer.date)}")

        with self._progress:
            return self.wait.until(poll)

    def _poll(self, job_id: int) -> Polled[Ended]:
        try:
            job = self.api.get_job(job_id)
        except CredentialsRefused as error:
            raise CredentialsRefused(f"{error.reason}; job {job_id} goes on", error.answer, vendor="Airbyte") from error
        except RequestRefused as error:  # this server knows the job, so the refusal will pass
            raise Unreachable(error.reason, error.answer, vendor="Airbyte") from error
        self.response.last = job.answer
        self.run.note(**job.facts())
        judged = verdict(job)
        state = f"Airbyte: {judged.reason}"
        self._progress.state = job.status
        if judged.code == ExitCode.NOT_FINISHED:
            self._unknown = 0
            return Polled(None, state)
        if judged.code == ExitCode.STATE_UNKNOWN:  # believed only when read twice: it may pass
            self._unknown += 1
            if self._unknown < 2:
                return Polled(None, state)
        return Polled(conclude(self.run, self.api, job, self.settings), state)


def conclude(run: Run, api: Api, job: Job, settings: WaitSettings) -> Ended:
    """Return the verdict on a job that has ended.

    The reasons of a failure, and the rows and bytes of a success, are read as well; where they cannot be, the verdict
    stands without them.
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
