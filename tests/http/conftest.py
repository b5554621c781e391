"""A server that sends given bytes, whatever the request is."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest


class RawServer:
    """Sends ``replies`` in turn, one for each connection, the last one again and again. Then it closes the connection.

    ``asked`` has the requests.
    """

    def __init__(self) -> None:
        self.replies: list[bytes] = []
        self.asked: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def answers(self, *replies: bytes) -> None:
        self.replies = list(replies)

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # a client that has read enough closes the connection
                self.asked.append(connection.recv(65536))
                reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                connection.sendall(reply)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass


@pytest.fixture
def raw() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()
