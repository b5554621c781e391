"""Which requests are sent again, how soon, and until when.

    answered 429                             any request: nothing was done
    no connection came about                 any request: it cannot have arrived
    answered 500, 502, 503 or 504            reads only
    the answer was lost or broke off         reads only

From the first failure on for ``retry_timeout`` seconds at most, and never past the caller's deadline. What may have
arrived and is no read is never sent again.
"""

import random
import time
from collections.abc import Callable

from shared.errors import NotArrived, Unreachable
from shared.http.deadline import Deadline
from shared.http.response import Answer, retry_after
from shared.http.statuses import RETRIED

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0
SHARE_OF_TIMEOUT = 0.25
"""A 429 without ``Retry-After`` does not say for how long: the pauses grow to this share of the time there is."""
JITTER = 0.25


class Unusable(Unreachable):
    """An answer that another attempt would not make better: it is too large, or too much would come of it."""


def may_repeat(outcome: Answer | Unreachable, *, reads: bool) -> bool:
    """Whether the request that had this outcome may be sent again. ``reads``: it changes nothing at the server."""
    if isinstance(outcome, Answer):
        return outcome.status == 429 or (reads and outcome.status in RETRIED)
    return isinstance(outcome, NotArrived) or (reads and not isinstance(outcome, Unusable))


def pause_after(outcome: Answer | Unreachable, failures: int, retry_timeout: float = 0.0) -> float:
    """Seconds until the next attempt: what ``Retry-After`` asks for and up to a second more, else ``backoff``."""
    asked = retry_after(outcome.headers) if isinstance(outcome, Answer) else None
    if asked is not None:
        return asked + random.random()  # noqa: S311
    limited = isinstance(outcome, Answer) and outcome.status == 429
    return backoff(failures, max(LONGEST_PAUSE, SHARE_OF_TIMEOUT * retry_timeout) if limited else LONGEST_PAUSE)


def backoff(failures: int, longest: float = LONGEST_PAUSE) -> float:
    """Seconds to wait after that many failures in a row: 0.5, 1, 2, ... to ``longest``, give or take a quarter."""
    plain = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 20), longest)
    return float(plain * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311


def with_retries(
    attempt: Callable[[], Answer],
    *,
    reads: bool,
    retry_timeout: float,
    deadline: Deadline,
    rate_limited: Callable[[float], None] | None = None,
) -> Answer:
    """Call ``attempt`` until its outcome is not to be repeated, or time is up; return or raise the last outcome.

    ``retry_timeout`` is in seconds. ``rate_limited`` is told of each 429 and of the seconds to stay away after it.
    """
    failures = 0
    give_up: Deadline | None = None
    while True:
        outcome: Answer | Unreachable
        try:
            outcome = attempt()
        except Unreachable as error:
            outcome = error
        if may_repeat(outcome, reads=reads):
            failures += 1
            give_up = give_up or Deadline(retry_timeout).earliest(deadline)
            pause = pause_after(outcome, failures, retry_timeout)
            if rate_limited and isinstance(outcome, Answer) and outcome.status == 429:
                rate_limited(pause)
            if pause <= give_up.remaining:
                time.sleep(pause)
                continue
        if isinstance(outcome, Unreachable):
            raise outcome
        return outcome
