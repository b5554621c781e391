"""Wait for a run of a transformation to end."""

from typing import NamedTuple

from shared.errors import NotStarted
from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.settings import WaitSettings
from shared.fivetran.transformations.transformation import Transformation, verdict
from shared.polling import Polled, Wait
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
    poll_interval: Variable[float | None] = Variable(
        "FIVETRAN_POLL_INTERVAL",
        WaitSettings.poll_interval.kind,
        "seconds between two polls; not given: 10 % of the time elapsed, 3 to 120",
        WaitSettings.poll_interval.default,
    )
    start_timeout = WaitSettings.start_timeout


class Ended(NamedTuple):
    """How a wait ended: the verdict, and the transformation that it was read from."""

    verdict: Verdict
    transformation: Transformation


class TransformationWait:
    """Waits for one run. An unknown status ends the wait only when it is read twice in a row."""

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
        self._running = before.is_running
        self._progress = OneProgress(run, before.id)
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, self._progress, run.clock)
        self._start_by = self._wait.began + self.start_timeout
        self.api = api.until(self._wait.deadline)

    def until_ended(self) -> Ended:
        """Poll until the verdict is final.

        Raises DeadlineReached (221), RateLimited (222), NotStarted (217), or what a read raises.
        """
        with self._progress:
            return self._wait.until(self._poll)

    def _poll(self) -> Polled[Ended]:
        now = self.api.get_transformation(self.before.id)
        self.response.last = now.answer
        self.run.note(**now.facts())
        self._running = self._running or now.is_running
        judged = verdict(self.before, now, self._running)
        state = f"Fivetran: {now.id}: {judged.reason}"
        self._progress.state = now.status
        self._strange = self._strange + 1 if judged.code == ExitCode.STATE_UNKNOWN else 0
        final = judged.code != ExitCode.NOT_FINISHED and self._strange != 1
        if not final and not self._running and self.run.clock() >= self._start_by:
            raise NotStarted(
                f"no run of {now.id} was seen to start within {span(self.start_timeout)} "
                f"(FIVETRAN_START_TIMEOUT); its status is {now.status}",
                now.answer,
                vendor="Fivetran",
            )
        return Polled(Ended(judged, now) if final else None, state, quota_left=self.api.client.usage.quota_share)
