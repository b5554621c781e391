"""A proxy that keeps answers back until all clients have sent a request, no other comes, or it is opened."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Barrier:
    """Forwards connections to a server; clients use ``url``.

    Answers are kept back until ``count`` connections were made, or for ``quiet`` seconds after the last one.
    """

    def __init__(self, server: str, count: int, quiet: float) -> None:
        parts = urlsplit(server)
        self._server = (str(parts.hostname), int(parts.port or 80))
        self._count, self._quiet = count, quiet
        self._came: list[float] = []
        self._open = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def came(self) -> int:
        """Return how many connections were made. Until the proxy opens, each of them waits for an answer."""
        return len(self._came)

    def open(self) -> None:
        self._open.set()

    def close(self) -> None:
        self.open()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            self._came.append(time.monotonic())
            server = socket.create_connection(self._server)
            threading.Thread(target=self._pass, args=(client, server), daemon=True).start()
            threading.Thread(target=self._keep_back, args=(server, client), daemon=True).start()

    def _keep_back(self, server: socket.socket, client: socket.socket) -> None:
        first = server.recv(65536)
        while len(self._came) < self._count and time.monotonic() < self._came[-1] + self._quiet:
            if self._open.wait(0.02):
                break
        self._open.set()
        self._pass(server, client, first)

    def _pass(self, source: socket.socket, target: socket.socket, content: bytes = b"") -> None:
        ours, theirs = (b"Host: 127.0.0.1:%d" % port for port in (self._port, self._server[1]))
        try:
            if content:
                target.sendall(content)
            while content := source.recv(65536):
                target.sendall(content.replace(ours, theirs))
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one side has left, and the other one is told
            for one in (source, target):
                one.close()


@contextmanager
def barrier(server: str, count: int, quiet: float = 2.0) -> Iterator[Barrier]:
    made = Barrier(server, count, quiet)
    try:
        yield made
    finally:
        made.close()
