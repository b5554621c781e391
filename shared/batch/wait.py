"""Wait for the syncs of a batch."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.batch.batch import BatchRun
from shared.doubts import Doubts
from shared.errors import ArtifactUnusable, DeadlineReached, RateLimited, SlipwayError, Unreachable
from shared.http.response import asked_to_wait
from shared.polling import Polled, Wait
from shared.program.signals import Interrupted


class FailedReadings:
    """The readings that failed in a wait for many: which errors may pass, and who was answered 429 last."""

    def __init__(self) -> None:
        self.limited: dict[str, RateLimited] = {}
        self._doubts = Doubts()

    def new_poll(self) -> None:
        """Call this when a poll begins."""
        self._doubts.new_poll()

    def forget(self, subject: str) -> None:
        """Call this when a subject was asked for again, before ``may_pass`` if that failed."""
        self.limited.pop(subject, None)

    def may_pass(self, subject: str, error: SlipwayError) -> bool:
        """Return whether the next poll may succeed: no answer, a 429, or a page of a proxy that was not met before."""
        if isinstance(error, RateLimited):
            self.limited[subject] = error
        return isinstance(error, Unreachable | RateLimited) or self._doubts.of(subject, error)

    def cause(self, subject: str, end: SlipwayError) -> SlipwayError:
        """Return why a subject is unfinished if the wait ends with ``end``: at the deadline its 429, if it had one."""
        return self.limited.get(subject, end) if isinstance(end, DeadlineReached) else end

    @property
    def not_before(self) -> float | None:
        """Seconds to pause before the next poll, None if this one met no new page of a proxy."""
        return self._doubts.not_before


def until_ended(
    batch: BatchRun[Any, Any],
    wait: Wait,
    poll: Callable[[], Polled[bool]],
    left: Iterable[str],
    failed: FailedReadings,
    end: Callable[[str, SlipwayError, str], None],
) -> None:
    """Poll until nothing is ``left``. If the wait ends earlier, call ``end`` with each of ``left``, why, and a reason.

    At the deadline those whose last reading was answered 429 end with 222, the others with 221.
    Raise ArtifactUnusable if a file cannot be written.
    """
    try:
        wait.until(poll)
    except Interrupted:
        batch.run.note(progress=batch.progress.summary())
        raise
    except ArtifactUnusable:
        raise  # a row could not be written, so the result would lack it
    except SlipwayError as error:
        for subject in list(left):
            why = failed.cause(subject, error)
            end(subject, why, _unfinished(why))


def _unfinished(why: SlipwayError) -> str:
    if isinstance(why, DeadlineReached):
        return "not finished when the deadline of the wait was reached; it goes on"
    asked = asked_to_wait(why.answer) if why.answer else ""
    more = f"; {asked}" if asked not in why.reason else ""
    return f"not finished within the wait: {why.reason}{more}"
