"""One HTTP client for both vendors: one session, one bound on each call, and nothing repeated that must not be.

Which requests are sent again, and until when, is in ``retry``; what the server says of its limits, in ``rate_limit``.
"""

import copy
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from shared.errors import NotArrived, Unreachable
from shared.http.auth import Auth, SetHeader
from shared.http.body import TooLarge, read_body
from shared.http.bounds import NoThread, within
from shared.http.causes import did_not_arrive, in_words
from shared.http.deadline import Deadline
from shared.http.rate_limit import RateLimiter
from shared.http.response import Answer
from shared.http.retry import Unusable, with_retries
from shared.http.session import new_session
from shared.http.statuses import error_for, is_final
from shared.http.usage import Usage

CONNECT_TIMEOUT = 10.0
SLOW_FACTOR = 5
"""Setup tests and schema reloads query the source: they may take this many times the read timeout."""
LEAST = 1.0
"""Seconds that a call has at least, also one that is made at its deadline: the last look of a wait."""


class Planned(Exception):
    """A dry run has come to its first write: ``Client.planned`` holds what would have been sent."""


class Request(NamedTuple):
    """One request, sent as often as ``retry`` says. ``body`` becomes JSON; no attempt outlives ``bound``."""

    method: str
    path: str
    body: Any
    auth: Auth
    read_timeout: float
    bound: Deadline


class Client:
    """An API at one address. ``until`` gives a view of it that has a deadline; all views share session and usage."""

    def __init__(
        self,
        *,
        vendor: str,
        base_url: str,
        accept: str,
        auth: Auth | None = None,
        read_timeout: float = 60.0,
        retry_timeout: float = 60.0,
        dry_run: bool = False,
        url_variable: str = "",
        rate_limiter: RateLimiter | None = None,
    ) -> None:
        """``read_timeout`` and ``retry_timeout`` are in seconds. ``accept`` is the Accept header.

        ``dry_run``: a write is not sent but noted in ``planned``. ``url_variable`` is the variable that ``base_url``
        comes from, for messages. ``rate_limiter`` spaces calls that are made side by side.
        """
        self.vendor = vendor
        self.base_url = base_url
        self.read_timeout = read_timeout
        self.retry_timeout = retry_timeout
        self.dry_run = dry_run
        self.usage = Usage()
        self.planned: list[dict[str, Any]] = []
        self.on_answer: Callable[[str, str, Answer], None] | None = None  # told of method, path and each answer
        self._auth = auth or Auth()
        self._url_variable = url_variable
        self._rate_limiter = rate_limiter
        self._session = new_session(base_url, accept)
        self._deadline = Deadline.never()
        self._last_chance = False

    def until(self, deadline: Deadline, *, last_chance: bool = False) -> "Client":
        """This client with a deadline: no call is put off past it, by retries or by the rate limiter, nor awaited.

        With ``last_chance`` a call that is made at the deadline or later goes at once, whatever the rate limiter says,
        and every call is awaited as long as any other: who reads after a write has no later chance to see what it did.
        """
        view = copy.copy(self)
        view._deadline = deadline.earliest(self._deadline)
        view._last_chance = last_chance
        return view

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, slow: bool = False) -> Answer:
        """Read. Raises Unreachable where no usable answer comes."""
        query = urlencode({key: value for key, value in (params or {}).items() if value is not None}, errors="replace")
        return self._call("GET", f"{path}?{query}" if query else path, slow=slow, reads=True)

    def ask(self, path: str, body: Any, *, auth: Auth | None = None) -> Answer:
        """POST that only reads, as Airbyte's Configuration API has it: repeated like a GET, sent in a dry run too.

        ``auth`` takes the place of the client's own.
        """
        return self._call("POST", path, body, auth=auth, reads=True)

    def write(self, method: str, path: str, body: Any = None, *, slow: bool = False) -> Answer:
        """POST, PATCH or DELETE, at most once.

        Raises NotArrived where it was not sent, Unreachable where its answer was lost. In a dry run the request is
        noted instead and Planned raised.
        """
        if self.dry_run:
            self.planned.append({"method": method, "url": self.base_url + path, "body": body})
            raise Planned
        answer = self._call(method, path, body, slow=slow)
        if answer.status < 500 and not is_final(answer.status):
            raise Unreachable(
                f"{self.vendor}: {method} {path} was answered {answer.status}, which settles nothing", answer
            )
        return answer

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        auth: Auth | None = None,
        slow: bool = False,
        reads: bool = False,
    ) -> Answer:
        if self._rate_limiter and not (self._last_chance and self._deadline.reached):
            self._rate_limiter.wait(self.usage, self._deadline)
        auth = auth or self._auth
        header = auth.header(self)
        read_timeout = self.read_timeout * (SLOW_FACTOR if slow else 1)
        request = Request(method, path, body, auth, read_timeout, self._bound(read_timeout))
        return with_retries(
            partial(self._attempt, request, header),
            reads=reads,
            retry_timeout=self.retry_timeout,
            deadline=request.bound.earliest(self._deadline),
            rate_limited=self._rate_limiter.stay_away if self._rate_limiter else None,
        )

    def _bound(self, read_timeout: float) -> Deadline:
        """The end of a whole call: its retries, DNS and slow drips included."""
        longest = self.retry_timeout + CONNECT_TIMEOUT + read_timeout
        return Deadline(longest if self._last_chance else min(longest, max(self._deadline.remaining, LEAST)))

    def _attempt(self, request: Request, header: str | None) -> Answer:
        """Send a request, and once more with another token where it is answered 401: then nothing was done."""
        answer = self._bounded(request, header)
        if answer.status == 401 and (other := request.auth.header(self, refused=header)) != header:
            answer = self._bounded(request, other)
        return answer

    def _bounded(self, request: Request, header: str | None) -> Answer:
        what = f"{self.vendor}: {request.method} {request.path}"
        answers_before = self.usage.answers
        try:
            answer = within(request.bound.remaining, partial(self._send, request, header, what))
        except NoThread as error:
            raise NotArrived(f"{what} was not sent: {error}") from error
        if answer is None:
            raise Unreachable(f"{what} got no complete answer within {request.bound.seconds:.0f} s")
        self.usage.hear(answer.headers, answers_before=answers_before)
        if self.on_answer:
            self.on_answer(request.method, request.path, answer)
        return answer

    def _send(self, request: Request, header: str | None, what: str) -> Answer:
        body = None if request.body is None else json.dumps(request.body).encode()
        self.usage.count_call()
        try:
            response = self._session.request(
                request.method,
                self.base_url + request.path,
                data=body,
                headers=None if body is None else {"Content-Type": "application/json"},
                auth=SetHeader(header),
                timeout=(CONNECT_TIMEOUT, request.read_timeout),
                allow_redirects=False,
                stream=True,
            )
            with response:
                answer = Answer(response.status_code, response.headers, read_body(response))
        except TooLarge as error:
            raise Unusable(f"{what}: {error}") from error
        except Exception as error:  # requests and urllib3 let through whatever a strange answer makes of them
            kind = NotArrived if did_not_arrive(error) else Unreachable
            raise kind(f"{what} failed: {in_words(error, self.base_url, self._url_variable)}") from error
        if error_for(answer.status) is None and answer.refusal:
            raise Unusable(f"{what}: the answer was not read: {answer.refusal}")
        return answer
