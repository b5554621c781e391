"""The building blocks of faults. Each returns or is a function that sends something instead of the good answer."""

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.faults.server import Good, Peer, Play

MIB = 1024 * 1024


def as_it_is(peer: Peer, good: Good) -> None:
    peer.send(good.bytes())


def with_its_end(peer: Peer, good: Good) -> None:
    """Send the good answer together with the end of the connection, which must follow."""
    peer.hold()
    peer.send(good.bytes())


def raw(data: bytes) -> Play:
    """Send these bytes and close the connection."""

    def play(peer: Peer, good: Good) -> None:
        peer.hold()
        peer.send(data)
        peer.close()

    return play


def made(make: Callable[[Good], bytes]) -> Play:
    """Send what ``make`` returns for the good answer, and close the connection."""

    def play(peer: Peer, good: Good) -> None:
        peer.hold()
        peer.send(make(good))
        peer.close()

    return play


def kept(make: Callable[[Good], bytes]) -> Play:
    """Send what ``make`` returns for the good answer, and keep the connection."""
    return lambda peer, good: peer.send(make(good))


def headers(**given: str | None) -> Play:
    return (made if "Content_Length" in given else kept)(lambda good: good.bytes(**given))


def status(line: str, body: bytes | None = b"<h1>no</h1>", **given: str | None) -> Play:
    return kept(lambda good: good.bytes(line, body, **given))


def body(content: bytes | Callable[[bytes], bytes], **given: str | None) -> Play:
    return kept(lambda good: good.bytes(body=content(good.body) if callable(content) else content, **given))


def changed(change: Callable[[Any], Any]) -> Play:
    """Send the good answer with its JSON changed."""
    return body(lambda content: json.dumps(change(json.loads(content))).encode())


def every(kind: type | tuple[type, ...], value: Any, names: str = "") -> Callable[[Any], Any]:
    """Replace each value of a type by ``value``. With ``names``, a pattern, only those of members with such names."""

    def change(found: Any, name: str = "") -> Any:
        if isinstance(found, dict):
            return {key: change(item, key) for key, item in found.items()}
        if isinstance(found, list):
            return [change(item, name) for item in found]
        if isinstance(found, kind) and not isinstance(found, bool) and re.search(names, name):
            return value
        return found

    return change


def drip(part: Callable[[Good], bytes], rest: Callable[[Good], bytes], pause: float = 0.1) -> Play:
    """Send the first part at once and the rest byte by byte."""

    def play(peer: Peer, good: Good) -> None:
        peer.send(part(good))
        for byte in rest(good):
            if peer.stopped.wait(pause) or not peer.send(bytes([byte])):
                break
        peer.close()

    return play


def flood(piece: bytes, first: bytes = b"", pause: float = 0.0) -> Play:
    """Send the same bytes until the client leaves. A ``pause`` (seconds) saves CPU."""

    def play(peer: Peer, good: Good) -> None:
        peer.send(first)
        many = piece * max(1, 16384 // len(piece))
        while not peer.stopped.wait(pause) and peer.send(many):
            continue
        peer.close()

    return play


def then(*steps: Callable[[Peer, Good], object]) -> Play:
    def play(peer: Peer, good: Good) -> None:
        for step in steps:
            step(peer, good)

    return play


def sends(data: bytes) -> Play:
    return lambda peer, good: peer.send(data)


def head(good: Good, size: int | str | None = None, **given: str | None) -> bytes:
    """Return the good answer's status line and headers, without its body."""
    length = {"Content_Length": str(len(good.body) if size is None else size)}
    return good.bytes(body=b"", **{**length, **given})


def pause(seconds: float) -> Play:
    return lambda peer, good: time.sleep(0) if peer.stopped.wait(seconds) else None


close: Play = lambda peer, good: peer.close()  # noqa: E731
reset: Play = lambda peer, good: peer.reset()  # noqa: E731
hang: Play = lambda peer, good: peer.hang()  # noqa: E731
half: Play = lambda peer, good: peer.send(head(good) + good.body[: len(good.body) // 2])  # noqa: E731
half_closed: Play = lambda peer, good: peer.half_close()  # noqa: E731


def one_byte(peer: Peer, good: Good) -> None:
    """Wait until the next request begins or the client leaves."""
    with suppress(OSError):
        peer.socket.recv(1)


swallows = then(as_it_is, lambda peer, good: peer.swallow())
"""Answer, and close the connection when the next request comes, without reading it."""
gives_up = then(as_it_is, one_byte, sends(b"HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n"), half_closed, hang)
"""Answer, and when the next request comes say that none came in time."""
