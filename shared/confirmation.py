"""After a write: look what became of it, for a while, and send nothing again."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from shared.errors import RateLimited, SlipwayError
from shared.http.deadline import Deadline
from shared.http.response import retry_after
from shared.program.run import Run


class Api(Protocol):
    """What is asked: an API that can be given a deadline."""

    def until(self: "A", deadline: Deadline, *, last_chance: bool = False) -> "A":
        """See ``Client.until``."""
        ...


A = TypeVar("A", bound=Api)
T = TypeVar("T")

AGAIN = 2.0
LONGEST = 30.0


def looks(run: Run, api: A, look: Callable[[A], T], seconds: float | None = None) -> Iterator[T]:
    """What ``look`` sees, now and every 2 s for ``seconds``: 30 unless given, less where calls are retried for less.

    No failed look of any kind ends it: whatever it says, it cannot undo what may have been done. Where the server asks
    for a longer rest it has that, but the last look comes at the end all the same.
    """
    deadline = Deadline(min(LONGEST, run.retry_timeout) if seconds is None else seconds, run.clock)
    bounded = api.until(deadline, last_chance=True)
    while True:
        rest = AGAIN
        try:
            seen = look(bounded)
        except SlipwayError as error:
            run.say(f"{error.message}; looking again")
            rest = max(rest, _asked(error))
        else:
            yield seen
        if deadline.reached:
            return
        run.sleep(min(rest, deadline.remaining))


def _asked(error: SlipwayError) -> float:
    """Seconds that a failed look asks to rest. What a common pace did not even send may not go before the end."""
    if error.answer is None:
        return LONGEST if isinstance(error, RateLimited) else 0.0
    return retry_after(error.answer.headers) or 0.0


def first(run: Run, api: A, look: Callable[[A], T | None]) -> T | None:
    """The first thing that ``look`` finds, None where it finds nothing in all that time."""
    return next((seen for seen in looks(run, api, look) if seen is not None), None)


def look_for(run: Run, api: A, lost: SlipwayError, look: Callable[[A], T | None]) -> T | None:
    """What ``look`` finds after an answer was ``lost``, None where it finds nothing in all that time."""
    run.say(f"{lost.message}; the answer was lost, looking whether the request arrived")
    return first(run, api, look)
