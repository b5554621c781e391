"""Poll until something that runs elsewhere has ended. A failed poll does not end the wait."""

import random
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from shared.doubts import Doubts
from shared.errors import (
    CredentialsRefused,
    DeadlineReached,
    RateLimited,
    RequestRefused,
    SlipwayError,
    UnknownId,
    Unreachable,
)
from shared.http.deadline import Deadline
from shared.http.response import asked_to_wait, retry_after
from shared.http.usage import SCARCE
from shared.poll_schedule import Schedule
from shared.timestamps import span

T = TypeVar("T")

JITTER = 0.1
"""Share of a scheduled pause, either way, so that programs that start together do not stay in step."""
HEARTBEAT = 300.0
"""Seconds between progress lines while the state does not change."""
RATION = 60.0
"""Seconds to pause after a 429 without a Retry-After; the pause doubles with each further one."""
LONGEST_STRETCH = 900.0
"""Seconds. A pause is never stretched beyond this."""


def with_jitter(seconds: float, quota_left: float | None, chance: float = 0.0) -> float:
    """Return a scheduled pause with its jitter (``chance``: -1 to 1), doubled if the hourly quota is scarce.

    ``quota_left`` is the share of it that remains, None if it is not known.
    """
    scarce = 2.0 if quota_left is not None and quota_left < SCARCE else 1.0
    return seconds * (1 + JITTER * chance) * scarce


class Polled(Generic[T]):
    """The answer of one poll. ``result`` ends the wait unless it is None; ``state`` is the text of the progress line.

    ``due_in``: seconds until something is due; the next poll comes no later. ``not_before``: seconds that the server
    asked us to wait; the next poll comes no sooner. ``quota_left``: see ``with_jitter``. ``stretch``: factor by which
    the pause is multiplied, because the user reserves calls for other programs. ``age``: seconds since the run began,
    None if that is not known.
    """

    def __init__(
        self,
        result: T | None,
        state: str,
        due_in: float | None = None,
        quota_left: float | None = None,
        not_before: float | None = None,
        stretch: float = 1.0,
        age: float | None = None,
    ) -> None:
        self.result = result
        self.state = state
        self.due_in = due_in
        self.quota_left = quota_left
        self.not_before = not_before
        self.stretch = stretch
        self.age = age


class Reporter(Protocol):
    """Receives a wait's progress."""

    def reading(self, text: str) -> None:
        """Report the state that the last poll read: when it changes, and every five minutes."""

    def trouble(self, text: str) -> None:
        """Report a failed poll. The wait goes on."""

    def sleep(self, seconds: float) -> None:
        """Sleep until the next poll."""


class Wait:
    """One wait of at most ``timeout`` seconds. ``clock`` is monotonic and only measures the time waited.

    ``interval`` is the exact pause between polls in seconds. If it is None, ``schedule`` decides.
    """

    def __init__(
        self,
        timeout: float,
        interval: float | None,
        reporter: Reporter,
        clock: Callable[[], float] = time.monotonic,
        afterwards: str = "; it goes on",
    ) -> None:
        """``afterwards`` ends the message of a wait that reached its deadline, as in ``; the sync goes on``."""
        self.interval = interval
        self.schedule = Schedule()
        self.reporter = reporter
        self.clock = clock
        self.began = clock()
        self.deadline = Deadline(timeout, clock)
        self._afterwards = afterwards
        self._failed: SlipwayError | None = None  # of the last poll, None if it succeeded
        self._head_start = 0.0  # seconds that the run had lasted when the wait began
        self._rationed = 0  # polls in a row that were answered 429 without a Retry-After
        self._doubts = Doubts()

    @property
    def elapsed(self) -> float:
        return self.clock() - self.began

    def until(self, poll: Callable[[], Polled[T]]) -> T:
        """Poll until there is a result. A poll that fails is reported, and the wait goes on.

        After ``timeout`` raise RateLimited if the last poll was answered 429, else DeadlineReached, both with the last
        state that was read. Raise RequestRefused if the API refuses the request before any poll has succeeded.
        """
        state, said_at = "", self.began
        while True:
            is_last = self.deadline.reached  # the last poll comes at the deadline, not an interval before it
            polled = self._poll(poll, state)
            if polled.result is not None:
                return polled.result
            if polled.state and (polled.state != state or self.clock() - said_at >= HEARTBEAT):
                state, said_at = polled.state, self.clock()
                self.reporter.reading(f"{state} ({span(self.elapsed)})")
            if is_last or self.deadline.reached:
                raise self._too_late(state)
            self.reporter.sleep(self._pause(polled))

    def _poll(self, poll: Callable[[], Polled[T]], state: str) -> Polled[T]:
        self._doubts.new_poll()
        try:
            polled, self._failed, self._rationed = poll(), None, 0
            return polled
        except (Unreachable, RateLimited, RequestRefused, CredentialsRefused, UnknownId) as error:
            doubted = self._doubts.of("", error)
            if isinstance(error, CredentialsRefused | UnknownId) and not doubted:
                raise
            if isinstance(error, RequestRefused) and not state:
                raise  # nothing has ever worked: a wrong URL, not a bad moment
            self._failed = error
            self.reporter.trouble(f"{error.message}; looking again ({span(self.elapsed)})")
            return Polled(None, state, not_before=self._not_before(error))

    def _not_before(self, error: SlipwayError) -> float | None:
        """Return the seconds to stay away after a failed poll: what the server asks for, else more after each 429."""
        asked = retry_after(error.answer.headers) if error.answer else None
        if self._doubts.not_before is not None:
            return max(self._doubts.not_before, asked or 0.0)
        if asked is not None or error.answer is None or not isinstance(error, RateLimited):
            self._rationed = 0
            return asked
        self._rationed += 1
        return min(RATION * 2.0 ** min(self._rationed - 1, 10), LONGEST_STRETCH)

    def _too_late(self, state: str) -> SlipwayError:
        over = f"not finished within {span(self.deadline.seconds)}{self._afterwards}"
        # the last answer is of use only if no state was ever read
        answer = self._failed.answer if self._failed and not state else None
        if isinstance(self._failed, RateLimited):
            asked = asked_to_wait(self._failed.answer) if self._failed.answer else ""
            last = f"last seen: {state}" if state else ""
            reason = "; ".join(filter(None, (self._failed.reason, asked, last, over)))
            return RateLimited(reason, answer, vendor=self._failed.vendor)
        last = state or f"{self._failed.message if self._failed else ''} (no poll was answered)"
        return DeadlineReached(f"{last}; {over}", answer)

    def _pause(self, polled: Polled[T]) -> float:
        if polled.age is not None:
            self._head_start = polled.age - self.elapsed
        seconds = self.interval
        if seconds is None:
            scheduled = self.schedule.pause(max(self.elapsed + self._head_start, 0.0))
            seconds = with_jitter(scheduled, polled.quota_left, random.uniform(-1, 1))  # noqa: S311
        if polled.due_in is not None:
            seconds = min(seconds, max(polled.due_in, 1.0))
        if polled.stretch > 1.0:
            seconds = min(seconds * polled.stretch, max(LONGEST_STRETCH, seconds))
        return min(max(seconds, polled.not_before or 0.0), self.deadline.remaining)
