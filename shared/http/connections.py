"""Connections that tell which of them a call used, and whether that one was kept from an earlier call."""

import threading
from functools import cache, partial
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool

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
    """An adapter whose connections are noted in ``used``."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        _watch(self.poolmanager)

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
        def connect(self) -> None:
            used.opened = True
            super().connect()

        def request(self, *arguments: Any, **options: Any) -> None:
            used.connection = self
            super().request(*arguments, **options)

    return Connection


def is_brief(keep_alive: str) -> bool:
    """Return whether a Keep-Alive header says that the server closes the connection within two seconds."""
    return not _BRIEF.isdisjoint(keep_alive.replace(" ", "").lower().split(","))
