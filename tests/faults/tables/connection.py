"""Faults of a connection: it is closed, reset, silent or slow, before, during or after an answer."""

import socket
from contextlib import suppress

from tests.faults.effects import FINE, LOST, STRANGE, UNSENT, USELESS, Fault
from tests.faults.plays import (
    as_it_is,
    close,
    drip,
    flood,
    gives_up,
    half,
    half_closed,
    hang,
    head,
    kept,
    made,
    one_byte,
    pause,
    reset,
    sends,
    swallows,
    then,
    with_its_end,
)
from tests.faults.server import Good, Peer, Play
from tests.faults.tls import Opening

out_of_band: Play = lambda peer, good: peer.socket.send(b"!", socket.MSG_OOB)  # noqa: E731
part_of_head: Play = lambda peer, good: peer.send(good.bytes()[:30])  # noqa: E731
whole_head: Play = lambda peer, good: peer.send(head(good))  # noqa: E731


def before(peer: Peer, good: Good) -> None:
    """Send the answer to the request before on this connection. Without one, send this request's."""
    peer.send((peer.last or good).bytes())


def early(answer: bytes) -> Opening:
    """Send an answer before anything is read, and close the connection."""

    def open_(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                continue
        connection.close()

    return open_


CONNECTION: dict[str, Fault] = {
    "closed at once": Fault(close, LOST),
    "reset at once": Fault(reset, LOST),
    "half closed, nothing said": Fault(then(half_closed, hang), LOST),
    "closed in the head": Fault(then(part_of_head, close), USELESS),
    "reset in the head": Fault(then(part_of_head, reset), LOST),
    "closed after the head": Fault(then(whole_head, close), LOST),
    "closed in the body": Fault(then(half, close), LOST),
    "reset in the body": Fault(then(half, reset), LOST),
    "nothing is ever said": Fault(hang, LOST, hangs=True),
    "nothing after the head": Fault(then(whole_head, hang), LOST, hangs=True),
    "nothing after half of the body": Fault(then(half, hang), LOST, hangs=True),
    "the head in drips": Fault(drip(lambda good: b"", head), LOST, hangs=True),
    "the body in drips": Fault(
        drip(lambda good: head(good, len(good.body) + 1000), lambda good: good.body + b" " * 1000), LOST, hangs=True
    ),
    "a header without end": Fault(flood(b"a" * 4096, b"HTTP/1.1 200 OK\r\nX: "), LOST, slow=True),
    "headers without end": Fault(flood(b"X: y\r\n", b"HTTP/1.1 200 OK\r\n"), LOST, slow=True),
    "a body without end": Fault(flood(b"a" * 65536, b"HTTP/1.1 200 OK\r\n\r\n"), USELESS, slow=True),
    "an error's body without end": Fault(flood(b"a" * 65536, b"HTTP/1.1 500 X\r\n\r\n"), LOST, slow=True),
    "100 Continue without end": Fault(flood(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.05), LOST, hangs=True),
    "103 Early Hints without end": Fault(flood(b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.05), USELESS, slow=True),
    "kept alive, and then dropped": Fault(then(with_its_end, close), FINE),
    "closed when the next request comes": Fault(swallows, FINE, drops=True),
    "reset when the next request comes": Fault(then(as_it_is, one_byte, reset), FINE, drops=True),
    "the answer, and more after it": Fault(made(lambda good: good.bytes() + b"HTTP/1.1 500 X\r\n\r\n"), FINE),
    "answered, and half closed": Fault(then(with_its_end, half_closed, hang), FINE),
    "408 after it, while nobody asks": Fault(kept(lambda good: good.bytes() + b"HTTP/1.1 408 X\r\n\r\n"), FINE),
    "408 when the next request comes": Fault(gives_up, FINE, drops=True),
    "some bytes after it": Fault(kept(lambda good: good.bytes() + b"\0\r\n{}"), FINE),
    "a byte at a time": Fault(drip(lambda good: b"", lambda good: good.bytes(), pause=0.0), FINE),
    "a byte out of band": Fault(then(out_of_band, as_it_is), FINE),
    "100 Continue, 10000 times": Fault(then(sends(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000), as_it_is), FINE),
    "103 Early Hints, and later the answer": Fault(
        then(sends(b"HTTP/1.1 103 Early Hints\r\n\r\n"), pause(0.05), as_it_is), USELESS
    ),
    "the answer to the request before": Fault(before, STRANGE),
    "503 before the request is read": Fault(
        as_it_is, UNSENT, acts=False, opens=early(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n")
    ),
}
