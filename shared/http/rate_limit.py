"""How fast many calls go: together, by what the server says of its limits."""

import threading
import time
from collections.abc import Callable

from shared.errors import NotArrived, RateLimited
from shared.http.client import Client
from shared.timestamps import span

HOUR = 3600.0


class Pace:
    """One pace for all calls of a client.

    After a 429 nobody calls until the time that it asked for is over. With fewer calls left than are kept back for
    others, calls go at half the rate at which an hourly quota comes back: the other half is theirs.
    """

    def __init__(
        self,
        client: Client,
        reserve: int | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._client = client
        self._reserve = reserve
        self._clock = clock
        self._sleep = sleep
        self._say = say
        self._told = False
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._next_slot = 0.0
        client.before_call = self.wait
        client.turned_away = self.turned_away

    def turned_away(self, seconds: float) -> None:
        """A 429: all stay away for ``seconds``."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def wait(self) -> None:
        """Sleep until a call may be made.

        Raises RateLimited where the API asks for longer than calls are retried, or than the client has patience, and
        NotArrived where the reserve does.
        """
        with self._lock:
            now = self._clock()
            away = self._not_before - now
            if away > self._client.retry_window:
                raise RateLimited(
                    f"Fivetran: the account's quota is used up and the API asks to stay away for {span(away)}; not sent"
                )
            slot = max(now, self._not_before, self._next_slot)
            until = self._client.patience_ends
            if until is not None and slot > max(now, until):
                if away > max(until - now, 0.0):
                    raise RateLimited(f"Fivetran: the API asks to stay away for {span(away)}, past this wait; not sent")
                raise NotArrived("Fivetran: the next call may be made only after the deadline of this wait; not sent")
            spacing = self._spacing()
            self._next_slot = slot + spacing
            if spacing and not self._told:
                self._told = True
                self._say(
                    f"Fivetran: {self._client.remaining} calls are left of the hourly quota, fewer than "
                    f"FIVETRAN_QUOTA_RESERVE keeps for others; from here on a call every {spacing:.1f} s at most"
                )
        if slot > now:
            self._sleep(slot - now)

    def _spacing(self) -> float:
        remaining, limit = self._client.remaining, self._client.limit
        if not self._reserve or not limit or remaining is None or remaining >= self._reserve:
            return 0.0
        return 2 * HOUR / limit
