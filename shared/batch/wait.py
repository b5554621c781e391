"""Wait for the syncs of a batch."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.batch.batch import BatchRun
from shared.errors import ArtifactUnusable, DeadlineReached, RateLimited, SlipwayError
from shared.http.response import asked_to_wait
from shared.polling import Polled, Wait
from shared.program.signals import Interrupted


def until_ended(
    batch: BatchRun[Any, Any],
    wait: Wait,
    poll: Callable[[], Polled[bool]],
    left: Iterable[str],
    limited: Mapping[str, RateLimited],
    end: Callable[[str, SlipwayError, str], None],
) -> None:
    """Poll until nothing is ``left``. If the wait ends earlier, call ``end`` with each of ``left``, why, and a reason.

    At the deadline those in ``limited``, whose last reading was answered 429, end with 222, the others with 221.
    Raise ArtifactUnusable if a file cannot be written.
    """
    try:
        wait.until(poll)
    except Interrupted:
        batch.run.note(progress=batch.progress.counts())
        raise
    except ArtifactUnusable:
        raise  # a row could not be written, so the result would lack it
    except SlipwayError as error:
        for subject in list(left):
            why = limited.get(subject, error) if isinstance(error, DeadlineReached) else error
            end(subject, why, _unfinished(why))


def _unfinished(why: SlipwayError) -> str:
    if isinstance(why, DeadlineReached):
        return "not finished when the deadline of the wait was reached; it goes on"
    asked = asked_to_wait(why.answer) if why.answer else ""
    more = f"; {asked}" if asked not in why.reason else ""
    return f"not finished within the wait: {why.reason}{more}"
