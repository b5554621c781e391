"""What became of a trigger that was not plainly answered: the connection's jobs tell. Nothing is sent here.

Ids grow, so whatever is newer than the newest job from before is the one, and no clock is asked.
"""

from collections.abc import Sequence

from shared.airbyte.api import Api
from shared.airbyte.job import Job
from shared.airbyte.record import Trace, Traces, newest
from shared.artifacts.record_store import REFUSED, UNKNOWN
from shared.confirmation import first, look_for
from shared.errors import AlreadyRunning, SlipwayError, TriggerUnknown
from shared.program.run import Run


class Aftermath:
    """After the one request about a connection. ``trace`` is what was known before it."""

    def __init__(self, run: Run, api: Api, traces: Traces, trace: Trace, *, joins: bool) -> None:
        self.run = run
        self.api = api
        self.traces = traces
        self.joins = joins
        self.trace = trace

    def joinable(self, error: AlreadyRunning) -> Job:
        """409: a job was started between our look and our request; the answer does not say which.

        Raises AlreadyRunning where none is to be joined, or none is listed.
        """
        if self.joins and (job := first(self.run, self.api, self._running_or_newer)):
            return job
        self.traces.write(self.trace._replace(state=REFUSED))
        why = "no such job is listed that could be joined" if self.joins else "AIRBYTE_ON_RUNNING is fail"
        raise AlreadyRunning(f"{error.message}; {why}", error.answer) from error

    def found(self, error: SlipwayError) -> Job:
        """The answer was lost. The trigger is never sent again; raises TriggerUnknown where no job shows it."""
        if job := look_for(self.run, self.api, error, self._newer):
            return job
        self.traces.write(self.trace._replace(state=UNKNOWN))
        raise TriggerUnknown(
            f"Airbyte: unknown whether the trigger of {self.trace.connection_id} arrived ({error.message}); it was not "
            "repeated. Check the connection's jobs, or retry with the same run id",
            error.answer,
        ) from error

    def _newer(self, api: Api) -> Job | None:
        """The newest job of this kind that was not there before the trigger."""
        return self.trace.job_among(self._jobs(api))

    def _running_or_newer(self, api: Api) -> Job | None:
        jobs = self._jobs(api)
        return newest(job for job in jobs if job.running and job.is_a(self.trace.kind)) or self.trace.job_among(jobs)

    def _jobs(self, api: Api) -> Sequence[Job]:
        return api.list_jobs(str(self.trace.connection_id))[0]
