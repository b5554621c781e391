"""The faults: the one table of them. A new fault is one entry here; everything else is made from it.

Each entry says how the fault is played and what it makes of an answer. What that means for a blueprint, for each place
where the fault may strike, is derived in ``matrix``.
"""

import gzip
import json
import re
import socket
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from tests.faults import tls
from tests.faults.server import Good, Peer, Play
from tests.faults.tls import Opening

FINE = "the answer is good"
LOST = "there is no answer: a read is sent again, and what a write did is looked for"
USELESS = "the answer cannot be used: a read fails at once, and what a write did is looked for"
REFUSED = "the request is refused: 201"
CREDENTIALS = "the credentials do not allow this request: 200"
KEY = "the credentials are refused for every request: 200"
GONE = "the requested object does not exist: 204"
NO_DATE = "the answer is good, but has no date"
FEW_LEFT = "the answer is good, and says that few calls are left: a wait asks less often"
LIMITED = "too many requests: 222"
UNVERIFIED = "the server's certificate cannot be verified, so nothing is sent: 223; a write is tried again"
UNSENT = "the server reads no request: 223, and 202 where a sync may have been started"
NO_TEXT = "fields that should be texts are not"
ODD_TEXT = "texts are unusual or hostile"
NO_NUMBER = "numbers are impossible or of another type"
NO_MOMENT = "timestamps are invalid, or far from all others"
STRANGE = "the answer can be read, but its content is strange: never 249, never a false success"

LABELS = {
    FINE: "good",
    NO_DATE: "no date",
    FEW_LEFT: "few left",
    LOST: "lost",
    USELESS: "useless",
    REFUSED: "refused",
    CREDENTIALS: "forbidden",
    KEY: "key refused",
    GONE: "gone",
    LIMITED: "limited",
    UNVERIFIED: "unverified",
    UNSENT: "unsent",
    NO_TEXT: "no texts",
    ODD_TEXT: "odd texts",
    NO_NUMBER: "odd numbers",
    NO_MOMENT: "odd moments",
    STRANGE: "strange",
}


class Fault(NamedTuple):
    """``acts`` is False where the server answers so because it did nothing. ``slow``: it takes much of the machine.
    ``hangs``: it is waited for, with a short timeout. ``postpones``: it asks to stay away for longer than a wait has.
    ``tls``: it is played over https. ``opens`` is how a connection begins, which then is what the fault strikes,
    instead of a request."""

    play: Play
    makes: str
    acts: bool = True
    slow: bool = False
    hangs: bool = False
    postpones: bool = False
    tls: bool = False
    opens: Opening | None = None


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


def lists(change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], Any]:
    """Each list becomes what ``change`` makes of it."""

    def changed(found: Any) -> Any:
        if isinstance(found, dict):
            return {key: changed(item) for key, item in found.items()}
        return change([changed(item) for item in found]) if isinstance(found, list) else found

    return changed


def without(names: str) -> Callable[[Any], Any]:
    """No name like ``names`` is there any more."""

    def change(found: Any) -> Any:
        if isinstance(found, dict):
            return {key: change(item) for key, item in found.items() if not re.search(names, key)}
        return [change(item) for item in found] if isinstance(found, list) else found

    return change


def inner(value: Any) -> Callable[[Any], Any]:
    """``data`` of Fivetran's envelope, or each of Airbyte's members, becomes ``value``."""

    def change(found: dict[str, Any]) -> Any:
        return {**found, "data": value} if "code" in found else dict.fromkeys(found, value)

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


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", **given: str | None) -> Callable[[Good], bytes]:
    """The good body in one chunk, or these chunks as they are."""

    def make(good: Good) -> bytes:
        own = chunks or (f"{len(good.body):x}\r\n".encode() + good.body + b"\r\n",)
        return good.bytes(body=b"", Content_Length=None, Transfer_Encoding="chunked", **given) + b"".join(own) + end

    return make


def packed(name: str, pack: Callable[[bytes], bytes]) -> Play:
    return made(lambda good: good.bytes(body=pack(good.body), Content_Encoding=name))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def pause(seconds: float) -> Play:
    return lambda peer, good: time.sleep(0) if peer.stopped.wait(seconds) else None


