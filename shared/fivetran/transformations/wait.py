"""Wait for a run of a transformation to end."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shared.errors import NotStarted
from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.settings import WaitSettings
from shared.fivetran.transformations.transformation import GOING_ON, Transformation, verdict
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


class RunWatch:
    """Judges the readings of one run in the order of a wait. ``clock`` is monotonic.

    An unknown status is final only when it is read twice in a row.
    """

    def __init__(self, before: Transformation, clock: Callable[[], float]) -> None:
        self.before = before
        self.seen_running = before.is_running
        self._clock = clock
        self._strange = 0
        self._end: tuple[str, datetime | None] | None = None  # the end that the last reading showed
        self._shown_since: float | None = None  # None until something was read
        self._started: datetime | None = None

    def judge(self, now: Transformation) -> tuple[Verdict, bool]:
        """Return the verdict by this reading, and whether it is final."""
        if now.is_running:
            self.seen_running, self._started = True, now.started_at
        end = None if now.status in GOING_ON else (now.status, now.ended_at)
        if self._shown_since is None:
            self._end, self._shown_since = end, self._clock() - self._shown_before(now)
        elif end != self._end:
            self._end, self._shown_since = end, self._clock()
        judged = verdict(self.before, now, self.seen_running, self._started, self._clock() - self._shown_since)
        self._strange = self._strange + 1 if judged.code == ExitCode.STATE_UNKNOWN else 0
        return judged, judged.code != ExitCode.NOT_FINISHED and self._strange != 1

    def _shown_before(self, now: Transformation) -> float:
        """Return for how many seconds an end was there before it was read first: a retry may come long after it."""
        if now.read_at is None or now.ended_at is None or self.before.read_at is None:
            return 0.0
        return max((now.read_at - max(now.ended_at, self.before.read_at)).total_seconds(), 0.0)


class TransformationWait:
    """Waits for one run."""

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
        self._progress = OneProgress(run, before.id)
        self._watch = RunWatch(before, run.clock)
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
        judged, final = self._watch.judge(now)
        state = f"Fivetran: {now.id}: {judged.reason}"
        self._progress.state = now.status
        if not final and not self._watch.seen_running and self.run.clock() >= self._start_by:
            raise NotStarted(
                f"no run of {now.id} was seen to start within {span(self.start_timeout)} "
                f"(FIVETRAN_START_TIMEOUT); its status is {now.status}",
                now.answer,
                vendor="Fivetran",
            )
        return Polled(Ended(judged, now) if final else None, state, quota_left=self.api.client.usage.quota_share)
