"""Which requests are repeated, how soon, and until when: urllib3's Retry, with a deadline and a distrust."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from urllib3.exceptions import MaxRetryError, ResponseError
from urllib3.util.retry import Retry

from shared.errors import Unreachable
from shared.http.response import retry_after

T = TypeVar("T")

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})


class DeadlineRetry(Retry):
    """Retries until ``window`` seconds after the first failure, and never past the moment that ``until`` says.

    ``allowed_methods`` (GET): on connection errors and on 429, 500, 502, 503, 504. Others: only where the request
    provably did not arrive, or was turned away with 429. ``count`` is told of each retry, ``turned_away`` of each
    429 and of the seconds to wait after it.
    """

    def __init__(
        self,
        window: float = 60.0,
        clock: Callable[[], float] | None = None,
        until: Callable[[], float | None] = lambda: None,
        count: Callable[[], None] = lambda: None,
        turned_away: Callable[[float], None] = lambda seconds: None,
        **rest: Any,
    ) -> None:
        self.window = window
        self.clock = clock or time.monotonic
        self.until = until
        self.count = count
        self.turned_away = turned_away
        self.give_up_at: float | None = None
        self.pause = 0.0
        rest.setdefault("total", None)
        rest.setdefault("redirect", 0)
        rest.setdefault("allowed_methods", frozenset({"GET"}))
        rest.setdefault("status_forcelist", RETRIED_STATUSES)
        rest.setdefault("raise_on_status", False)
        rest.setdefault("respect_retry_after_header", False)
        super().__init__(**rest)

    def new(self, **changes: Any) -> "DeadlineRetry":
        own = ("window", "clock", "until", "count", "turned_away")
        following = super().new(**{name: getattr(self, name) for name in own}, **changes)
        following.give_up_at = self.give_up_at
        return following

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return status_code == 429 or super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: Any = None,
        url: Any = None,
        response: Any = None,
        error: Any = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> "DeadlineRetry":
        if error is not None and not self._is_connection_error(error) and not self._is_method_retryable(method):
            raise error  # also what urllib3 counts as "other", a TLS error while reading for one
        following = super().increment(method, url, response, error, _pool, _stacktrace)
        now = self.clock()
        following.give_up_at = give_up_at(self.give_up_at, now + self.window, self.until())
        asked = retry_after(response.headers) if response is not None else None
        following.pause = backoff(len(following.history)) if asked is None else asked + random.random()  # noqa: S311
        if response is not None and response.status == 429:
            self.turned_away(following.pause)
        if now + following.pause > following.give_up_at:
            reason = error or ResponseError("the deadline for retries is reached")
            raise MaxRetryError(_pool, url, reason) from reason
        self.count()
        return following

    def sleep(self, response: Any = None) -> None:
        time.sleep(self.pause)


def backoff(failures: int) -> float:
    """Seconds to wait after that many failures in a row: 0.5, 1, 2, ... to 20, with jitter of a quarter."""
    return float(min(0.5 * 2.0 ** min(failures - 1, 10), 20.0) * random.uniform(0.75, 1.25))  # noqa: S311


def give_up_at(*ends: float | None) -> float:
    """The earliest of the ends that there are."""
    return min(end for end in ends if end is not None)


class BrokenOff(Unreachable):
    """The answer began to come, and its body did not end."""


def read_whole(send: Callable[[], T], window: float, until: float | None, count: Callable[[], None]) -> T:
    """urllib3 retries until the headers are there; a read whose body then breaks off is repeated here."""
    end, failures = None, 0
    while True:
        try:
            return send()
        except BrokenOff:
            now, failures = time.monotonic(), failures + 1
            end, pause = give_up_at(end, now + window, until), backoff(failures)
            if now + pause > end:
                raise
            count()
            time.sleep(pause)
