"""Count the calls to an API, and keep what the server says about the hourly quota."""

import threading
from collections.abc import Mapping

SCARCE = 0.1
"""Below this share of the hourly quota polls are half as frequent, and calls that nothing depends on are not made."""


class Usage:
    """The counters that all views of a client share. Safe to use from several threads."""

    def __init__(self) -> None:
        self.calls = 0
        self.quota_limit: int | None = None
        """Calls per hour; None until the server says it."""
        self.quota_remaining: int | None = None
        """Calls left in this hour; None until the server says it."""
        self.answers = 0
        self._lock = threading.Lock()

    @property
    def quota_share(self) -> float | None:
        """The share of the quota that is left (0 to 1); None until the server says it."""
        if self.quota_remaining is None or not self.quota_limit:
            return None
        return self.quota_remaining / self.quota_limit

    def count_call(self) -> None:
        """Count one request."""
        with self._lock:
            self.calls += 1

    def hear(self, headers: Mapping[str, str], *, answers_before: int) -> None:
        """Take the quota from an answer's headers. ``answers_before`` is the value of ``answers`` when the call began.

        Fivetran sends X-Rate-Limit and X-Rate-Limit-Remaining: https://fivetran.com/docs/rest-api/rate-limiting
        Answers to parallel calls may arrive in any order, so the lowest number counts. A higher one is taken only if
        no other answer came during the call, because then the quota has grown.
        """
        with self._lock:
            left = _whole(headers.get("X-Rate-Limit-Remaining"))
            alone = answers_before == self.answers
            if left is not None and (self.quota_remaining is None or left < self.quota_remaining or alone):
                self.quota_remaining = left
            limit = _whole(headers.get("X-Rate-Limit"))
            self.quota_limit = self.quota_limit if limit is None else limit
            self.answers += 1


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None
