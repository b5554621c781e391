"""Wait for an Airbyte job to end."""

from shared.airbyte.api import Api
from shared.airbyte.conclusion import Ended, conclude
from shared.airbyte.job import Job
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.lookup import locate, missing
from shared.airbyte.record import Record
from shared.airbyte.verdict import verdict
from shared.errors import CredentialsRefused, RequestRefused, Unreachable
from shared.exit_codes import ExitCode
from shared.past_runs import PastRuns
from shared.polling import Polled, Wait
from shared.program.run import ResponseFile, Run
from shared.terminal.progress import OneProgress


class JobWait:
    """Waits for one job to end. If a trigger's answer was lost, ``until_found`` first waits for its job to appear."""

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
        self._past: PastRuns | None = None  # until the job's connection is known
        self.api = api.until(self.wait.deadline)

    def until_ended(self, job_id: int) -> Ended:
        """Poll until the verdict is final.

        Raise DeadlineReached (221), RateLimited (222), CredentialsRefused (also in the middle of a wait) or UnknownId.
        """
        self._progress.name = f"job {job_id}"
        with self._progress:
            ended = self.wait.until(lambda: self._poll(job_id))
        job = ended.job
        if self._past and job.kind == "sync" and job.status in ("succeeded", "failed"):
            self._past.keep(job.created_at, job.updated_at, succeeded=job.status == "succeeded")
        return ended

    def until_found(self, record: Record) -> Job:
        """Poll until the job of a trigger whose answer was lost appears.

        Raise NotStarted (217) if none appears.
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
        age = self._age(job)
        if judged.code == ExitCode.NOT_FINISHED:
            self._unknown = 0
            return Polled(None, state, age=age)
        if judged.code == ExitCode.STATE_UNKNOWN:  # counts only when read twice in a row: it may pass
            self._unknown += 1
            if self._unknown < 2:
                return Polled(None, state, age=age)
        return Polled(conclude(self.run, self.api, job, self.settings), state)

    def _age(self, job: Job) -> float | None:
        """Return the seconds since the job began, by the server's clock. The first call also loads earlier durations.

        Only a sync is polled by them: the duration of a reset or a refresh says nothing about the next one.
        """
        if self._past is None:
            self._past = PastRuns(self.run, job.connection_id)
            self._progress.last_took = self._past.last_took
            if job.kind == "sync":
                self.wait.schedule = self._past.schedule()
        now = job.answer.date
        return (now - job.created_at).total_seconds() if now and job.created_at else None
