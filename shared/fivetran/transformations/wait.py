"""Waiting until a run of a transformation has ended."""

from typing import NamedTuple

from shared.errors import NotStarted
from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.settings import WaitSettings
from shared.fivetran.transformations.transformation import Transformation, verdict
from shared.polling import Look, Wait
from shared.program.run import ResponseFile, Run
from shared.settings.declaration import Settings, Variable
from shared.settings.kinds import BOOLEAN
from shared.terminal.progress import OneProgress
from shared.timestamps import span
from shared.verdict import Verdict


class TransformationWaitSettings(Settings):
    """How to wait for a transformation's end."""

    wait = Variable("FIVETRAN_WAIT", BOOLEAN, "TRUE waits until the transformation has ended", False)
    wait_timeout = WaitSettings.wait_timeout
    poll_interval = WaitSettings.poll_interval
    start_timeout = WaitSettings.start_timeout


class Ended(NamedTuple):
    """How it ended, and the transformation that this was read from."""

    verdict: Verdict
    transformation: Transformation


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
        now = self.api.get_transformation(self.before.id)
        self.response.last = now.answer
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
                now.answer,
            )
        return Look(Ended(seen, now) if final else None, state, quota_left=self.api.client.usage.quota_share)
