"""Wait for many jobs. Each round reads the newest jobs of all unfinished connections, page by page."""

from collections.abc import Callable, Mapping

from shared.airbyte.batch.batch import Batch
from shared.airbyte.batch.row import Row
from shared.airbyte.conclusion import conclude
from shared.airbyte.job import Connection, Job
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.lookup import locate, missing
from shared.airbyte.newest_jobs import newest_jobs
from shared.airbyte.record import Record
from shared.airbyte.verdict import verdict
from shared.batch.extent import refuses_all
from shared.batch.wait import FailedReadings, until_ended
from shared.errors import RequestRefused, SlipwayError
from shared.exit_codes import ExitCode
from shared.http.response import retry_after
from shared.parallel import side_by_side
from shared.polling import RATION, Polled, Wait
from shared.status import Status
from shared.verdict import Verdict

Jobs = Mapping[str, tuple[Connection, Record]]
"""By connection id: the connection, and the record of the job to wait for. If the trigger's answer was lost, the record
has no job yet, and the wait is first for the job to appear."""


class BatchWait:
    """The wait of a batch for ``jobs``. ``ended`` is called with the row of each ended job."""

    def __init__(self, batch: Batch, settings: WaitSettings, jobs: Jobs, ended: Callable[[Row], None]) -> None:
        self._batch = batch
        self._settings = settings
        self._ended = ended
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, batch.progress, batch.run.clock)
        self._left = dict(jobs)
        self._unknown: set[str] = set()  # ids whose last reading had an unknown status
        self._missing: dict[str, str] = {}  # why there is no job yet, by id
        self._failed = FailedReadings()
        self._api = batch.api.until(self._wait.deadline)

    def until_ended(self) -> None:
        """Poll until each job's verdict is final. At the deadline the remaining ones end with 221 or 222."""

        def end(connection_id: str, why: SlipwayError, reason: str) -> None:
            words = "; ".join(filter(None, (self._missing.get(connection_id), reason)))
            self._end(connection_id, Verdict(why.code, why.status, words))

        until_ended(self._batch, self._wait, self.poll, self._left, self._failed, end)

    def poll(self) -> Polled[bool]:
        """Read and judge all unfinished jobs once."""
        self._failed.new_poll()
        newest = newest_jobs(self._api, [one for one, _ in self._left.values()], self._batch.run.say)

        def read(connection_id: str) -> tuple[str, Job | Verdict | SlipwayError]:
            connection, record = self._left[connection_id]
            job = newest[connection.id]
            if isinstance(job, SlipwayError) or (job and job.id == record.job_id):
                return connection_id, job
            try:
                return connection_id, self._ask(record)
            except Exception as raised:
                return connection_id, self._batch.failure(raised)

        for connection_id, job in side_by_side(list(self._left), read, self._batch.settings.concurrency):
            self._failed.forget(connection_id)
            if isinstance(job, SlipwayError):
                self._not_read(connection_id, job)
            elif isinstance(job, Verdict):
                self._missing[connection_id] = job.reason
                self._batch.progress.changed(connection_id, str(job.status), job.reason)
            else:
                self._judge(connection_id, job)
        result = None if self._left else True
        return Polled(result, f"Airbyte: {self._batch.progress.summary()}", not_before=self._not_before())

    def _ask(self, record: Record) -> Job | Verdict:
        """Read a job that was not listed as its connection's newest: a newer one began, or the list lags.

        Raise NotStarted if the job of a trigger with a lost answer can no longer appear.
        """
        if record.job_id is not None:
            return self._api.get_job(record.job_id)
        job, answer = locate(self._api, record, record.connection_id)
        return job or Verdict(ExitCode.NOT_FINISHED, Status.NO_JOB, missing(record, answer.date))

    def _not_before(self) -> float | None:
        """Return the seconds to pause: the longest that a 429 of this round asks for, else what a page does."""
        asked = [retry_after(one.answer.headers) if one.answer else None for one in self._failed.limited.values()]
        return max((RATION if one is None else one for one in asked), default=self._failed.not_before)

    def _judge(self, connection_id: str, job: Job) -> None:
        connection, record = self._left[connection_id]
        self._left[connection_id] = connection, record._replace(job_id=job.id)  # a lost trigger's job is known now
        self._missing.pop(connection_id, None)
        judged = verdict(job)
        if judged.code == ExitCode.STATE_UNKNOWN and connection_id not in self._unknown:
            self._unknown.add(connection_id)  # counts only when read twice in a row: it may pass
        elif judged.code != ExitCode.NOT_FINISHED:
            try:
                judged, job = conclude(self._batch.run, self._api, job, self._settings, one_of_many=True)
            except Exception as raised:
                error = self._batch.failure(raised)
                judged = Verdict(error.code, error.status, error.reason)
            self._end(connection_id, judged, job)
            return
        else:
            self._unknown.discard(connection_id)
        self._batch.progress.changed(connection_id, job.status, judged.reason)

    def _not_read(self, connection_id: str, error: SlipwayError) -> None:
        """End the wait for one job, unless the error may pass: this server knew the job."""
        if refuses_all(error):
            raise error
        if not (isinstance(error, RequestRefused) or self._failed.may_pass(connection_id, error)):
            self._end(connection_id, Verdict(error.code, error.status, error.reason))

    def _end(self, connection_id: str, judged: Verdict, job: Job | None = None) -> None:
        connection, _ = self._left.pop(connection_id)
        if job is None:
            self._ended(Row(connection_id, judged.code, judged.status, judged.reason).about(connection))
        else:
            self._ended(self._batch.row_of(connection, judged, job, self._settings.min_rows))
