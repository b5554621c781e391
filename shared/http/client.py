"""One HTTP client for both vendors: deadlines, retries, and nothing repeated that must not be.

requests does the talking and urllib3's Retry the retrying. What is added: a Retry that knows a deadline and
distrusts ``Retry-After``, one bound on a whole call (DNS and slow drips included), and one on a body.
"""

import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import MaxRetryError

from shared import __version__
from shared.errors import NotArrived, Unreachable
from shared.http.auth import NoAuth
from shared.http.bounds import whole_body, within
from shared.http.causes import did_not_arrive, innermost
from shared.http.response import Answer
from shared.http.retry import BrokenOff, DeadlineRetry, read_whole
from shared.http.urls import is_loopback

CONNECT_TIMEOUT = 10.0
SLOW_FACTOR = 5
"""Setup tests and schema reloads query the source: they may take this many times the read timeout."""


class Client:
    """A session on one API. Counts its calls and remembers what the server said of the quota.

    ``dry_run``: a write is not sent but noted in ``planned``. ``address``: the variable that says where the API is.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        auth: AuthBase | None,
        accept: str,
        read_timeout: float = 60.0,
        retry_window: float = 60.0,
        dry_run: bool = False,
        address: str = "",
    ) -> None:
        self.vendor = vendor
        self.address = address
        self.base_url = base_url
        self.read_timeout = read_timeout
        self.retry_window = retry_window
        self.calls = 0
        self.remaining: int | None = None
        self.limit: int | None = None
        self._heard = 0  # answers
        self.dry_run = dry_run
        self.planned: list[dict[str, Any]] = []
        self.until: float | None = None  # monotonic: no call outlives it
        self.before_call: Callable[[], None] = lambda: None  # where many calls go side by side: their common pace
        self.turned_away: Callable[[float], None] = lambda seconds: None  # told of a 429 and how long to stay away
        self._session = requests.Session()
        # Without an auth of its own requests would look into a netrc and replace the header.
        self._session.auth = auth or NoAuth()
        self._session.headers = {"Accept": accept, "User-Agent": f"slipway/{__version__}"}
        if is_loopback(base_url):  # never through a proxy; what else the environment says of TLS still holds
            self._session.trust_env = False
            self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self._lock = threading.Lock()
        self._here = threading.local()  # ``end``: of the thread that calls, and of the one that the call runs in
        adapter = self._adapter("GET")
        self._asking = self._adapter("GET", "POST")
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def get(self, path: str, params: Mapping[str, Any] | None = None, slow: bool = False) -> Answer:
        """Read. Repeated as DeadlineRetry says. Raises Unreachable where no answer comes."""
        query = urlencode({key: value for key, value in (params or {}).items() if value is not None})
        return self._call("GET", f"{path}?{query}" if query else path, slow=slow, reads=True)

    def ask(self, path: str, body: Any, auth: AuthBase | None = None) -> Answer:
        """POST that only reads, as Airbyte's Configuration API has it: repeated like a GET, sent in a dry run too.

        ``auth`` takes the place of the client's own for this one call. Nothing is ever written below such a path.
        """
        with self._lock:  # a new table in the old one's place: another thread may be looking through that
            self._session.adapters = OrderedDict({self.base_url + path: self._asking, **self._session.adapters})
        return self._call("POST", path, body, auth=auth, reads=True)

    @contextmanager
    def patient_until(self, end: float) -> Iterator[None]:
        """Within it no call of this thread is put off past ``end`` (monotonic), be it by a retry or by the pace.

        One that is made after it goes at once. An answer that takes its time is awaited all the same.
        """
        self._here.end = end
        try:
            yield
        finally:
            self._here.end = None

    @property
    def patience_ends(self) -> float | None:
        """Past this no call is put off: the end of a wait, or of looking after a lost answer; None where neither is."""
        ends = [end for end in (self.until, getattr(self._here, "end", None)) if end is not None]
        return min(ends, default=None)

    def _last_chance(self) -> bool:
        end = getattr(self._here, "end", None)
        return end is not None and time.monotonic() >= end

    @property
    def quota_left(self) -> float | None:
        """The share of the hourly quota that the server said is left, None where it said nothing."""
        return self.remaining / self.limit if self.remaining is not None and self.limit else None

    def write(self, method: str, path: str, body: Any = None, slow: bool = False) -> Answer:
        """POST, PATCH or DELETE, at most once. Raises NotArrived, or Unreachable where the answer was lost.

        In a dry run the request is noted instead and Planned raised.
        """
        if self.dry_run:
            self.planned.append({"method": method, "url": self.base_url + path, "body": body})
            raise Planned
        return self._call(method, path, body, slow=slow)

    def count(self) -> None:
        """Note one more request of this client."""
        with self._lock:
            self.calls += 1

    def _adapter(self, *repeatable: str) -> HTTPAdapter:
        retries = DeadlineRetry(
            self.retry_window,
            until=lambda: self.patience_ends,
            count=self.count,
            turned_away=lambda seconds: self.turned_away(seconds),
            allowed_methods=frozenset(repeatable),
        )
        return HTTPAdapter(max_retries=retries, pool_maxsize=64)

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        slow: bool = False,
        reads: bool = False,
        auth: AuthBase | None = None,
    ) -> Answer:
        if not self._last_chance():
            self.before_call()
        read_timeout = self.read_timeout * (SLOW_FACTOR if slow else 1)
        limit = self.retry_window + CONNECT_TIMEOUT + read_timeout
        if self.until is not None:
            limit = min(limit, max(self.until - time.monotonic(), 1.0))
        self.count()
        end, heard = self.patience_ends, self._heard
        send = partial(self._send, method, path, body, read_timeout, auth, end)
        answer = within(limit, partial(read_whole, send, self.retry_window, end, self.count) if reads else send)
        if answer is None:
            raise Unreachable(f"{self.vendor}: {method} {path} got no complete answer within {limit:.0f} s")
        self._hear(answer, heard)
        return answer

    def _hear(self, answer: Answer, heard: int) -> None:
        """What the server says of the quota. Answers to calls side by side overtake each other: the lowest counts."""
        with self._lock:
            left = _whole(answer.headers.get("X-Rate-Limit-Remaining"), None)
            if left is not None and (self.remaining is None or left < self.remaining or heard == self._heard):
                self.remaining = left
            self.limit = _whole(answer.headers.get("X-Rate-Limit"), self.limit)
            self._heard += 1

    def _send(
        self, method: str, path: str, body: Any, read_timeout: float, auth: AuthBase | None, end: float | None
    ) -> Answer:
        self._here.end = end
        answered = False
        try:
            response = self._session.request(
                method,
                self.base_url + path,
                data=None if body is None else json.dumps(body).encode(),
                headers=None if body is None else {"Content-Type": "application/json"},
                auth=auth,
                timeout=(CONNECT_TIMEOUT, read_timeout),
                allow_redirects=False,
                stream=True,
            )
            with response:
                answered = True
                return Answer(response.status_code, response.headers, whole_body(response))
        except (requests.RequestException, MaxRetryError, OSError) as error:
            kind = BrokenOff if answered else NotArrived if did_not_arrive(error) else Unreachable
            advice = f"; check {self.address}, and the network" if kind is NotArrived and self.address else ""
            raise kind(f"{self.vendor}: {method} {path} failed: {innermost(error)}{advice}") from error


class Planned(Exception):
    """A dry run has come to its first write: ``Client.planned`` holds what would have been sent."""


def _whole(text: str | None, otherwise: int | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else otherwise
