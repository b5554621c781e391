"""Start a job of a connection, by ``send_once``.

Newer jobs have higher ids: a job with a higher id than the newest one before the request is the started one.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import NamedTuple

from shared import timestamps
from shared.airbyte.api import Api, page_of
from shared.airbyte.checks import check_status
from shared.airbyte.job import RUNNING, Connection, Job, NoJob, Stream
from shared.airbyte.job_settings import JobSettings
from shared.airbyte.record import Record, newest, records_of
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED
from shared.confirmation import readings
from shared.errors import AlreadyRunning, SlipwayError
from shared.http.response import Answer
from shared.program.run import Run
from shared.send_once import Started, send_once
from shared.status import Status
from shared.terminal.heartbeat import heartbeat


class Reading(NamedTuple):
    """A connection and its newest jobs. ``connection`` is None after the request, when only the jobs are read."""

    connection: Connection | None
    jobs: Sequence[Job]
    answer: Answer


def trigger(
    run: Run, settings: JobSettings, api: Api, connection_id: str
) -> tuple[Job | None, Started[Reading, Record]]:
    """Start a job, or join one. Return the job (None for a refresh that becomes the next sync) and the outcome.

    Raise what ``send_once`` raises.
    """
    operation = StartJob(run, settings, api, connection_id)
    started = send_once(run, operation, records_of(run, connection_id))
    job = operation.job
    if job is None:
        run.note(execution_time=started.record.execution_time)
        return None, started
    if started.status is Status.JOINED:
        try:
            job = api.get_job(job.id)
            started.answer = job.answer
        except SlipwayError as error:  # the list of jobs had it a moment ago, which is enough
            run.say(f"{error.message}; using the list of the connection's jobs instead")
    run.note(**job.facts(), execution_time=started.record.execution_time)
    return job, started


class StartJob:
    """One job of a connection. See ``shared.operation.Operation``. ``job`` is the one that was started or joined."""

    vendor = "Airbyte"
    noun = "job"

    def __init__(
        self, run: Run, settings: JobSettings, api: Api, connection_id: str, listed: Connection | None = None
    ) -> None:
        """``listed`` is the connection as a batch has read it; then nothing is added to the run's result."""
        self.run = run
        self.api = api
        self.subject = connection_id
        self.kind = settings.job_type
        self.refresh_mode = settings.refresh_mode
        self.wanted = settings.streams or ()
        self.joins_running = settings.on_running == "join"
        of = f"{', '.join(self.wanted)} of " if self.wanted else ""
        self.achieved = f"a {self.kind} job of {of}{connection_id} was triggered"
        self.job: Job | None = None
        self._streams: Sequence[Stream] = ()
        self._before_retry: Sequence[Job] | None = None  # the jobs as a retry read them
        self._older: Job | None = None  # the job of the answer, if it was there before
        self._connection = listed
        self._one_of_many = listed is not None

    def read(self, api: Api) -> Reading:
        """Read the connection's jobs and, the first time, the connection."""
        if self._connection:
            return Reading(None, *api.list_jobs(self.subject))
        found = api.get_connection(self.subject)
        jobs, _ = api.list_jobs(self.subject)
        self._connection = found
        self.run.note(connection_name=found.name, connection_status=found.status, dashboard=page_of(api.server, found))
        return Reading(found, jobs, found.answer)

    def intended(self, before: Reading) -> Record:
        last = newest(before.jobs)
        moment = before.answer.date or (last and last.created_at) or timestamps.EPOCH
        if not self._one_of_many:
            self.run.note(execution_time=moment)
        return Record(self.subject, moment, INTENDED, None, self.kind, last.id if last else 0, self.wanted)

    def unread(self, now: datetime | None) -> Record:
        return Record(self.subject, now or timestamps.EPOCH, REFUSED, None, self.kind, streams=self.wanted)

    def is_same(self, earlier: Record) -> bool:
        return (earlier.kind, earlier.streams) == (self.kind, self.wanted)

    def joins(self, earlier: Record, now: Reading) -> Record | None:
        """Join it if it is running or has succeeded."""
        if not earlier.answers_retry(now.answer.date):
            return None
        if earlier.is_queued and earlier.job_among(now.jobs) is None:
            return earlier
        job = earlier.job_among(now.jobs)
        if job is None and earlier.job_id:
            from shared.airbyte.lookup import known_job  # imported late, to start faster

            job = known_job(self.api, earlier.job_id)
        if job is None or job.connection_id.lower() != self.subject or job.status in ("failed", "cancelled"):
            return None
        return self._of(earlier, job)

    def may_show_late(self, earlier: Record, now: Reading) -> bool:
        lost = earlier.answers_retry(now.answer.date) and earlier.job_id is None
        self._before_retry = now.jobs
        return lost and earlier.job_among(now.jobs) is None

    def allow(self, before: Reading, record: Record) -> tuple[Status, Record]:
        if before.connection:
            check_status(before.connection, self.kind)
        if before.connection and self.wanted:
            from shared.airbyte.streams import chosen  # imported late, to start faster

            self._streams = chosen(before.connection, self.wanted)
        running = newest(job for job in before.jobs if job.status in RUNNING)
        if running is None:  # if a job with an unknown status is running, the server answers 409
            return Status.TRIGGERED, record
        what = f"{running.name} of this connection is {running.status}"
        later = "nothing was started, try again when it has ended"
        if not running.is_a(self.kind):
            raise AlreadyRunning(f"{what}, which is no {self.kind}; {later}", vendor="Airbyte")
        if not self.joins_running:
            raise AlreadyRunning(f"{what} and AIRBYTE_ON_RUNNING is fail", vendor="Airbyte")
        if not self._is_of_these_streams(running):
            raise AlreadyRunning(f"{what}, of other streams; {later}", vendor="Airbyte")
        return Status.JOINED, self._of(record, running)

    def send(self, record: Record) -> tuple[Record, Answer]:
        """Start the job. Raise AlreadyRunning if the API answers with a job that was queued before, of any kind."""
        try:
            with self._started_slowly():
                job = self.api.start_job(self.subject, self.kind, self.refresh_mode, self._streams)
        except NoJob as error:
            from shared.airbyte.refresh import COMES_WITHIN, job_of_refresh  # as above

            self.run.say(f"{error.message}; waiting for one")
            later = readings(self.run, self.api, self.read, COMES_WITHIN)
            job, has_begun = job_of_refresh(record, (now.jobs for now in later), error)
            if has_begun:
                return self._of(record, job), error.source
            self.achieved = f"the refresh is queued: {job.name} runs, so it becomes the connection's next sync"
            return record.in_state(ACCEPTED), error.source
        if job.id <= record.last_job_id or (job.kind and not job.is_a(self.kind)):
            self._older = job
            raise AlreadyRunning(f"answered with {job.name}, which was there before", job.answer, vendor="Airbyte")
        return self._of(record, job), job.answer

    def _started_slowly(self) -> AbstractContextManager[object]:
        text = f"Airbyte: starting a {self.kind} job; the server may answer only once it runs"
        return nullcontext() if self._one_of_many else heartbeat(self.run, text)

    def turned_away(self, record: Record, error: SlipwayError) -> Record:
        """Join or refuse after a 409 (a job was started since the reading), or an answer with an older job."""
        if not isinstance(error, AlreadyRunning):
            raise error
        if self.joins_running and self._older and self._older.is_a(self.kind):
            return self._of(record, self._older)
        if self.joins_running and not self._older:
            for now in readings(self.run, self.api, self.read):
                same = (one for one in now.jobs if one.is_a(self.kind) and self._is_of_these_streams(one))
                running = newest(job for job in same if job.running)
                if job := running or record.job_among(now.jobs):
                    return self._of(record, job)
        why = "no such job is listed that could be joined" if self.joins_running else "AIRBYTE_ON_RUNNING is fail"
        raise AlreadyRunning(f"{error.reason}; {why}", error.answer, vendor="Airbyte") from error

    def found(self, record: Record, since: Iterator[Reading]) -> tuple[Record, Reading] | None:
        """Return the first reading that has a job of this kind with a higher id.

        Raise TriggerUnknown if an earlier try's request may have started a job that seems older than the request.
        """
        last = self._before_retry
        for now in since:
            if job := record.job_among(now.jobs):
                return self._of(record, job), now
            last = now.jobs
        if last is not None and self._before_retry is not None:
            from shared.airbyte.doubtful_job import refuse_doubtful  # imported late, to start faster

            refuse_doubtful(record, last, joins_running=self.joins_running)
        return None

    def read_again(self, record: Record) -> Record:
        """Return ``record``: no second reading is needed, since the job has an id."""
        return record

    def message(self, status: Status, record: Record) -> str:
        if status is Status.TRIGGERED:
            return self.achieved
        return f"{self.job.name if self.job else 'a job'} is running already; joined it, nothing was triggered"

    def _is_of_these_streams(self, job: Job) -> bool:
        """Return whether a job has the wanted streams. A job of all streams names none or all of them."""
        if self._streams or job.streams is None or self._connection is None:
            return not self._streams or job.streams == frozenset(self._streams)
        from shared.airbyte.streams import catalog  # as above

        return job.streams >= frozenset(catalog(self._connection))

    def _of(self, record: Record, job: Job) -> Record:
        """Return the record of a job that was started or is joined."""
        self.job = job
        self.achieved = f"{self.kind} job {job.id} was triggered"
        return record._replace(state=ACCEPTED, job_id=job.id)
