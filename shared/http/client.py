"""The HTTP client of both vendors: one session, a time limit for each call, and no write is sent twice.

``shared.http.retry`` decides which requests are repeated, ``shared.http.rate_limit`` how fast parallel calls go.
"""

import copy
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from shared.errors import NotArrived, Unreachable
from shared.http.auth import Auth, SetHeader
from shared.http.body import TooLarge, read_body
from shared.http.bounds import NoThread, within
from shared.http.causes import did_not_arrive, in_words, was_closed
from shared.http.connections import used
from shared.http.deadline import Deadline
from shared.http.response import Answer
from shared.http.retry import Stale, Unusable, with_retries
from shared.http.session import Sessions
from shared.http.statuses import error_for, is_final
from shared.http.usage import Usage

if TYPE_CHECKING:
    from shared.http.authorities import Remembered
    from shared.http.rate_limit import RateLimiter

CONNECT_TIMEOUT = 10.0  # seconds
SLOW_FACTOR = 5
"""Setup tests and schema reloads query the source: they may take this many times the read timeout."""
LEAST = 1.0
"""Seconds that every call may take, even one made at the deadline, such as the last poll of a wait."""


class Planned(Exception):
    """A dry run reached its first write. ``Client.planned`` has the request that was not sent."""


class Request(NamedTuple):
    """One request and its retries. ``body`` is sent as JSON. No attempt lasts longer than ``bound``.

    ``checked``: refuse an answer that must not be parsed.
    """

    method: str
    path: str
    body: Any
    reads: bool
    auth: Auth
    read_timeout: float
    bound: Deadline
    checked: bool = True


