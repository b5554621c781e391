"""Limits of calls in a rolling window: https://fivetran.com/docs/rest-api/rate-limiting."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from emulator.clock import Clock

MINUTE, HOUR = 60.0, 3600.0  # seconds


class RateLimit:
    """Counts accepted calls."""

    def __init__(self, clock: Clock, window: float, quota: Callable[[], int]) -> None:
        self._clock, self._window, self._quota = clock, window, quota
        self._calls: deque[float] = deque()

    def left(self) -> int:
        """Return how many calls are left."""
        while self._calls and self._calls[0] <= self._clock.now() - self._window:
            self._calls.popleft()
        return max(self._quota() - len(self._calls), 0)

    def wait(self) -> int:
        """Return the whole seconds until a call is possible again."""
        if self.left() or not self._calls:
            return 0 if self.left() else int(self._window)
        return max(math.ceil(self._calls[0] + self._window - self._clock.now()), 1)

    def spend(self) -> bool:
        """Count a call. Return False if none is left."""
        if not self.left():
            return False
        self._calls.append(self._clock.now())
        return True
