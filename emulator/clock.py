"""The emulator's clock, and the text forms of timestamps."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import formatdate

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
TICK = 0.00001
"""Seconds by which a stopped clock advances each time it is read, so that timestamps keep their order."""
STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)")


class Clock:
    """A clock that tests move forward instead of waiting."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._ahead = 0.0
        self._still: float | None = None

    def now(self) -> float:
        """Return the time in seconds since the epoch. A stopped clock never returns the same time twice."""
        if self._still is None:
            return self._base() + self._ahead
        self._ahead += TICK
        return self._still + self._ahead

    def stand_still(self) -> None:
        """Stop at the next whole second until `reset`: from then on only `advance` moves the time."""
        self._still, self._ahead = float(math.ceil(self.now())), 0.0

    def advance(self, seconds: float) -> None:
        """Move the time forward by `seconds`. Only `reset` moves it back."""
        self._ahead += seconds

    def reset(self) -> None:
        """Return to the machine's time."""
        self._ahead, self._still = 0.0, None


def stamp_text(seconds: float, digits: int = 6) -> str:
    """Format seconds since the epoch as `2024-03-17T12:31:40.870504Z`, fraction truncated to 0, 3 or 6 digits."""
    moment = EPOCH + timedelta(microseconds=round(seconds * 1_000_000))
    fraction = f"{moment.microsecond:06d}"[:digits]
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' if fraction else ''}{fraction}Z"


def stamp_seconds(text: str) -> float:
    """Parse an ISO 8601 UTC timestamp into seconds since the epoch. Raise ValueError for any other text."""
    wrong = f"{text!r} is not a UTC timestamp such as 2024-03-17T12:31:40.870504Z"
    match = STAMP.fullmatch(text)
    if match is None:
        raise ValueError(wrong)
    try:
        moment = datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        raise ValueError(wrong) from None
    micros = int((match[2] or "").ljust(6, "0")[:6])
    return ((moment - EPOCH) // timedelta(microseconds=1) + micros) / 1_000_000


def http_date(seconds: float) -> str:
    """Format seconds since the epoch for the `Date` header: whole seconds, GMT."""
    return formatdate(int(seconds), usegmt=True)
