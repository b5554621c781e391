"""Cancel a job when its wait is stopped or reaches the deadline (AIRBYTE_ON_STOP)."""

from types import TracebackType

from shared.airbyte.api import Api
from shared.airbyte.job import Job
from shared.errors import DeadlineReached, RateLimited, SlipwayError
from shared.exit_codes import ExitCode
from shared.http.bounds import NoThread, within
from shared.http.deadline import Deadline
from shared.program.run import Outcome, Run
from shared.program.signals import Interrupted, ignore_signals
from shared.status import Status

AFTER_DEADLINE = 60.0
"""Seconds that a cancellation may take after a deadline."""
AFTER_SIGNAL = 8.0
"""Seconds that a cancellation may take after a signal: schedulers kill a process 10 s after it."""


class CancelledOnStop:
    """A context around a wait. It cancels ``job`` if the wait is stopped or runs out of time, and reports that.

    ``job`` was triggered by this run; None if nothing is to be cancelled. It is read immediately before, because
    Airbyte cancels whatever job of the connection is running. The exit code does not change.
    """

    def __init__(self, run: Run, api: Api, job: Job | None) -> None:
        self._run = run
        self._api = api
        self._job = job

    def __enter__(self) -> "CancelledOnStop":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._job is None:
            return
        if isinstance(error, Interrupted):
            ignore_signals()  # another one would interrupt the cancellation
            self._run.waiting = self._cancel_within(self._job, AFTER_SIGNAL)
        elif isinstance(error, DeadlineReached | RateLimited):
            error.reason = f"{error.reason}; {self._cancel_within(self._job, AFTER_DEADLINE)}"

    def _cancel_within(self, job: Job, seconds: float) -> str:
        """Cancel ``job`` within ``seconds``. Return a clause about the outcome."""
        self._run.say(f"Airbyte: cancelling {job.name}, as AIRBYTE_ON_STOP says")
        self._run.waiting = f"{job.name} was being cancelled"  # for a signal during the cancellation
        try:
            outcome = within(seconds, lambda: self._cancelled(job, seconds)) or _unknown(job)
        except SlipwayError as error:
            outcome = Outcome(error.status, f"{job.name} was not cancelled: {error.message}", error.code)
        except NoThread as error:
            outcome = Outcome(Status.ERROR, f"{job.name} was not cancelled: {error}", ExitCode.NOT_FINISHED)
        self._run.note(on_stop=outcome.status)
        return outcome.message

    def _cancelled(self, job: Job, seconds: float) -> Outcome:
        """Cancel with a deadline one second before the limit, because a request may be under way then."""
        from shared.airbyte.cancel import cancel  # imported late, to start faster

        deadline = Deadline(seconds - 1.0, self._run.clock)
        with self._run.response_file(f"cancel_{job.id}") as response:
            return cancel(self._run, self._api.until(deadline), job, response, deadline)


def _unknown(job: Job) -> Outcome:
    reason = f"{job.name} should be cancelled, but no answer came in time: it may go on"
    return Outcome(Status.UNKNOWN, reason, ExitCode.NOT_FINISHED)
