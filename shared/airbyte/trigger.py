"""The trigger's story: look at the connection and its jobs, join or clear away, send once. Then comes the aftermath.

Nothing is sent before the sidecar says so, so that whoever comes next knows, whenever this process may die.
"""

from collections.abc import Sequence
from typing import NamedTuple

from shared import timestamps
from shared.airbyte.aftermath import Aftermath
from shared.airbyte.api import Api, page_of
from shared.airbyte.job import Connection, Job
from shared.airbyte.record import Trace, Traces, newest
from shared.airbyte.settings import JobSettings
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING
from shared.confirmation import first
from shared.errors import (
    TURNED_AWAY,
    AlreadyRunning,
    ArtifactUnusable,
    InvalidInput,
    Paused,
    SetupBroken,
    SlipwayError,
    UnknownId,
    UnknownState,
    Unreachable,
)
from shared.http.response import Answer
from shared.program.run import Run
from shared.status import Status
from shared.terminal.heartbeat import heartbeat


class Started(NamedTuple):
    """``status`` is triggered or joined; ``trace`` and ``job`` are what to judge by."""

    status: Status
    message: str
    job: Job
    trace: Trace
    answer: Answer


def check_kind(api: Api, kind: str) -> None:
    """Refuse what this API does not have before anything is sent. Raises InvalidInput."""
    if kind not in api.kinds:
        raise InvalidInput(
            f"AIRBYTE_JOB_TYPE {kind} is not in the public API ({', '.join(sorted(api.kinds))} are); "
            "use one of those, or the Configuration API by AIRBYTE_SERVER_HOST"
        )


