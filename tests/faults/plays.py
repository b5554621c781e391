"""The parts of which the faults are made: each sends something to the client instead of the good answer."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from tests.faults.server import Good, Peer, Play

MIB = 1024 * 1024


def as_it_is(peer: Peer, good: Good) -> None:
    peer.send(good.bytes())


def raw(data: bytes) -> Play:
    """These bytes, then the end."""

    def play(peer: Peer, good: Good) -> None:
        peer.send(data)
        peer.close()

    return play


def made(make: Callable[[Good], bytes]) -> Play:
    """What is made of the good answer, then the end."""

    def play(peer: Peer, good: Good) -> None:
        peer.send(make(good))
        peer.close()

    return play


def kept(make: Callable[[Good], bytes]) -> Play:
    """What is made of the good answer, and the connection stays."""
    return lambda peer, good: peer.send(make(good))


def headers(**given: str | None) -> Play:
    return (made if "Content_Length" in given else kept)(lambda good: good.bytes(**given))


def status(line: str, body: bytes | None = b"<h1>no</h1>", **given: str | None) -> Play:
    return kept(lambda good: good.bytes(line, body, **given))


def body(content: bytes | Callable[[bytes], bytes], **given: str | None) -> Play:
    return kept(lambda good: good.bytes(body=content(good.body) if callable(content) else content, **given))


def changed(change: Callable[[Any], Any]) -> Play:
    """The JSON of the good answer, changed."""
    return body(lambda content: json.dumps(change(json.loads(content))).encode())


def every(kind: type | tuple[type, ...], value: Any, names: str = "") -> Callable[[Any], Any]:
    """Each leaf of that type becomes ``value``; only those under a name like ``names`` where that is given."""

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
    """The first part at once, the rest a byte at a time."""

    def play(peer: Peer, good: Good) -> None:
        peer.send(part(good))
        for byte in rest(good):
            if peer.stopped.wait(pause) or not peer.send(bytes([byte])):
                break
        peer.close()

    return play


def flood(piece: bytes, first: bytes = b"", pause: float = 0.0) -> Play:
    """The same again and again until the client leaves. With a ``pause`` it takes less of the machine."""

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
    """The head of the good answer, without its body."""
    length = {"Content_Length": str(len(good.body) if size is None else size)}
    return good.bytes(body=b"", **{**length, **given})


def pause(seconds: float) -> Play:
    return lambda peer, good: time.sleep(0) if peer.stopped.wait(seconds) else None


close: Play = lambda peer, good: peer.close()  # noqa: E731
reset: Play = lambda peer, good: peer.reset()  # noqa: E731
hang: Play = lambda peer, good: peer.hang()  # noqa: E731
half: Play = lambda peer, good: peer.send(head(good) + good.body[: len(good.body) // 2])  # noqa: E731
