"""Decide which requests are repeated, after which pause, and for how long.

    answer 429                               every request: the server did nothing
    no connection was made                   every request: it cannot have arrived
    answer 500, 502, 503 or 504              reads only
    the answer was lost or broke off         reads only

A server may close a connection that is kept from an earlier call at any time. A read that meets this is sent again at
once, whatever ``retry_timeout`` is (``client``). A write uses such a connection only in a batch, right after another
write (``session``). If it meets this, its answer is lost.

Retries end ``retry_timeout`` seconds after the first failure, and never go past the caller's deadline. A write that
may have arrived is never repeated.
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
"""Seconds between two attempts: ``FIRST_PAUSE`` after the first failure, then doubled up to ``LONGEST_PAUSE``."""
SHARE_OF_TIMEOUT = 0.25
"""After a 429 without ``Retry-After`` the pauses grow up to this share of ``retry_timeout``."""
JITTER = 0.25
"""The share by which a pause may be longer or shorter."""


class Unusable(Unreachable):
    """An answer that a retry would not improve: it is too large, or would take too much memory to parse."""


class Stale(Unreachable):
    """A read was lost because the server had closed the connection, which was kept from an earlier call."""


def may_repeat(outcome: Answer | Unreachable, *, reads: bool) -> bool:
    """Return whether a request with this outcome may be repeated. ``reads``: it changes nothing on the server."""
    if isinstance(outcome, Answer):
        return outcome.status == 429 or (reads and outcome.status in RETRIED)
    return isinstance(outcome, NotArrived) or (reads and not isinstance(outcome, Unusable))


def pause_after(outcome: Answer | Unreachable, failures: int, retry_timeout: float = 0.0) -> float:
    """Return the seconds until the next attempt: ``Retry-After`` plus up to one second, else ``backoff``."""
    asked = retry_after(outcome.headers) if isinstance(outcome, Answer) else None
    if asked is not None:
        return asked + random.random()  # noqa: S311
    limited = isinstance(outcome, Answer) and outcome.status == 429
    return backoff(failures, max(LONGEST_PAUSE, SHARE_OF_TIMEOUT * retry_timeout) if limited else LONGEST_PAUSE)


def backoff(failures: int, longest: float = LONGEST_PAUSE) -> float:
    """Return the seconds to wait after so many failures in a row: 0.5, 1, 2, ... up to ``longest``, +/- 25 %."""
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
    """Call ``attempt`` until its outcome must not be repeated or the time is up. Return or raise the last outcome.

    ``retry_timeout`` is in seconds. ``rate_limited`` is called after each 429 with the seconds to wait.
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
