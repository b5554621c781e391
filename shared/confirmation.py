"""Find out whether a write took effect after its answer was lost: read the state for a while, send nothing again."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from shared.errors import NotArrived, RateLimited, SlipwayError, TriggerUnknown, Unreachable
from shared.http.deadline import Deadline
from shared.http.response import Answer, retry_after
from shared.program.run import Run


class Api(Protocol):
    """An API that can be given a deadline."""

    def until(self: "A", deadline: Deadline, *, last_chance: bool = False) -> "A":
        """See ``Client.until``."""
        ...


A = TypeVar("A", bound=Api)
T = TypeVar("T")

AGAIN = 2.0
"""Seconds between two readings."""
LONGEST = 30.0
"""Seconds. The readings end after this time."""


def readings(run: Run, api: A, read: Callable[[A], T], seconds: float | None = None) -> Iterator[T]:
    """Yield what ``read`` returns, now and every 2 s for ``seconds``: by default 30, or the retry timeout if shorter.

    A failed reading does not end this: an error does not show whether the write took effect. A longer pause that the
    server asks for is honoured, but the last reading always comes at the end.
    """
    deadline = Deadline(min(LONGEST, run.retry_timeout) if seconds is None else seconds, run.clock)
    bounded = api.until(deadline, last_chance=True)
    while True:
        rest = AGAIN
        try:
            found = read(bounded)
        except SlipwayError as error:
            run.say(f"{error.message}; looking again")
            rest = max(rest, _asked(error))
        else:
            yield found
        if deadline.reached:
            return
        run.sleep(min(rest, deadline.remaining))


def _asked(error: SlipwayError) -> float:
    """Return the seconds to pause after a failed reading: its Retry-After, or LONGEST if our rate limiter refused."""
    if error.answer is None:
        return LONGEST if isinstance(error, RateLimited) else 0.0
    return retry_after(error.answer.headers) or 0.0


def find_after(lost: SlipwayError, run: Run, api: A, find: Callable[[A], T | None]) -> T | None:
    """Return the first result of ``find`` after an answer was ``lost``, None if it finds nothing in time."""
    run.say(f"{lost.message}; the answer was lost, checking whether the request arrived")
    return next((found for found in readings(run, api, find) if found is not None), None)


def create_once(
    run: Run,
    api: A,
    send: Callable[[], Answer],
    parse: Callable[[Answer], T],
    find: Callable[[A], T | None],
    unknown: str,
) -> T:
    """Return what ``send`` created, parsed by ``parse``. After a lost answer return what ``find`` finds.

    An answer that cannot be parsed counts as lost, too. Raise TriggerUnknown (202) with the text ``unknown`` if nothing
    is found.
    """
    answer: Answer | None = None
    try:
        answer = send()
        return parse(answer)
    except NotArrived:
        raise
    except Unreachable as error:
        error.answer = error.answer or answer
        found = find_after(error, run, api, find)
        if found is None:
            raise TriggerUnknown(f"{error.reason}; {unknown}", error.answer, vendor=error.vendor) from error
        return found


def find_change(
    lost: Unreachable, run: Run, api: A, subject: str, read: Callable[[A], T], differs: Callable[[T], tuple[str, str]]
) -> T:
    """Return the first reading that shows a change of ``subject`` whose answer was ``lost``.

    ``differs`` returns two texts: the fields that a reading shows unchanged, and the fields that no reading shows; ""
    for none. Raise Unreachable (223) if the change is not in effect, TriggerUnknown (202) if that is not known.
    """
    run.say(f"{lost.message}; the answer was lost, reading whether the change is in effect")
    unchanged, why = "", "it cannot be read"
    for found in readings(run, api, read, run.retry_timeout):
        unchanged, hidden = differs(found)
        if not unchanged and not hidden:
            return found
        if not unchanged:
            why = f"{hidden} cannot be compared"
            break
    if unchanged:
        reason = f"{lost.reason}; read again, {unchanged} is not changed"
        raise Unreachable(reason, lost.answer, vendor=lost.vendor) from lost
    reason = f"{lost.reason}; unknown whether {subject} was changed: {why}, and it was not sent again; check it first"
    raise TriggerUnknown(reason, lost.answer, vendor=lost.vendor) from lost
