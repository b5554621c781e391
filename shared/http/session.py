"""Requests sessions without redirects, retries or credentials of their own."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from warnings import filterwarnings

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from requests.cookies import extract_cookies_to_jar
from requests.utils import select_proxy

from shared import __version__
from shared.http.connections import WatchingAdapter, used
from shared.http.urls import is_loopback

if TYPE_CHECKING:
    from shared.http.authorities import Remembered

CONNECTIONS = 64
"""Connections kept open to one server: the largest number of parallel calls."""


KEPT_FOR = 1.0
"""Seconds after a write in which a batch sends another one over the same connection. Servers close an idle connection
after 2 s or more: gunicorn after 2, Apache, Node.js and uvicorn after 5, nginx after 75. ``docs/benchmarks.md`` has
links.
"""


MOST_COOKIES = 50
"""All are dropped before more are kept: with a new name in each answer they would outgrow what a server accepts."""


class Sessions:
    """The sessions of one API. ``reads`` keeps its connections; a write has a connection that no other request uses.

    A server may close a kept connection at any time. A request that is sent at that moment is lost unread, and a write
    must not be sent again: nobody could tell whether it took effect. So each write opens a connection. Only with
    ``keeps_writes``, in a batch, it uses that of a write whose answer was complete at most ``KEPT_FOR`` seconds ago.
    ``keeps_writes`` ends when any kept connection turns out to be closed.
    """

    def __init__(self, base_url: str, accept: str, remembered: "Remembered | None" = None) -> None:
        self.reads = new_session(base_url, accept, remembered)
        self.keeps_writes = False
        self._base_url, self._accept = base_url, accept
        self._idle: list[Session] = []  # of earlier writes: making a session takes long

    @contextmanager
    def of(self, *, reads: bool) -> "Iterator[Session]":
        """Yield the session for one request. Until it is given back, no other request uses a write's session."""
        used.begin()
        if reads:
            yield self.reads
            return
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._new()
        expected = session.kept_until >= time.monotonic() and self.keeps_writes
        if not expected:
            session.leave()
        session.kept_until = 0.0
        try:
            yield session
            if self.keeps_writes and used.is_open:
                session.kept_until = time.monotonic() + KEPT_FOR
        finally:
            session.connection = used.connection or session.connection
            if expected and used.opened:  # the server had closed it without saying so
                self.keeps_writes = False
                session.kept_until = 0.0
            if not session.kept_until:
                session.leave()
            self._idle.append(session)

    def _new(self) -> "Session":
        session = new_session(self._base_url, self._accept, connections=1)
        if twin := getattr(self.reads.get_adapter(self._base_url), "twin", None):
            session.mount("https://", twin())
        if not self.keeps_writes:
            session.headers["Connection"] = "close"
        session._environment = self.reads._environment
        session.cookies = self.reads.cookies  # a load balancer may use a cookie to keep a client on one server
        return session


class Prepared(requests.PreparedRequest):
    """A request to an address that needs no preparation."""

    def prepare_url(self, url: Any, params: Any) -> None:
        """Take the URL as it is: settings with another host or character were refused, and paths are quoted.

        requests parses it and puts it together again. That compiles an expression for all forms of hosts, which takes
        longer than everything else that prepares a request.
        """
        self.url = url

    def prepare_headers(self, headers: Any) -> None:
        """Take the headers as they are. http.client checks each name and value, and all names are written as here."""
        self.headers = headers

    def prepare_cookies(self, cookies: Any) -> None:
        """Add the cookies, if there are any: requests takes as long for none."""
        if cookies:
            super().prepare_cookies(cookies)


class Session(requests.Session):
    """A session of one API. It adds its headers and cookies to each request, and nothing else.

    ``connection`` and ``kept_until`` (monotonic seconds) are about the one connection of a write's session.
    """

    connection: Any = None
    kept_until = 0.0

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request and take the cookies of its answer. Redirects are not followed, and there are no hooks.

        ``requests.Session.send`` looks for both, and for cookies twice.
        """
        options.pop("allow_redirects", None)
        response = self.get_adapter(str(request.url)).send(request, **options)
        if "Set-Cookie" in response.headers:
            # a cookie that cannot be read is left out; the warning has a traceback, or is raised under -W error
            filterwarnings("ignore", "http.cookiejar bug")
            if len(self.cookies) >= MOST_COOKIES:
                # clear() does not take the lock, and other threads may be reading
                with self.cookies._cookies_lock:  # type: ignore[attr-defined]  # the stubs lack it
                    self.cookies.clear()
            extract_cookies_to_jar(self.cookies, request, response.raw)  # type: ignore[no-untyped-call]  # of the stubs
        return response

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare a request without merging the session's parameters, hooks and authentication: ours has none.

        The merge would take as long as preparing the request.
        """
        prepared = Prepared()
        prepared.prepare(
            method=str(request.method).upper(),
            url=request.url,
            headers={**self.headers, **(request.headers or {})},
            data=request.data,
            auth=request.auth,
            cookies=self.cookies,
        )
        return prepared

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Return the proxies and the CA bundle. They are looked up once, because all requests go to one server."""
        if self._environment is None:
            self._environment = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return {**self._environment, "stream": stream}

    def leave(self) -> None:
        """Close the connection of the last write. It is opened again by the next one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    _environment: Any = None


def new_session(
    base_url: str, accept: str, remembered: "Remembered | None" = None, *, connections: int = CONNECTIONS
) -> Session:
    """Return a session for one API. Proxies and CA bundles come from the environment; loopback never uses a proxy.

    ``connections``: how many are kept open. A pool prepares a place for each, which takes time.
    ``remembered``: where the authority that signed the server's certificate is kept, see ``shared.http.authorities``.
    """
    session = Session()
    session.headers = {"Accept": accept, "User-Agent": f"slipway/{__version__}"}
    if is_loopback(base_url):
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    adapter = _adapter(session, base_url, remembered, connections)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _adapter(session: Session, base_url: str, remembered: "Remembered | None", connections: int) -> HTTPAdapter:
    """Return an adapter that repeats nothing, because ``shared.http.retry`` does."""
    if remembered is not None and base_url.startswith("https://"):
        given = session.merge_environment_settings(base_url, {}, None, None, None)
        usual = given["verify"] is True
        bundle = DEFAULT_CA_BUNDLE_PATH if usual else str(given["verify"])
        if os.path.isfile(bundle) and not select_proxy(base_url, given["proxies"]):
            from shared.http.authorities import Adapter, folder_beside

            folder = folder_beside(bundle) if usual else ""  # a folder beside another bundle may contain anything
            try:
                return Adapter(bundle, remembered, folder, max_retries=0, pool_maxsize=connections)
            except (OSError, ValueError):  # not a file of authorities: the first call reports that
                pass
    return WatchingAdapter(max_retries=0, pool_maxsize=connections)