class Trigger:
    """One connection's trigger."""

    def __init__(self, run: Run, settings: JobSettings, api: Api) -> None:
        self.run = run
        self.settings = settings
        self.api = api
        self.kind = settings.job_type
        self.traces = Traces(run.artifacts, run.run_id, run.say)

    def start(self, connection_id: str) -> Started:
        """Tell the whole story for one connection. Raises the SlipwayError that ended it; the sidecar says how far."""
        try:
            connection, answer = self.api.get_connection(connection_id)
            jobs, _ = self.api.list_jobs(connection_id)
        except SlipwayError as error:
            self._nothing_sent(connection_id, error)
            raise
        page = page_of(self.api.server, connection)
        self.run.note(connection_name=connection.name, connection_status=connection.status, dashboard=page)
        if joined := self._of_earlier_try(connection_id, jobs, answer):
            return joined
        self.traces.clear(connection_id)
        last = newest(jobs)
        moment = answer.date or (last and last.created_at) or timestamps.EPOCH
        trace = Trace(connection_id, moment, INTENDED, None, self.kind, last.id if last else 0)
        self.run.note(execution_time=moment)
        self.traces.write(trace)
        try:
            check_status(connection)
            running = self._to_join(jobs)
        except SlipwayError as error:
            self.traces.write(trace._replace(state=REFUSED))
            error.answer = error.answer or answer
            raise
        if running:
            return self._join(running, trace, answer, "is running already; joined it, nothing was triggered")
        return self._send(trace, answer)

    def _nothing_sent(self, connection_id: str, error: SlipwayError) -> None:
        """Not even read, so nothing was sent: yesterday's files must not answer for that. What this run's own earlier
        try started stays known, because a later try is to join it.
        """
        seen_at = error.answer.date if error.answer else None
        try:
            earlier = self.traces.read(connection_id)
            if earlier and earlier.answers_retry(self.kind, seen_at):
                return
            self.traces.clear(connection_id)
            self.traces.write(Trace(connection_id, seen_at or timestamps.EPOCH, REFUSED, None, self.kind))
        except ArtifactUnusable as unusable:  # what the API said decides
            self.run.say(f"Slipway: warning: {unusable.message}")

    def _of_earlier_try(self, connection_id: str, jobs: Sequence[Job], answer: Answer) -> Started | None:
        """An earlier try of this run may have started a job: joined where it runs or has succeeded."""
        earlier = self.traces.read(connection_id)
        if earlier is None or not earlier.answers_retry(self.kind, answer.date):
            return None
        job = earlier.job_among(jobs)
        if job is None and earlier.job_id is not None:
            job = self._known(earlier.job_id)
        elif job is None:  # that try did not learn what became of its request, which may still be on its way
            self.run.say("Airbyte: an earlier try of this run sent a trigger; looking whether it arrived")
            job = first(self.run, self.api, lambda api: earlier.job_among(api.list_jobs(connection_id)[0]))
        if job is None or job.connection_id.lower() != connection_id or job.status in ("failed", "cancelled"):
            return None
        return self._join(job, earlier, answer, "was started by an earlier try of this run; joined it")

    def _known(self, job_id: int) -> Job | None:
        try:
            return self.api.get_job(job_id)[0]
        except UnknownId:
            return None

    def _to_join(self, jobs: Sequence[Job]) -> Job | None:
        """What runs already and may be joined. Raises AlreadyRunning where it is to fail, or is something else."""
        running = newest(job for job in jobs if job.running)
        if running is None:
            return None
        what = f"Airbyte: {running.name} of this connection is {running.status}"
        if not running.is_a(self.kind):
            raise AlreadyRunning(f"{what}, which is no {self.kind}; nothing was started, try again when it has ended")
        if self.settings.on_running == "fail":
            raise AlreadyRunning(f"{what} and AIRBYTE_ON_RUNNING is fail")
        return running

    def _join(self, job: Job, trace: Trace, answer: Answer, words: str) -> Started:
        joined = trace._replace(state=ACCEPTED, job_id=job.id)
        self.traces.write(joined)
        try:
            job, answer = self.api.get_job(job.id)
        except SlipwayError as error:  # it was seen among the jobs a moment ago, and that is enough
            self.run.say(f"{error.message}; going by the list of the connection's jobs")
        return Started(Status.JOINED, f"{job.name} {words}", job, joined, answer)

    def _send(self, trace: Trace, details: Answer) -> Started:
        """The one request. Before it the sidecar says ``sending``, after it what became of it."""
        connection_id = str(trace.connection_id)
        self.traces.write(trace._replace(state=SENDING))
        aftermath = Aftermath(self.run, self.api, self.traces, trace, joins=self.settings.on_running == "join")
        try:
            with heartbeat(self.run, f"Airbyte: starting a {self.kind} job; the server answers once it runs"):
                job, answer = self.api.start_job(connection_id, self.kind, self.settings.refresh_mode)
        except AlreadyRunning as error:
            words = "is running already; joined it, nothing was triggered"
            return self._join(aftermath.joinable(error), trace, error.answer or details, words)
        except TURNED_AWAY:
            self.traces.write(trace._replace(state=REFUSED))
            raise
        except Unreachable as error:
            self.run.achieved = f"the trigger of {connection_id} was sent and its answer was lost"
            job = aftermath.found(error)
            accepted = self._accepted(trace, job)
            message = f"{self.kind} job {job.id} was triggered; the answer was lost, but the job is there"
            return Started(Status.TRIGGERED, message, job, accepted, error.answer or details)
        accepted = self._accepted(trace, job)
        return Started(Status.TRIGGERED, f"{self.kind} job {job.id} was triggered", job, accepted, answer)

    def _accepted(self, trace: Trace, job: Job) -> Trace:
        self.run.achieved = f"{self.kind} job {job.id} was triggered"
        accepted = trace._replace(state=ACCEPTED, job_id=job.id)
        self.traces.write(accepted)
        return accepted


def check_status(connection: Connection) -> None:
    """Only an active connection can be synced. Raises Paused (216), SetupBroken (218) or UnknownState (215)."""
    name = f"Airbyte: the connection {connection.id} ({connection.name or 'without a name'})"
    why = connection.data.get("statusReason")
    reason = f" ({why})" if isinstance(why, str) and why else ""
    if connection.status == "inactive":
        raise Paused(f"{name} is inactive{reason} and will not sync; enable it with the switch on its page in Airbyte")
    if connection.status == "deprecated":
        raise SetupBroken(f"{name} is deprecated: it was deleted in Airbyte; use the one that replaced it")
    if connection.status == "locked":
        raise SetupBroken(f"{name} is locked{reason}: Airbyte disabled it for the time being; see its page in Airbyte")
    if connection.status != "active":
        raise UnknownState(f"{name} has the status {connection.status!r}, which this version of Slipway does not know")
