"""After a write whose answer was lost: look what became of it, for a while, and send nothing again."""

from collections.abc import Callable
from typing import Any, TypeVar

from shared.errors import SlipwayError, Unreachable
from shared.run import Run

T = TypeVar("T")

LOOK_AGAIN = 2.0
LOOK_FOR = 30.0


def look_for(run: Run[Any], error: Unreachable, look: Callable[[], T | None]) -> T | None:
    """What ``look`` finds, every 2 s for 30 s (less where calls are retried for less); None where it finds nothing."""
    run.say(f"{error.message}; the answer was lost, looking whether the request arrived")
    end = run.clock() + min(LOOK_FOR, run.settings.retry_timeout)
    while True:
        try:
            found = look()
        except SlipwayError as failure:  # whatever a look says, it cannot undo what may have been done
            run.say(f"{failure.message}; looking again")
            found = None
        if found is not None or run.clock() >= end:
            return found
        run.sleep(LOOK_AGAIN)
