"""How fast many calls go together, by what the server says of its limits."""

import threading
import time
from collections.abc import Callable

from shared.errors import NotArrived, RateLimited
from shared.http.deadline import Deadline
from shared.http.usage import Usage
from shared.timestamps import span

HOUR = 3600.0


class RateLimiter:
    """Spaces the calls of one client, made by any number of threads.

    After a 429 nobody calls until the time that it asked for is over. While fewer calls are left than ``reserve``
    keeps for others, calls go at half the rate at which an hourly quota comes back: the other half is theirs.
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
        """``longest_stay`` is how many seconds a call stays away after a 429; where the API asks for more, it fails.

        ``reserve_variable`` is the variable that ``reserve`` (calls) comes from; both and ``vendor`` are for messages.
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
        """No call goes for so many seconds: the server answered 429."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def wait(self, usage: Usage, deadline: Deadline) -> None:
        """Sleep until it is this call's turn.

        Raises RateLimited where the API asks to stay away for longer than ``longest_stay`` or past ``deadline``, and
        NotArrived where the reserve puts the call off past ``deadline``.
        """
        with self._lock:
            now = self._clock()
            away = self._not_before - now
            if away > self._longest_stay:
                raise RateLimited(
                    f"{self._vendor}: the account's quota is used up and the API asks to stay away for {span(away)}; "
                    "not sent"
                )
            slot = max(now, self._not_before, self._next_slot)
            if slot - now > deadline.remaining:
                if away > deadline.remaining:
                    asks = f"the API asks to stay away for {span(away)}"
                    raise RateLimited(f"{self._vendor}: {asks}, past this wait; not sent")
                raise NotArrived(
                    f"{self._vendor}: the next call may be made only after the deadline of this wait; not sent"
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
        """Seconds from one call to the next."""
        left, limit = usage.quota_remaining, usage.quota_limit
        if not self._reserve or not limit or left is None or left >= self._reserve:
            return 0.0
        return 2 * HOUR / limit
