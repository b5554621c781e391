"""A moment after which something is given up: made once, passed down, asked by everybody."""

import math
import time
from collections.abc import Callable


class Deadline:
    """So many seconds from now, on a monotonic clock: setting the machine's time moves it nowhere."""

    __slots__ = ("_at", "_clock", "seconds")

    def __init__(self, seconds: float, clock: Callable[[], float] | None = None) -> None:
        """``seconds`` may be infinite. ``clock`` returns monotonic seconds (default: ``time.monotonic``)."""
        self.seconds = seconds
        self._clock = clock or time.monotonic
        self._at = self._clock() + seconds

    @classmethod
    def never(cls) -> "Deadline":
        """One that is never reached."""
        return cls(math.inf)

    @property
    def remaining(self) -> float:
        """Seconds until it is reached; 0 once it is."""
        return max(self._at - self._clock(), 0.0)

    @property
    def reached(self) -> bool:
        return self._clock() >= self._at

    def earliest(self, other: "Deadline") -> "Deadline":
        """This one or ``other``, whichever comes first. Both are on the same clock."""
        return other if other._at < self._at else self