class Client:
    """A client of one API. ``until`` returns a view of it with a deadline; all views share session and usage."""

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
        rate_limiter: "RateLimiter | None" = None,
        remembered: "Remembered | None" = None,
    ) -> None:
        """``read_timeout`` and ``retry_timeout`` are in seconds. ``accept`` is the Accept header.

        With ``dry_run`` a write is added to ``planned`` instead of sent. ``url_variable``, the variable that holds
        ``base_url``, is for messages. ``rate_limiter`` spaces parallel calls. ``remembered``: see ``new_session``.
        """
        self.vendor = vendor
        self.base_url = base_url
        self.read_timeout = read_timeout
        self.retry_timeout = retry_timeout
        self.dry_run = dry_run
        self.usage = Usage()
        self.planned: list[dict[str, Any]] = []
        self.on_answer: Callable[[str, str, Answer], None] | None = None  # called with method, path and each answer
        self._auth = auth or Auth()
        self._url_variable = url_variable
        self._rate_limiter = rate_limiter
        self._sessions = Sessions(base_url, accept, remembered)
        self._deadline = Deadline.never()
        self._last_chance = False

    def until(self, deadline: Deadline, *, last_chance: bool = False, retry_timeout: float | None = None) -> "Client":
        """Return a view with a deadline, which limits retries, the rate limiter's pauses and slow answers.

        ``retry_timeout`` replaces the client's own: with 0 a request is tried once.

        With ``last_chance`` a call made at or after the deadline ignores the rate limiter, and every call may take as
        long as without a deadline. Use it to read what became of a write when there is no later chance to.
        """
        view = copy.copy(self)
        view._deadline = deadline.earliest(self._deadline)
        view._last_chance = last_chance
        if retry_timeout is not None:
            view.retry_timeout = retry_timeout
        return view

    def keep_writes(self) -> None:
        """Send writes that follow each other closely over the same connections, see ``Sessions``. For a batch."""
        self._sessions.keeps_writes = True

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, slow: bool = False, checked: bool = True
    ) -> Answer:
        """Send a GET. Raise Unreachable if no usable answer arrives.

        With ``checked=False`` it is left to the caller to ask ``Answer.refusal`` before the body is parsed.
        """
        query = urlencode({key: value for key, value in (params or {}).items() if value is not None}, errors="replace")
        return self._call("GET", f"{path}?{query}" if query else path, slow=slow, reads=True, checked=checked)

    def ask(self, path: str, body: Any, *, auth: Auth | None = None) -> Answer:
        """Send a POST that only reads, as in Airbyte's Configuration API: repeated like a GET, sent in a dry run too.

        ``auth`` replaces the client's own credentials.
        """
        return self._call("POST", path, body, auth=auth, reads=True)

    def write(self, method: str, path: str, body: Any = None, *, slow: bool = False) -> Answer:
        """Send a POST, PATCH or DELETE at most once.

        Raise NotArrived if it was not sent, Unreachable if its answer was lost. In a dry run add the request to
        ``planned`` and raise Planned.
        """
        if self.dry_run:
            self.planned.append({"method": method, "url": self.base_url + path, "body": body})
            raise Planned
        answer = self._call(method, path, body, slow=slow)
        if answer.status < 500 and not is_final(answer.status):
            raise Unreachable(
                f"{method} {path} was answered {answer.status}, which settles nothing", answer, vendor=self.vendor
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
        checked: bool = True,
    ) -> Answer:
        if self._rate_limiter and not (self._last_chance and self._deadline.reached):
            self._rate_limiter.wait(self.usage, self._deadline)
        auth = auth or self._auth
        header = auth.header(self)
        read_timeout = self.read_timeout * (SLOW_FACTOR if slow else 1)
        request = Request(method, path, body, reads, auth, read_timeout, self._bound(read_timeout), checked)
        return with_retries(
            partial(self._attempt, request, header),
            reads=reads,
            retry_timeout=self.retry_timeout,
            deadline=request.bound.earliest(self._deadline),
            rate_limited=self._rate_limiter.stay_away if self._rate_limiter else None,
        )

    def _bound(self, read_timeout: float) -> Deadline:
        """Return the deadline of a whole call, including retries, DNS and slow answers."""
        longest = self.retry_timeout + CONNECT_TIMEOUT + read_timeout
        return Deadline(longest if self._last_chance else min(longest, max(self._deadline.remaining, LEAST)))

    def _attempt(self, request: Request, header: str | None) -> Answer:
        """Send a request. After a 401 nothing was done, so send it once more if there is another token.

        Send a read again at once, without regard to the retry timeout, if its connection turns out to be closed.
        """
        try:
            answer = self._bounded(request, header)
        except Stale:
            answer = self._bounded(request, header)
        if answer.status == 401 and (other := request.auth.header(self, refused=header)) != header:
            answer = self._bounded(request, other)
        return answer

    def _bounded(self, request: Request, header: str | None) -> Answer:
        """Send a request once, within its time limit, and note what the answer says of the quota."""
        what = f"{request.method} {request.path}"
        answers_before = self.usage.answers
        try:
            answer = within(request.bound.remaining, partial(self._send, request, header, what))
        except NoThread as error:
            raise NotArrived(f"{what} was not sent: {error}", vendor=self.vendor) from error
        if answer is None:
            raise Unreachable(f"{what} got no complete answer within {request.bound.seconds:.0f} s", vendor=self.vendor)
        self.usage.hear(answer.headers, answers_before=answers_before)
        if self.on_answer:
            self.on_answer(request.method, request.path, answer)
        return answer

    def _send(self, request: Request, header: str | None, what: str) -> Answer:
        """Send a request over one connection. Raise NotArrived, Stale or Unreachable if no whole answer arrives."""
        body = None if request.body is None else json.dumps(request.body).encode()
        self.usage.count_call()
        try:
            with (
                self._sessions.of(reads=request.reads) as session,
                session.request(
                    request.method,
                    self.base_url + request.path,
                    data=body,
                    headers=None if body is None else {"Content-Type": "application/json"},
                    auth=SetHeader(header),
                    timeout=(CONNECT_TIMEOUT, request.read_timeout),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                content = read_body(response, kept=used.kept)
                answer = Answer(response.status_code, response.headers, content)
        except TooLarge as error:
            raise Unusable(f"{what}: {error}", vendor=self.vendor) from error
        except Exception as error:  # a malformed answer can raise any exception in requests and urllib3
            closed = used.kept and was_closed(error)
            if closed:
                self._sessions.keeps_writes = False
            stale = request.reads and closed
            kind = NotArrived if did_not_arrive(error) else Stale if stale else Unreachable
            why = in_words(error, self.base_url, self._url_variable)
            raise kind(f"{what} failed: {why}", vendor=self.vendor) from error
        if request.checked and error_for(answer.status) is None and answer.refusal:
            raise Unusable(f"{what}: the answer was not read: {answer.refusal}", vendor=self.vendor)
        return answer
