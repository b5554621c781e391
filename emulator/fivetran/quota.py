"""The account's calls an hour, in a rolling window. Source: Fivetran REST API, "Rate Limiting"."""

from __future__ import annotations

import math
from collections import deque

from emulator.clock import Clock
from emulator.fivetran.switches import Switches

HOUR = 3600.0


class Quota:
    """Counts the calls that were let in."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock, self._switches = clock, switches
        self._calls: deque[float] = deque()

    def left(self) -> int:
        """Calls that are still free."""
        while self._calls and self._calls[0] <= self._clock.now() - HOUR:
            self._calls.popleft()
        return max(self._switches.quota - len(self._calls), 0)

    def wait(self) -> int:
        """Whole seconds until a call is free again."""
        if self.left() or not self._calls:
            return 0 if self.left() else int(HOUR)
        return max(math.ceil(self._calls[0] + HOUR - self._clock.now()), 1)

    def spend(self) -> bool:
        """Count a call; False if none is left."""
        if not self.left():
            return False
        self._calls.append(self._clock.now())
        return True
