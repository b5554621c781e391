"""Read a response's body, but never more than a fixed number of bytes, whether it is compressed or not."""

import zlib
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

import requests
from urllib3.exceptions import ProtocolError

from shared.http.connections import is_brief
from shared.http.statuses import error_for
from shared.secret_forms import CUT

MOST_BYTES = 32 * 1024 * 1024
MOST_EXPLANATION = 1024 * 1024
"""Bytes that are kept of an error's body. Its meaning comes from the status; the body is only an explanation."""
_CHUNK = 65536
_LONGEST_LINE = 65536
_REQUEST_TIMEOUT = 408


class TooLarge(Exception):
    """The body of a success is larger than ``MOST_BYTES``."""


def read_body(response: requests.Response, *, kept: bool = False) -> bytes:
    """Return the body of a streamed response.

    Raise TooLarge if the body of a success is larger than ``MOST_BYTES``; cut the body of an error. If the body breaks
    off, raise the error of urllib3 or zlib. Of a redirect, which is refused anyway, return what arrived.

    Read nothing of a 1xx, which only announces another answer. A response that is not read to its end closes its
    connection, so the announced answer cannot be taken for the answer to the next request.

    ``kept``: the connection is kept from an earlier call. A server may close such a connection with a 408 at the moment
    it is used again (RFC 9110, section 15.5.9). That is not an answer, so raise ConnectionResetError. It says nothing
    about a write either: a proxy may send it after it has passed the request on.
    """
    if response.status_code < 200:
        return b""
    if kept and response.status_code == _REQUEST_TIMEOUT:
        raise ConnectionResetError("the server gave up the kept connection (408)")
    refused = error_for(response.status_code) is not None
    most = MOST_EXPLANATION if refused else MOST_BYTES
    parts: list[bytes] = []  # joined once: a growing buffer fragments the memory of many threads
    size = 0
    try:
        for part in _unpacked(response, most):
            parts.append(part)
            size += len(part)
            if size > most:
                break
    except Exception:
        if not 300 <= response.status_code < 400:
            raise
    if size <= most:
        return b"".join(parts)
    if not refused:
        raise TooLarge(f"the answer is larger than {MOST_BYTES} bytes; it was not read further")
    return b"".join(parts)[:most] + CUT.encode()  # the mark tells the redactor that a secret may be cut at the end


def _unpacked(response: requests.Response, most: int) -> Iterator[bytes]:
    """Yield the decompressed body in parts of at most ``most`` + 1 bytes.

    No request asks for compression (http.client sends ``Accept-Encoding: identity``), but a proxy may compress anyway.
    urllib3 is not used for this because its older versions decompress a part of any size at once.
    """
    response.raw.enforce_content_length = True  # as urllib3 2 does by itself: a body that breaks off is no body
    _guard_reads(response.raw)
    packed = response.raw.stream(_CHUNK, decode_content=False)
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        yield from packed
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ProtocolError(f"the answer is encoded as {encoding[:60]!r}, which was not asked for")
    unpacker, size, whole = _unpacker(), 0, False
    for part in packed:
        size += len(part)
        rest = part
        while rest:
            if unpacker.eof:  # gzip may have several members (RFC 1952, section 2.2)
                unpacker, whole = _unpacker(), True
            try:
                yield unpacker.decompress(rest, most + 1)
            except zlib.error:
                if whole:
                    return  # what follows the last member is not gzip
                raise
            rest = unpacker.unused_data
        if unpacker.unconsumed_tail:
            return  # this part alone decompresses to more than ``most`` bytes
        if size > most:
            raise TooLarge(f"the compressed answer is larger than {most} bytes; it was not read further")
    if not unpacker.eof:
        raise ProtocolError("the compressed answer breaks off")


def _unpacker() -> "zlib._Decompress":
    return zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: either header, gzip's or zlib's


def _guard_reads(raw: Any) -> None:
    """Make a negative chunk length an error, and a line of a chunk that does not end.

    Both http.client and urllib3 accept ``-1`` as a length (seen in urllib3 2.8 with Python 3.11) and then read without
    a limit. urllib3 1.26 reads the line with a chunk's length, and those of a trailer, without one.
    ``_original_response`` is the attribute from which requests reads cookies.
    """
    original = getattr(raw, "_original_response", None)
    if isinstance(original, HTTPResponse) and original.fp is not None:
        original.fp = _Guarded(original.fp, raw)  # type: ignore[assignment]  # all that http.client uses


class _Guarded:
    """A file whose ``read`` refuses a negative size, and whose ``readline`` a line that is too long.

    ``close``, which is called when the answer is complete, closes the connection if it cannot be used again: if the
    server says that it is about to close it, or if bytes follow that could be taken for the answer to the next request.
    """

    def __init__(self, file: Any, raw: Any) -> None:
        self._file = file
        self._connection = raw.connection
        self._is_brief = is_brief(raw.headers.get("Keep-Alive", ""))

    def read(self, size: int) -> Any:
        if size < 0:
            raise ProtocolError("a chunk of a negative length")
        return self._file.read(size)

    def readline(self, size: int = -1) -> Any:
        line = self._file.readline(size if size >= 0 else _LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise ProtocolError("a chunk's length or a trailer is too long")
        return line

    def close(self) -> None:
        socket = self._connection and self._connection.sock  # None if http.client closed it: the answer asked for that
        if socket is not None and (self._is_brief or _has_more(self._file, socket)):
            self._connection.close()
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _has_more(file: Any, socket: Any) -> bool:
    """Return whether anything has arrived that is not read yet, in the buffer, within TLS or in the kernel.

    TLS raises an error if there is nothing, and returns nothing at its end, which looking at it consumes.
    """
    timeout = socket.gettimeout()
    socket.settimeout(0)
    try:
        return bool(file.peek(1)) or hasattr(socket, "pending")
    except OSError:  # a broken connection, too: its next use will show that
        return False
    finally:
        socket.settimeout(timeout)
