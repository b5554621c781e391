"""How much of an API was used: calls made, and what the server says of the hourly quota."""

import threading
from collections.abc import Mapping


class Usage:
    """What all views of one client have in common. Safe to use from several threads."""

    def __init__(self) -> None:
        self.calls = 0
        self.quota_limit: int | None = None
        """Calls an hour, None while the server has said nothing."""
        self.quota_remaining: int | None = None
        """Calls that are left in this hour, None while the server has said nothing."""
        self.answers = 0
        self._lock = threading.Lock()

    @property
    def quota_share(self) -> float | None:
        """The share of the quota that is left (0 to 1), None where the server said nothing."""
        if self.quota_remaining is None or not self.quota_limit:
            return None
        return self.quota_remaining / self.quota_limit

    def count_call(self) -> None:
        """Note one more request."""
        with self._lock:
            self.calls += 1

    def hear(self, headers: Mapping[str, str], *, answers_before: int) -> None:
        """Note what an answer says of the quota. ``answers_before`` is what ``answers`` was when its call began.

        Fivetran sends X-Rate-Limit and X-Rate-Limit-Remaining: https://fivetran.com/docs/rest-api/rate-limiting
        Answers to calls side by side overtake each other, so the lowest of them counts; a higher number counts only
        where no other answer came during the call: then the quota has grown.
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
