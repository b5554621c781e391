"""Note which connection a call uses, and whether an earlier call opened it."""

import threading
from functools import cache, partial
from typing import Any

from requests import Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool

from shared.http.headers import QuickResponse

_BRIEF = {"timeout=0", "timeout=1", "max=0"}


class Used(threading.local):
    """What the current call of a thread used. ``connection`` is None until the call has one."""

    connection: Any = None
    opened = False

    def begin(self) -> None:
        """Forget the call before."""
        self.connection, self.opened = None, False

    @property
    def kept(self) -> bool:
        """Whether the call used a connection that an earlier call opened."""
        return self.connection is not None and not self.opened

    @property
    def is_open(self) -> bool:
        """Whether the connection can be used again, as far as this side knows."""
        return self.connection is not None and self.connection.sock is not None


used = Used()


class WatchingAdapter(HTTPAdapter):
    """An adapter for one server. Its connections are noted in ``used``."""

    _pool: Any = None

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self._pool = None
        _watch(self.poolmanager)

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """Return the pool of connections. It is looked up once, because all requests go to one server."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*arguments, **options)
        return self._pool

    def close(self) -> None:
        self._pool = None
        super().close()

    def request_url(self, request: Any, proxies: Any) -> Any:
        """Return what the request line has. Without a proxy that is the path: requests would parse the URL again."""
        path = request.path_url
        return super().request_url(request, proxies) if proxies or path.startswith("//") else path

    def build_response(self, request: Any, answer: Any) -> Any:
        """Return a response that has only what is used here: no encoding, no cookies, no copy of the headers.

        The headers of urllib3 ignore case, too. requests would take as long for all this as http.client for an answer.
        """
        response: Any = Response()
        response.status_code, response.reason = answer.status, answer.reason
        response.headers, response.raw = answer.headers, answer
        response.request, response.url, response.connection = request, request.url, self
        return response

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **options)
        _watch(manager)
        return manager


def _watch(manager: Any) -> None:
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: partial(_watched_pool, classes[scheme]) for scheme in classes}


def _watched_pool(kind: type[HTTPConnectionPool], *arguments: Any, **options: Any) -> HTTPConnectionPool:
    pool = kind(*arguments, **options)
    pool.ConnectionCls = _watching(pool.ConnectionCls)
    return pool


@cache
def _watching(kind: Any) -> Any:
    """Return a class of connections of the same kind (plain, TLS, SOCKS) that are noted in ``used``."""

    class Connection(kind):  # type: ignore[misc]  # a class that is known at run time only
        response_class = QuickResponse
        unsent: list[bytes] | None = None

        def connect(self) -> None:
            used.opened = True
            super().connect()

        def request(self, *arguments: Any, **options: Any) -> None:
            """Send head and body at once. Two packets would wake the server, and this process, twice."""
            used.connection = self
            self.unsent = []
            super().request(*arguments, **options)
            parts, self.unsent = self.unsent, None
            super().send(b"".join(parts))

        def send(self, data: Any) -> None:
            if self.unsent is None:
                super().send(data)
            else:
                self.unsent.append(data)

    return Connection


def is_brief(keep_alive: str) -> bool:
    """Return whether a Keep-Alive header says that the server closes the connection within two seconds."""
    return not _BRIEF.isdisjoint(keep_alive.replace(" ", "").lower().split(","))
