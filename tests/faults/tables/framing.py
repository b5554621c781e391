"""Faults of the body's framing: lengths, chunks, compression."""

import gzip
import zlib
from collections.abc import Callable

from tests.faults.effects import FINE, LOST, USELESS, Fault
from tests.faults.plays import MIB, flood, head, headers, made, then
from tests.faults.server import Good, Play


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", **given: str | None) -> Callable[[Good], bytes]:
    """Return the good body as one chunk, or the given chunks unchanged."""

    def make(good: Good) -> bytes:
        own = chunks or (f"{len(good.body):x}\r\n".encode() + good.body + b"\r\n",)
        return good.bytes(body=b"", Content_Length=None, Transfer_Encoding="chunked", **given) + b"".join(own) + end

    return make


def packed(name: str, pack: Callable[[bytes], bytes]) -> Play:
    return made(lambda good: good.bytes(body=pack(good.body), Content_Encoding=name))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def bomb() -> bytes:
    return gzip.compress(bytes(300 * MIB), 9)


class Bomb:
    """A gzip bomb, packed when it is first played, because that takes seconds."""

    data = b""

    @classmethod
    def get(cls, good: bytes) -> bytes:
        cls.data = cls.data or bomb()
        return cls.data


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
