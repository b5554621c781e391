"""A socket server that answers as ``World`` does, except where a fault strikes."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from tests.faults.tls import Opening
from tests.faults.world import World

STRIKES = {
    "read": "every read, until a write",
    "second": "the second read, before a write",
    "write": "the write",
    "after": "the first read after the write",
    "poll": "the second read after the write",
}


class Good(NamedTuple):
    """A request, and its answer without a fault."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes

    def bytes(self, status: str | None = None, body: bytes | None = None, **headers: str | None) -> bytes:
        """Return the answer with another status, body or other headers. A header that is None is left out."""
        content = self.body if body is None else body
        given = {**self.headers, "Content-Length": str(len(content))}
        given |= {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        lines = [f"HTTP/1.1 {status or f'{self.status} OK'}"]
        lines += [
            f"{name}: {value}" for name, value in given.items() if headers.get(name.replace("-", "_"), "") is not None
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + content


Play = Callable[["Peer", Good], object]


class Peer:
    """One connection, as a fault uses it. It is no error if the client has left, because servers are used to that."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.socket = connection
        self.stopped = stopped
        self.over = False
        self.last: Good | None = None  # the request before this one on the same connection

    def send(self, data: bytes) -> bool:
        """Send bytes. Return False if the client has left."""
        try:
            self.socket.sendall(data)
        except OSError:
            self.over = True
        return not self.over

    def hold(self) -> None:
        """Let what is sent next leave together with the end of the connection.

        Else a busy machine may run the client's next request between the two.
        """
        if hasattr(socket, "TCP_CORK"):  # Linux
            with suppress(OSError):
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)

    def close(self) -> None:
        self.over = True
        with suppress(OSError):  # closed already
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def half_close(self) -> None:
        """Close the sending side only."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.over = True
        self.socket.close()

    def swallow(self) -> None:
        """Close when the next request comes, without reading it."""
        with suppress(OSError):
            self.socket.recv(1)
        self.close()

    def hang(self, seconds: float = 30.0) -> None:
        """Send nothing until the client leaves."""
        self.socket.settimeout(0.05)
        for _ in range(int(seconds / 0.05)):
            try:
                if self.stopped.is_set() or not self.socket.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.close()


class Server:
    """Serves each connection in a thread. ``requests`` has all that arrived, in the form of ``World.asked``."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.set(World(), None, "read")
        threading.Thread(target=self._accept, daemon=True).start()

    def set(
        self,
        world: World,
        play: Play | None,
        strike: str,
        *,
        done: bool = True,
        about: tuple[str, ...] = (),
        opens: Opening | None = None,
        shuts: Opening | None = None,
    ) -> None:
        """Start over with another world and fault.

        ``done``: a write that the fault strikes takes effect nevertheless. ``about``: parts of requests; the fault
        strikes only requests that contain one of them. ``opens``: how every connection begins. ``shuts``: how a
        connection begins that the fault strikes: each one before the write, or that of the write, which is the first
        one after a read.
        """
        with self._lock:
            self._stop.set()
            self._stop = threading.Event()
            self.world, self._play, self._strike, self._done, self._about = world, play, strike, done, about
            self._opens, self._shuts = opens, shuts
            self.requests: list[str] = []
            self.writes = self.reads_after = self.reads_before = self.struck = 0

    def close(self) -> None:
        self._stop.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed, because the tests have ended
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(Peer(connection, self._stop),), daemon=True).start()

    def _opened(self, peer: Peer) -> bool:
        """Begin a connection, over TLS if that is set. Return False if it could not begin."""
        with self._lock:
            began = self.reads_before > 0
            strikes = self._shuts and (self._strike == "read" or (began and not self.struck))
            opens = self._shuts if strikes else self._opens
            self.struck += bool(strikes)
        opened = opens(peer.socket) if opens else peer.socket
        peer.socket = opened or peer.socket
        return opened is not None

    def _serve(self, peer: Peer) -> None:
        if not self._opened(peer):
            return
        waiting = b""
        while not peer.over:
            try:
                while b"\r\n\r\n" not in waiting:
                    waiting += self._more(peer)
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines}
                size = int(headers.get("content-length", 0))
                while len(waiting) < size:
                    waiting += self._more(peer)
            except (OSError, ValueError):
                break
            body, waiting = waiting[:size], waiting[size:]
            method, path, _ = first.split(" ", 2)
            self._answer(peer, method, path, body)
        peer.close()

    def _more(self, peer: Peer) -> bytes:
        found = peer.socket.recv(65536)
        if not found:
            raise OSError("it has left")
        return found

    def _answer(self, peer: Peer, method: str, path: str, body: bytes) -> None:
        with self._lock:
            if peer.stopped is not self._stop:  # a connection of an earlier run
                peer.over = True
                return
            asked = World.asked(method, path, body)
            play = self._play if self._strikes(method, path, asked) else None
            self.struck += play is not None
            self.requests.append(asked)
            world = self.world.untouched() if play and not self._done and World.writes(method, path) else self.world
            status, answer = world.answer(method, path, body)
            headers = {"Date": self.world.date, "Content-Type": "application/json"}
            good = Good(method, path, status, headers, json.dumps(answer).encode())
        if play:
            play(peer, good)
        else:
            peer.send(good.bytes())
        peer.last = good

    def _strikes(self, method: str, path: str, asked: str) -> bool:
        """Count the request, and return whether the fault strikes it."""
        if self._about and not any(part in asked for part in self._about):
            return False
        if World.writes(method, path.partition("?")[0]):
            self.writes += 1
            return self._strike == "write" and self.writes == 1
        if self.writes:
            self.reads_after += 1
            return {"after": 1, "poll": 2}.get(self._strike) == self.reads_after
        self.reads_before += 1
        return self._strike == "read" or (self._strike == "second" and self.reads_before == 2)