close: Play = lambda peer, good: peer.close()  # noqa: E731
reset: Play = lambda peer, good: peer.reset()  # noqa: E731
hang: Play = lambda peer, good: peer.hang()  # noqa: E731
half_closed: Play = lambda peer, good: peer.half_close()  # noqa: E731
out_of_band: Play = lambda peer, good: peer.socket.send(b"!", socket.MSG_OOB)  # noqa: E731
half: Play = lambda peer, good: peer.send(head(good) + good.body[: len(good.body) // 2])  # noqa: E731
part_of_head: Play = lambda peer, good: peer.send(good.bytes()[:30])  # noqa: E731
whole_head: Play = lambda peer, good: peer.send(head(good))  # noqa: E731


def bomb() -> bytes:
    return gzip.compress(bytes(300 * MIB), 9)


def dated(*hours: float, form: str = "%a, %d %b %Y %H:%M:%S GMT") -> Play:
    """The good date so many hours later, in a form; several of them."""

    def make(good: Good) -> bytes:
        date = parsedate_to_datetime(good.headers["Date"])
        texts = [(date + timedelta(hours=one)).strftime(form) for one in hours]
        return good.bytes(Date="\r\nDate: ".join(texts))

    return kept(make)


def before(peer: Peer, good: Good) -> None:
    """The answer to the request before on this connection, or this one's where there is none."""
    peer.send((peer.last or good).bytes())


def early(answer: bytes) -> Opening:
    """Answer before anything is read, and leave."""

    def open_(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                continue
        connection.close()

    return open_


class Bomb:
    """Packed once, when it is first played: that takes seconds."""

    data = b""

    @classmethod
    def get(cls, good: bytes) -> bytes:
        cls.data = cls.data or bomb()
        return cls.data


def one_byte(peer: Peer, good: Good) -> None:
    """Wait until the next request begins, or the client leaves."""
    with suppress(OSError):
        peer.socket.recv(1)


def lower_names(good: Good) -> bytes:
    top, _, rest = good.bytes().partition(b"\r\n\r\n")
    first, *lines = top.split(b"\r\n")
    named = [b":".join([name.lower(), value]) for name, _, value in (line.partition(b":") for line in lines)]
    return b"\r\n".join([first, *named]) + b"\r\n\r\n" + rest


def later(found: Any) -> Any:
    """Names that nobody knows yet, in the answer and in what Fivetran's envelope holds."""
    more = {"of_a_later_version": [{"a": None}, 1.5, True]}
    data = found.get("data")
    return {**found, **more, **({"data": {**data, **more}} if isinstance(data, dict) else {})}


def twice(good: bytes) -> bytes:
    """Each member once more, as null. The last one counts."""
    return good[:-1] + b"".join(f", {json.dumps(name)}: null".encode() for name in json.loads(good)) + b"}"


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
    "kept alive, and then dropped": Fault(then(as_it_is, pause(0.005), close), FINE),
    "closed when the next request comes": Fault(then(as_it_is, lambda peer, good: peer.swallow()), FINE),
    "the answer, and more after it": Fault(made(lambda good: good.bytes() + b"HTTP/1.1 500 X\r\n\r\n"), FINE),
    "answered, and then reset": Fault(then(as_it_is, pause(0.05), reset), FINE),
    "answered, and half closed": Fault(then(as_it_is, half_closed, hang), FINE),
    "408 after it, while nobody asks": Fault(kept(lambda good: good.bytes() + b"HTTP/1.1 408 X\r\n\r\n"), FINE),
    "408 when the next request comes": Fault(
        then(
            as_it_is,
            one_byte,
            sends(b"HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n"),
            half_closed,
            hang,
        ),
        FINE,
    ),
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
NO_HTTP: dict[str, Fault] = {
    "HTTP/0.9": Fault(made(lambda good: good.body), LOST),
    "an SSH banner": Fault(raw(b"SSH-2.0-OpenSSH_9.6\r\n"), LOST),
    "a TLS alert": Fault(raw(b"\x15\x03\x01\x00\x02\x02\x46"), LOST),
    "zeros": Fault(raw(bytes(4096)), LOST),
    "line breaks": Fault(raw(b"\r\n" * 1000), LOST),
    "random bytes": Fault(raw(bytes(range(256)) * 4), LOST),
    "a status that is no number": Fault(status("2OO OK"), LOST),
    "no status": Fault(raw(b"HTTP/1.1\r\n\r\n"), LOST),
    "status 99": Fault(status("99 X"), LOST),
    "status 1000": Fault(status("1000 X"), LOST),
    "status -200": Fault(status("-200 X"), LOST),
    "a status line of 100 kB": Fault(made(lambda good: b"HTTP/1.1 200 " + b"a" * 100_000 + b"\r\n\r\n"), LOST),
    "HTTP/2 without asking": Fault(raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), LOST),
    "HTTP/3.0": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"HTTP/3.0", 1)), LOST),
    "HTTP/1.0": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"HTTP/1.0", 1)), FINE),
    "HTTP/1.2": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"HTTP/1.2", 1)), FINE),
    "http in small letters": Fault(made(lambda good: good.bytes().replace(b"HTTP/1.1", b"http/1.1", 1)), LOST),
    "HTTP/1.0, kept": Fault(
        kept(lambda good: good.bytes(Connection="keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0", 1)), FINE
    ),
    "no reason": Fault(made(lambda good: good.bytes().replace(b" OK\r\n", b"\r\n", 1)), FINE),
    "a reason of UTF-8": Fault(
        made(lambda good: good.bytes().replace(b" OK\r\n", b" \xe2\x9c\x93 d'accord\r\n", 1)), FINE
    ),
    "an empty line before it": Fault(made(lambda good: b"\r\n" + good.bytes()), LOST),
    "line feeds alone": Fault(made(lambda good: good.bytes().replace(b"\r\n", b"\n")), FINE),
    "a header of 100 kB": Fault(headers(X_Long="a" * 100_000), LOST),
    "200 headers": Fault(headers(**{f"X_{number}": "a" for number in range(200)}), LOST),
    "a header without a colon": Fault(made(lambda good: good.bytes().replace(b"Date:", b"Date", 1)), NO_DATE),
    "a header of 60 kB": Fault(headers(X_Long="a" * 60_000), FINE),
    "90 headers": Fault(headers(**{f"X_{number}": "a" for number in range(90)}), FINE),
    "1000 headers": Fault(headers(**{f"X_{number}": "a" for number in range(1000)}), LOST),
    "names of headers in small letters": Fault(kept(lower_names), FINE),
    "a space before a colon": Fault(made(lambda good: good.bytes().replace(b"Date:", b"Date :", 1)), NO_DATE),
    "another protocol is offered": Fault(headers(Upgrade="h2c", Alt_Svc='h3=":443"; ma=86400'), FINE),
    "kept, it says, for no second": Fault(headers(Connection="keep-alive", Keep_Alive="timeout=0, max=0"), FINE),
    "a place, a challenge and a file's name": Fault(
        headers(Location="http://\xff:99999/", WWW_Authenticate="Basic", Content_Disposition="x; filename=../../x"),
        FINE,
    ),
    "a folded header": Fault(headers(X="a\r\n b"), FINE),
    "a header of Latin-1": Fault(headers(X="\xe9\xff\x80"), FINE),
    "a header with a zero": Fault(headers(X="a\0b"), FINE),
    "a header without a name": Fault(headers(**{"": "x"}), FINE),
    "a thousand cookies": Fault(headers(Set_Cookie="a=b; Max-Age=99999999999999999999; " * 1000), FINE),
    "80 cookies of 4 kB": Fault(
        kept(lambda good: good.bytes(X="\r\nSet-Cookie: ".join(["1", *(f"c{n}=" + "v" * 4000 for n in range(80))]))),
        FINE,
    ),
    "cookies of nonsense": Fault(headers(Set_Cookie='=;;;="\x01; expires=never; domain=.'), FINE),
}
LENGTHS: dict[str, Fault] = {
    "two lengths": Fault(headers(Content_Length="5, 7"), LOST),
    "the length twice": Fault(
        made(lambda good: head(good, X=f"1\r\nContent-Length: {len(good.body)}") + good.body), FINE
    ),
    "two lengths that differ": Fault(made(lambda good: head(good, X="1\r\nContent-Length: 3") + good.body), LOST),
    "a negative length": Fault(headers(Content_Length="-5"), FINE),
    "a length that is no number": Fault(headers(Content_Length="many"), FINE),
    "a length of 10^30": Fault(headers(Content_Length="1" + "0" * 30), LOST),
    "a length that is too short": Fault(headers(Content_Length="7"), USELESS),
    "a length of zero": Fault(headers(Content_Length="0"), USELESS),
    "no length": Fault(headers(Content_Length=None), FINE),
    "chunks": Fault(made(chunked()), FINE),
    "chunks of one byte": Fault(
        made(lambda good: chunked(*(b"1\r\n" + bytes([byte]) + b"\r\n" for byte in good.body))(good)), FINE
    ),
    "chunks with extensions": Fault(
        made(lambda good: chunked(f"{len(good.body):x};a=b;c\r\n".encode() + good.body + b"\r\n")(good)), FINE
    ),
    "chunks with extensions of 50 kB": Fault(
        made(
            lambda good: chunked(f"{len(good.body):x};a=".encode() + b"b" * 50_000 + b"\r\n" + good.body + b"\r\n")(
                good
            )
        ),
        FINE,
    ),
    "a chunk's extension without end": Fault(
        then(lambda peer, good: peer.send(chunked(b"5;a=", end=b"")(good)), flood(b"b" * 65536)), LOST, slow=True
    ),
    "a trailer without end": Fault(
        then(lambda peer, good: peer.send(chunked(end=b"0\r\nX: ")(good)), flood(b"b" * 65536)), LOST, slow=True
    ),
    "chunks' lengths with zeros before": Fault(
        made(lambda good: chunked(f"0000{len(good.body):X} \r\n".encode() + good.body + b"\r\n")(good)), FINE
    ),
    "Chunked in capitals": Fault(made(lambda good: chunked()(good).replace(b": chunked", b": CHUNKED", 1)), FINE),
    "gzip as a transfer": Fault(
        made(
            lambda good: chunked()(good._replace(body=gzip.compress(good.body))).replace(
                b": chunked", b": gzip, chunked"
            )
        ),
        USELESS,
    ),
    "chunks with trailers": Fault(made(chunked(end=b"0\r\nX: y\r\nContent-Length: 7\r\n\r\n")), FINE),
    "trailers without end": Fault(
        then(lambda peer, good: peer.send(chunked(end=b"0\r\n")(good)), flood(b"X: y\r\n", pause=0.05)),
        LOST,
        hangs=True,
    ),
    "chunks and a length": Fault(made(chunked(X="1\r\nContent-Length: 3")), FINE),
    "chunks without end": Fault(made(chunked(end=b"")), LOST),
    "a chunk that breaks off": Fault(made(chunked(b"fff\r\n{", end=b"")), LOST),
    "a chunk of nonsense": Fault(made(chunked(b"xyz\r\n{}\r\n")), LOST),
    "a chunk of a negative length": Fault(made(chunked(b"-5\r\n{}\r\n")), LOST),
    "a chunk of 10^30": Fault(made(chunked(b"f" * 26 + b"\r\n{}\r\n")), LOST),
    "a chunk's length of 100 kB": Fault(made(chunked(b"0" * 100_000 + b"2\r\n{}\r\n")), LOST),
    "chunks are said, and there are none": Fault(
        made(lambda good: good.bytes(Content_Length=None, Transfer_Encoding="chunked")), LOST
    ),
    "no chunks": Fault(made(chunked(b"")), USELESS),
    "chunked twice": Fault(made(lambda good: chunked()(good).replace(b": chunked", b": chunked, chunked", 1)), FINE),
}
ENCODINGS: dict[str, Fault] = {
    "gzip": Fault(packed("gzip", gzip.compress), FINE),
    "deflate": Fault(packed("deflate", zlib.compress), FINE),
    "deflate without a head": Fault(packed("deflate", raw_deflate), LOST),
    "identity": Fault(headers(Content_Encoding="identity"), FINE),
    "gzip that is none": Fault(headers(Content_Encoding="gzip"), LOST),
    "gzip that breaks off": Fault(packed("gzip", lambda data: gzip.compress(data)[:-12]), LOST),
    "gzip with a wrong sum": Fault(packed("gzip", lambda data: gzip.compress(data)[:-8] + bytes(8)), LOST),
    "gzip in gzip": Fault(packed("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))), LOST),
    "gzip, and gzip again after it": Fault(packed("gzip", lambda data: gzip.compress(data) * 2), USELESS),
    "GZIP in capitals": Fault(packed("GZIP", gzip.compress), FINE),
    "gzip, and nonsense after it": Fault(packed("gzip", lambda data: gzip.compress(data) + b"nonsense"), FINE),
    "gzip of two parts": Fault(packed("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])), FINE),
    "brotli": Fault(headers(Content_Encoding="br"), LOST),
    "zstd": Fault(headers(Content_Encoding="zstd"), LOST),
    "an encoding of nonsense": Fault(headers(Content_Encoding="\x7f;;"), LOST),
    "a gzip bomb": Fault(packed("gzip", Bomb.get), USELESS, slow=True),
    "a gzip bomb as an error": Fault(
        made(lambda good: good.bytes("500 X", Bomb.get(b""), Content_Encoding="gzip")), LOST, slow=True
    ),
}
BODIES: dict[str, Fault] = {
    "an empty body": Fault(body(b""), USELESS),
    "white space": Fault(body(b" \r\n\t "), USELESS),
    "null": Fault(body(b"null"), USELESS),
    "[]": Fault(body(b"[]"), USELESS),
    "a list of the answer": Fault(body(lambda good: b"[" + good + b"]"), USELESS),
    "a text": Fault(body(b'"text"'), USELESS),
    "a number": Fault(body(b"0"), USELESS),
    "true": Fault(body(b"true"), USELESS),
    "{}": Fault(body(b"{}"), USELESS),
    "NaN": Fault(body(b"NaN"), USELESS),
    "NaN inside": Fault(body(lambda good: good[:-1] + b', "x": NaN}'), USELESS),
    "Infinity inside": Fault(body(lambda good: good[:-1] + b', "x": -Infinity}'), USELESS),
    "1e999 inside": Fault(body(lambda good: good[:-1] + b', "x": 1e999}'), FINE),
    "a number of 5000 digits": Fault(body(lambda good: good[:-1] + b', "x": ' + b"1" * 5000 + b"}"), USELESS),
    "a name that is half of a surrogate pair": Fault(body(lambda good: good[:-1] + b', "\\ud800": "\\udfff"}'), FINE),
    "a name of 100 kB": Fault(body(lambda good: good[:-1] + b', "' + b"x" * 100_000 + b'": 1}'), FINE),
    "a name that is empty": Fault(body(lambda good: good[:-1] + b', "": {"": [null]}}'), FINE),
    "names of a later version": Fault(changed(later), FINE),
    "100 kB of white space before it": Fault(body(lambda good: b" \n" * 50_000 + good), FINE),
    "a zero in a text": Fault(body(lambda good: good[:-1] + b', "x": "a\0b"}'), USELESS),
    "UTF-7": Fault(
        body(lambda good: good.replace(b"{", b"+AHs-"), Content_Type="application/json; charset=utf-7"), USELESS
    ),
    "names twice": Fault(body(lambda good: good[:-1] + b"," + good[1:]), FINE),
    "nested 100000 deep": Fault(body(b"[" * 100_000 + b"]" * 100_000), USELESS),
    "nested 300 deep inside": Fault(
        body(lambda good: good[:-1] + b', "x": ' + b"[" * 300 + b"]" * 300 + b"}"), USELESS
    ),
    "ten million values": Fault(body(b"[" + b"1," * 10_000_000 + b"1]"), USELESS, slow=True),
    "40 MB": Fault(body(lambda good: good + b" " * 40 * MIB), USELESS, slow=True),
    "lone halves of surrogate pairs": Fault(changed(every(str, "\ud800")), ODD_TEXT),
    "a mark before it": Fault(body(lambda good: b"\xef\xbb\xbf" + good), FINE),
    "UTF-16": Fault(body(lambda good: good.decode().encode("utf-16")), USELESS),
    "UTF-32": Fault(body(lambda good: good.decode().encode("utf-32")), USELESS),
    "bytes that are no UTF-8": Fault(body(lambda good: good[:-1] + b', "x": "\xff\xfe"}'), USELESS),
    "another charset is said": Fault(headers(Content_Type="application/json; charset=no-such"), FINE),
    "no type": Fault(headers(Content_Type=None), FINE),
    "a page": Fault(body(b"<!doctype html><title>Sign in</title>", Content_Type="text/html"), USELESS),
    "JSON that breaks off": Fault(body(lambda good: good[:-5]), USELESS),
    "two documents": Fault(body(lambda good: good + good), USELESS),
    "JSON, and more after it": Fault(body(lambda good: good + b" ok"), USELESS),
    "single quotes": Fault(body(lambda good: good.replace(b'"', b"'")), USELESS),
    "a comment": Fault(body(lambda good: b"/* */" + good), USELESS),
    "zeros after it": Fault(body(lambda good: good + bytes(10)), USELESS),
    "data twice, then null": Fault(body(twice), STRANGE),
    "data is null": Fault(changed(inner(None)), STRANGE),
    "data is a list": Fault(changed(inner([])), STRANGE),
    "data is a text": Fault(changed(inner("x")), STRANGE),
    "data is a number": Fault(changed(inner(7)), STRANGE),
    "data is empty": Fault(changed(inner({})), STRANGE),
    "texts are numbers": Fault(changed(every(str, 7)), NO_TEXT),
    "texts are null": Fault(changed(every(str, None)), STRANGE),
    "texts are objects": Fault(changed(every(str, {"a": [1]})), NO_TEXT),
    "texts are lists": Fault(changed(every(str, ["a"])), NO_TEXT),
    "texts are empty": Fault(changed(every(str, "")), STRANGE),
    "texts of control characters": Fault(changed(every(str, "\0\x1b[2J\x1b]0;x\x07\u202e")), ODD_TEXT),
    "texts of other scripts": Fault(changed(every(str, "\u20ac \u0436 \U0001f6f6")), ODD_TEXT),
    "texts are very long": Fault(changed(every(str, "x" * 100_000)), ODD_TEXT),
    "texts command a runner": Fault(changed(every(str, "\n::set-output name=x::y\n##vso[task.complete]")), ODD_TEXT),
    "texts leave their folder": Fault(changed(every(str, "../../../../tmp/x")), ODD_TEXT),
    "numbers are negative": Fault(changed(every((int, float), -1)), NO_NUMBER),
    "numbers are huge": Fault(changed(every((int, float), 10**300)), NO_NUMBER),
    "numbers are texts": Fault(changed(every((int, float), "many")), NO_NUMBER),
    "numbers are fractions": Fault(changed(every((int, float), 0.5)), NO_NUMBER),
    "numbers are truths": Fault(changed(every((int, float), True)), NO_NUMBER),
    "numbers are null": Fault(changed(every((int, float), None)), STRANGE),
    "lists are empty": Fault(changed(lists(lambda found: [])), STRANGE),
    "lists have null in them": Fault(changed(lists(lambda found: [None, *found])), STRANGE),
    "lists say everything twice": Fault(changed(lists(lambda found: found * 2)), STRANGE),
    "lists the other way round": Fault(changed(lists(lambda found: found[::-1])), STRANGE),
    "ids are missing": Fault(changed(without("(?i)^(id|connectionId|jobId)$")), STRANGE),
    "states are missing": Fault(changed(without("state|^status$")), STRANGE),
    "stamps are missing": Fault(changed(without("_at$|Time$|At$")), STRANGE),
    "an error in a success": Fault(
        body(b'{"code": "IllegalState", "message": "no", "title": "no", "status": 409, "data": {}}'), STRANGE
    ),
    "ids of something else": Fault(changed(every(str, "other_connector", "(?i)^(id|connectionId)$")), STRANGE),
    "ids of other jobs": Fault(changed(every(int, 4711, "(?i)^(id|jobId)$")), STRANGE),
    "ids that are null": Fault(changed(every((str, int), None, "(?i)^(id|connectionId|jobId)$")), STRANGE),
    "stamps of the year 10000": Fault(changed(every(str, "10000-01-01T00:00:00Z", "_at$|Time$|At$")), NO_MOMENT),
    "stamps of the year 9999": Fault(
        changed(every(str, "9999-12-31T23:59:59.999999-14:00", "_at$|Time$|At$")), NO_MOMENT
    ),
    "stamps of the year 0": Fault(changed(every(str, "0000-00-00T00:00:00Z", "_at$|Time$|At$")), NO_MOMENT),
    "stamps that are negative": Fault(changed(every((str, int), -1, "(?i)_at$|Time$|At$")), NO_MOMENT),
    "stamps that are huge": Fault(changed(every((str, int), 10**30, "(?i)_at$|Time$|At$")), NO_MOMENT),
    "stamps of tomorrow": Fault(changed(every(str, "2026-06-02T12:00:00Z", "_at$|Time$|At$")), STRANGE),
    "stamps without a zone": Fault(changed(every(str, "2026-01-01T00:00:00", "_at$|Time$|At$")), STRANGE),
    "stamps in words": Fault(changed(every(str, "yesterday", "_at$|Time$|At$")), NO_MOMENT),
    "states that nobody knows": Fault(changed(every(str, "levitating", "state|^status$")), STRANGE),
    "states in capitals": Fault(changed(every(str, "SYNCING", "sync_state")), STRANGE),
}
STATUSES: dict[str, Fault] = {
    "101": Fault(status("101 Switching Protocols"), USELESS),
    "102": Fault(status("102 Processing"), USELESS),
    "199": Fault(status("199 X"), USELESS),
    "201 instead of 200": Fault(status("201 Created", None), FINE),
    "203": Fault(status("203 Non-Authoritative Information", None), FINE),
    "202 with the answer": Fault(status("202 Accepted", None), FINE),
    "206 with all of it": Fault(
        kept(lambda good: good.bytes("206 X", Content_Range=f"bytes 0-{len(good.body) - 1}/{len(good.body)}")), FINE
    ),
    "226": Fault(status("226 IM Used", None), FINE),
    "299": Fault(status("299 X", None), FINE),
    "205 with a body": Fault(status("205 Reset Content", None), FINE),
    "202 without a body": Fault(status("202 Accepted", b""), USELESS),
    "204": Fault(made(lambda good: b"HTTP/1.1 204 No Content\r\n\r\n"), USELESS),
    "204 with a body": Fault(status("204 No Content", None), USELESS),
    "205": Fault(status("205 Reset Content", b""), USELESS),
    "206": Fault(status("206 Partial Content", b"{"), USELESS),
    "300": Fault(status("300 X"), REFUSED, acts=False),
    "301": Fault(status("301 X", Location="https://elsewhere.example/"), REFUSED, acts=False),
    "302 to nowhere": Fault(status("302 X"), REFUSED, acts=False),
    "302 to itself": Fault(made(lambda good: good.bytes("302 X", b"", Location=good.path)), REFUSED, acts=False),
    "303": Fault(status("303 See Other", Location="/v1/elsewhere"), STRANGE),
    "304": Fault(status("304 Not Modified", b""), REFUSED, acts=False),
    "307 to nonsense": Fault(status("307 X", Location="http://[\xff\xfe:99999/\x7f"), REFUSED, acts=False),
    "308 to a file": Fault(status("308 X", Location="file:///etc/passwd"), REFUSED, acts=False),
    "400": Fault(status("400 X"), REFUSED, acts=False),
    "401": Fault(status("401 X"), KEY, acts=False),
    "401 with a challenge": Fault(status("401 X", WWW_Authenticate='Basic realm="\xff'), KEY, acts=False),
    "403": Fault(status("403 X"), CREDENTIALS, acts=False),
    "404": Fault(status("404 X"), GONE, acts=False),
    "401 with a success": Fault(status("401 X", None), KEY, acts=False),
    "404 with a success": Fault(status("404 X", None), GONE, acts=False),
    "409": Fault(status("409 X"), STRANGE, acts=False),
    "402": Fault(status("402 X"), REFUSED, acts=False),
    "405": Fault(status("405 X"), REFUSED, acts=False),
    "407": Fault(status("407 X", Proxy_Authenticate="Basic"), REFUSED, acts=False),
    "408": Fault(status("408 X"), STRANGE),
    "410": Fault(status("410 X"), REFUSED, acts=False),
    "413": Fault(status("413 X"), REFUSED, acts=False),
    "418": Fault(status("418 X"), REFUSED, acts=False),
    "421": Fault(status("421 X"), REFUSED, acts=False),
    "417": Fault(status("417 X"), REFUSED, acts=False),
    "422": Fault(status("422 X"), REFUSED, acts=False),
    "423": Fault(status("423 X"), REFUSED, acts=False),
    "425": Fault(status("425 X"), REFUSED, acts=False),
    "428": Fault(status("428 X"), REFUSED, acts=False),
    "499": Fault(status("499 X"), REFUSED, acts=False),
    "426": Fault(status("426 X", Upgrade="h2c"), REFUSED, acts=False),
    "431": Fault(status("431 X"), REFUSED, acts=False),
    "451": Fault(status("451 X"), REFUSED, acts=False),
    "429": Fault(status("429 X"), LIMITED, acts=False),
    "429 for 10^400 seconds": Fault(status("429 X", Retry_After="1" + "0" * 400), LIMITED, acts=False, postpones=True),
    "429 for -5 seconds": Fault(status("429 X", Retry_After="-5"), LIMITED, acts=False),
    "429 for 1.5 seconds": Fault(status("429 X", Retry_After="1.5"), LIMITED, acts=False),
    "429 for no second": Fault(status("429 X", Retry_After="0"), LIMITED, acts=False),
    "429 until the year 2000": Fault(status("429 X", Retry_After="Sat, 01 Jan 2000 00:00:00 GMT"), LIMITED, acts=False),
    "429 for a second, twice": Fault(status("429 X", Retry_After="1\r\nRetry-After: 1"), LIMITED, acts=False),
    "429 with a success": Fault(status("429 X", None), LIMITED, acts=False),
    "429 until nonsense": Fault(status("429 X", Retry_After="\xff soon"), LIMITED, acts=False),
    "429 until the year 9999": Fault(
        status("429 X", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"), LIMITED, acts=False, postpones=True
    ),
    "500": Fault(status("500 X"), LOST),
    "500 with a success": Fault(status("500 X", None), LOST),
    "501": Fault(status("501 X"), USELESS),
    "502": Fault(status("502 Bad Gateway"), LOST),
    "503 for a day": Fault(status("503 X", Retry_After="86400"), LOST, postpones=True),
    "503 for no second": Fault(status("503 X", Retry_After="0"), LOST),
    "503 until the year 2000": Fault(status("503 X", Retry_After="Sat, 01 Jan 2000 00:00:00 GMT"), LOST),
    "504": Fault(status("504 X"), LOST),
    "511, a portal": Fault(status("511 X", b"<form>"), USELESS),
    **{str(number): Fault(status(f"{number} X"), USELESS) for number in (505, 507, 508, 520, 521, 522, 524, 525, 530)},
    "599": Fault(status("599 X"), USELESS),
    "600": Fault(status("600 X"), USELESS),
    "999": Fault(status("999 X"), USELESS),
}
CLOCKS: dict[str, Fault] = {
    "no date": Fault(headers(Date=None), NO_DATE),
    "a date of nonsense": Fault(headers(Date="\xffyesterday"), NO_DATE),
    "a date of the year 1": Fault(headers(Date="Mon, 01 Jan 0001 00:00:00 GMT"), STRANGE),
    "a date of the year 9999": Fault(headers(Date="Fri, 31 Dec 9999 23:59:59 GMT"), NO_DATE),
    "a date of tomorrow": Fault(dated(24), STRANGE),
    "a date of yesterday": Fault(dated(-24), STRANGE),
    "the date twice": Fault(dated(0, 0), FINE),
    "two dates": Fault(dated(0, 24), STRANGE),
    "a date as in RFC 850": Fault(dated(0, form="%A, %d-%b-%y %H:%M:%S GMT"), FINE),
    "a date as C writes it": Fault(dated(0, form="%a %b %e %H:%M:%S %Y"), FINE),
    "a date in a zone": Fault(headers(Date="Thu, 01 Jan 2026 00:00:00 +9959"), NO_DATE),
    "a quota of nonsense": Fault(headers(X_Rate_Limit="-1", X_Rate_Limit_Remaining="\xff"), FINE),
    "a quota of 10^400": Fault(headers(X_Rate_Limit="9" * 400, X_Rate_Limit_Remaining="9" * 400), FINE),
    "no quota left": Fault(headers(X_Rate_Limit="100", X_Rate_Limit_Remaining="0"), FEW_LEFT),
}


def opening(opens: Opening, makes: str) -> Fault:
    """A fault of the handshake."""
    return Fault(as_it_is, makes, acts=False, tls=True, opens=opens)


def below_tls(data: bytes) -> Play:
    """Bytes that are no TLS, in the middle of an answer."""

    def play(peer: Peer, good: Good) -> None:
        half(peer, good)
        with tls.below(peer.socket) as raw:
            raw.sendall(data)
        peer.close()

    return play


def notified(peer: Peer, good: Good) -> None:
    """Say that TLS ends, and close."""
    with suppress(OSError):
        peer.socket.settimeout(0.2)
        peer.socket.unwrap()  # type: ignore[attr-defined]  # it is a TLS socket
    peer.close()


no_length: Play = lambda peer, good: peer.send(good.bytes(Content_Length=None))  # noqa: E731
TLS: dict[str, Fault] = {
    "TLS": Fault(as_it_is, FINE, tls=True),
    "TLS, a certificate that signs itself": opening(tls.certificate("self_signed"), UNVERIFIED),
    "TLS, a certificate that has expired": opening(tls.certificate("expired"), UNVERIFIED),
    "TLS, a certificate of the future": opening(tls.certificate("not_yet_valid"), UNVERIFIED),
    "TLS, a certificate of another host": opening(tls.certificate("wrong_host"), UNVERIFIED),
    "TLS, closed in the handshake": opening(tls.cut(), UNSENT),
    "TLS, reset in the handshake": opening(tls.cut(reset=True), UNSENT),
    "TLS, an alert in the handshake": opening(tls.cut(b"\x15\x03\x03\x00\x02\x02\x28"), UNSENT),
    "TLS, half of a handshake": opening(tls.cut(b"\x16\x03\x03\x00\x7a\x02\x00"), UNSENT),
    "TLS, HTTP instead": opening(tls.cut(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), UNSENT),
    "TLS, asks who we are": opening(tls.certificate("good", asks=True), UNSENT),
    "TLS, closed at once": Fault(close, LOST, tls=True),
    "TLS, closed at once, as it should be": Fault(notified, LOST, tls=True),
    "TLS, closed in the body": Fault(then(half, close), LOST, tls=True),
    "TLS, closed in the body, as it should be": Fault(then(half, notified), LOST, tls=True),
    "TLS, reset in the body": Fault(then(half, reset), LOST, tls=True),
    "TLS, closed after the answer": Fault(then(as_it_is, close), FINE, tls=True),
    "TLS, closed after the answer, as it should be": Fault(then(as_it_is, notified), FINE, tls=True),
    "TLS, no length, closed": Fault(then(no_length, close), FINE, tls=True),
    "TLS, no length, closed as it should be": Fault(then(no_length, notified), FINE, tls=True),
    "TLS, bytes that are none": Fault(below_tls(b"HTTP/1.1 200 OK\r\n\r\n"), LOST, tls=True),
    "TLS, an alert in the body": Fault(below_tls(b"\x15\x03\x03\x00\x02\x02\x14"), LOST, tls=True),
}
FAULTS: dict[str, Fault] = {**TLS, **CONNECTION, **NO_HTTP, **LENGTHS, **ENCODINGS, **BODIES, **STATUSES, **CLOCKS}
