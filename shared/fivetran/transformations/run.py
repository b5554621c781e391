"""Running a transformation: start it once, and wait until it has ended."""

from typing import NamedTuple

from shared.artifacts.record_store import ACCEPTED, SENDING, UNKNOWN
from shared.confirmation import first, look_for
from shared.errors import (
    AlreadyRunning,
    NotArrived,
    NotStarted,
    RequestRefused,
    SlipwayError,
    TriggerUnknown,
    Unreachable,
)
from shared.exit_codes import ExitCode
from shared.fivetran.answers import data
from shared.fivetran.api import Fivetran
from shared.fivetran.settings import WaitSettings
from shared.fivetran.transformations.record import TransformationTrace, TransformationTraces
from shared.fivetran.transformations.transformation import Transformation, started_since, verdict
from shared.http.response import Answer
from shared.polling import Look, Wait
from shared.program.run import ResponseFile, Run
from shared.settings.declaration import Settings, Variable
from shared.settings.kinds import BOOLEAN
from shared.status import Status
from shared.terminal.progress import OneProgress
from shared.timestamps import span
from shared.verdict import Verdict


class TransformationWaitSettings(Settings):
    """How to wait for a transformation's end."""

    wait = Variable("FIVETRAN_WAIT", BOOLEAN, "TRUE waits until the transformation has ended", False)
    wait_timeout = WaitSettings.wait_timeout
    poll_interval = WaitSettings.poll_interval
    start_timeout = WaitSettings.start_timeout


class Started(NamedTuple):
    """``status`` is triggered or joined; ``before`` is the transformation that the run's end is judged against."""

    status: Status
    message: str
    before: Transformation
    answer: Answer


def start(run: Run, api: Fivetran, transformation_id: str, full_refresh: bool) -> Started:
    """Start it, once; a retry of the same run joins what its earlier try started.

    Raises AlreadyRunning (203) where the API answers 409, TriggerUnknown (202) where the answer was lost and no run
    shows.
    """
    now, details = api.get_transformation(transformation_id)
    run.note(**now.facts())
    traces = TransformationTraces(run.artifacts, run.run_id, transformation_id)
    earlier = traces.read()
    if earlier and earlier.may_show_late(now, details.date):  # its request may still be on its way
        run.say(f"Fivetran: an earlier try of this run sent a start of {now.id}; looking whether it arrived")
        before = earlier.before
        if details_since := first(run, api, lambda api: _started(api, before)):
            now, details = Transformation(data(details_since)), details_since
    if earlier and earlier.answers_retry(now, details.date):
        message = f"an earlier try of this run started {now.id}; joined it instead of starting it again"
        return Started(Status.JOINED, message, earlier.before, details)
    traces.clear()
    if now.going_on:
        run.say(f"Fivetran: {now.id} is {now.status.lower()} already; the first end may be that run's")
    trace = TransformationTrace(SENDING, now, details.date)
    traces.write(trace)
    try:
        answer = _send(run, api, now, full_refresh)
    except TriggerUnknown:
        run.achieved = f"the start of {now.id} was sent and its answer was lost"
        traces.write(trace._replace(state=UNKNOWN))
        raise
    except SlipwayError:
        traces.clear()
        raise
    run.achieved = f"a run of {now.id} was started"
    traces.write(trace._replace(state=ACCEPTED))
    return Started(Status.TRIGGERED, run.achieved, now, answer)


def _send(run: Run, api: Fivetran, before: Transformation, full_refresh: bool) -> Answer:
    try:
        return api.start_transformation(before.id, full_refresh)
    except NotArrived:
        raise
    except RequestRefused as error:
        if error.answer is not None and error.answer.status == 409:
            raise AlreadyRunning(f"{error.message}: {before.id} is running already", error.answer) from error
        raise
    except Unreachable as error:
        answer = None if before.going_on else look_for(run, api, error, lambda api: _started(api, before))
        if answer is None:
            raise TriggerUnknown(
                f"{error.message}; unknown whether {before.id} was started, and it was not sent again: look at "
                "list_transformations, or retry with the same run id, which looks first",
                error.answer,
            ) from error
        return answer


def _started(api: Fivetran, before: Transformation) -> Answer | None:
    now, answer = api.get_transformation(before.id)
    return answer if started_since(before, now) else None


class Ended(NamedTuple):
    """How it ended, and the transformation that this was read from."""

    verdict: Verdict
    transformation: Transformation
    answer: Answer


class TransformationWait:
    """The wait for one run. Blocked and unknown statuses are believed when seen twice."""

    def __init__(
        self,
        run: Run,
        settings: TransformationWaitSettings,
        api: Fivetran,
        before: Transformation,
        response: ResponseFile,
    ) -> None:
        self.run = run
        self.response = response
        self.before = before
        self.start_timeout = settings.start_timeout
        self._strange = 0
        self._running = before.going_on
        self._progress = OneProgress(run, before.id)
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, self._progress, run.clock)
        self._start_by = self._wait.began + self.start_timeout
        self.api = api.until(self._wait.deadline)

    def until_ended(self) -> Ended:
        """Poll until the verdict is final.

        Raises DeadlineReached (221), RateLimited (222), NotStarted (217), or what a read raises.
        """
        with self._progress:
            return self._wait.until(self._look)

    def _look(self) -> Look[Ended]:
        now, answer = self.api.get_transformation(self.before.id)
        self.response.last = answer
        self.run.note(**now.facts())
        self._running = self._running or now.going_on
        seen = verdict(self.before, now, self._running)
        state = f"Fivetran: {now.id}: {seen.reason}"
        self._progress.state = now.status
        self._strange = self._strange + 1 if seen.code == ExitCode.STATE_UNKNOWN else 0
        final = seen.code != ExitCode.NOT_FINISHED and self._strange != 1
        if not final and not self._running and self.run.clock() >= self._start_by:
            raise NotStarted(
                f"Fivetran: no run of {now.id} was seen to start within {span(self.start_timeout)} "
                f"(FIVETRAN_START_TIMEOUT); its status is {now.status}",
                answer,
            )
        return Look(Ended(seen, now, answer) if final else None, state, quota_left=self.api.client.usage.quota_share)
