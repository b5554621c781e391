"""Limit how fast parallel calls are sent, by what the server says about its quota."""

import threading
import time
from collections.abc import Callable

from shared.errors import NotArrived, RateLimited
from shared.http.deadline import Deadline
from shared.http.usage import Usage
from shared.timestamps import span

HOUR = 3600.0


class RateLimiter:
    """Spaces the calls of one client, whichever thread makes them.

    After a 429 no call is sent until the time that the server asked for is over. If fewer calls are left of the hourly
    quota than ``reserve``, calls are sent at half the rate at which the quota comes back. The other half stays free
    for other users of the account.
    """

    def __init__(
        self,
        *,
        vendor: str,
        longest_stay: float,
        reserve: int | None = None,
        reserve_variable: str = "",
        say: Callable[[str], None] = lambda text: None,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        """``longest_stay`` is the most seconds that a call waits after a 429; if the API asks for more, the call fails.

        ``reserve`` is a number of calls. ``reserve_variable``, where it comes from, and ``vendor`` are for messages.
        """
        self._vendor = vendor
        self._longest_stay = longest_stay
        self._reserve = reserve
        self._reserve_variable = reserve_variable
        self._say = say
        self._clock = clock or time.monotonic
        self._sleep = sleep or time.sleep
        self._told = False
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._next_slot = 0.0

    def stay_away(self, seconds: float) -> None:
        """Send no call for ``seconds``, because the server answered 429."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def wait(self, usage: Usage, deadline: Deadline) -> None:
        """Sleep until this call may be sent.

        Raise RateLimited if the API asks to wait for longer than ``longest_stay`` or past ``deadline``, and NotArrived
        if keeping the reserve would delay the call past ``deadline``.
        """
        with self._lock:
            now = self._clock()
            away = self._not_before - now
            if away > self._longest_stay:
                raise RateLimited(
                    f"the account's quota is used up and the API asks to stay away for {span(away)}; not sent",
                    vendor=self._vendor,
                )
            slot = max(now, self._not_before, self._next_slot)
            if slot - now > deadline.remaining:
                if away > deadline.remaining:
                    asks = f"the API asks to stay away for {span(away)}"
                    raise RateLimited(f"{asks}, past this wait; not sent", vendor=self._vendor)
                raise NotArrived(
                    "the next call may be made only after the deadline of this wait; not sent", vendor=self._vendor
                )
            spacing = self._spacing(usage)
            self._next_slot = slot + spacing
            if spacing and not self._told:
                self._told = True
                self._say(
                    f"{self._vendor}: {usage.quota_remaining} calls are left of the hourly quota, fewer than "
                    f"{self._reserve_variable} keeps for others; from here on a call every {spacing:.1f} s at most"
                )
        if slot > now:
            self._sleep(slot - now)

    def _spacing(self, usage: Usage) -> float:
        """Return the seconds between two calls."""
        left, limit = usage.quota_remaining, usage.quota_limit
        if not self._reserve or not limit or left is None or left >= self._reserve:
            return 0.0
        return 2 * HOUR / limit
