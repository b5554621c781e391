"""A deadline: made once, then passed to everything that has to end by it."""

import math
import time
from collections.abc import Callable


class Deadline:
    """A moment ``seconds`` from now on a monotonic clock, so that setting the machine's time does not move it."""

    __slots__ = ("_at", "_clock", "seconds")

    def __init__(self, seconds: float, clock: Callable[[], float] | None = None) -> None:
        """``seconds`` may be infinite. ``clock`` returns monotonic seconds (default: ``time.monotonic``)."""
        self.seconds = seconds
        self._clock = clock or time.monotonic
        self._at = self._clock() + seconds

    @classmethod
    def never(cls) -> "Deadline":
        """Return a deadline that is never reached."""
        return cls(math.inf)

    @property
    def remaining(self) -> float:
        """Seconds until the deadline, 0.0 after it."""
        return max(self._at - self._clock(), 0.0)

    @property
    def reached(self) -> bool:
        return self._clock() >= self._at

    def earliest(self, other: "Deadline") -> "Deadline":
        """Return the earlier of this deadline and ``other``. Both must use the same clock."""
        return other if other._at < self._at else self
