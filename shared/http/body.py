"""Reading a response's body: never more than its bound, compressed or not, however the server frames it."""

import zlib
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

import requests
from urllib3.exceptions import ProtocolError

from shared.http.statuses import error_for
from shared.secret_forms import CUT

MOST_BYTES = 32 * 1024 * 1024
MOST_EXPLANATION = 1024 * 1024
"""Bytes that are kept of the body of a refusal: its status says what it means, the body only explains it."""
_CHUNK = 65536


class TooLarge(Exception):
    """The body of a success is larger than ``MOST_BYTES``."""


def read_body(response: requests.Response) -> bytes:
    """The body of a streamed response.

    Raises TooLarge where the body of a success is larger than ``MOST_BYTES``; that of anything else is cut. Raises
    what urllib3 and zlib raise where it breaks off; of a redirect, refused whatever its body is, what has come will do.
    """
    refused = error_for(response.status_code) is not None
    most = MOST_EXPLANATION if refused else MOST_BYTES
    parts: list[bytes] = []  # joined once: a buffer that grows leaves holes behind in a process of many threads
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
    return b"".join(parts)[:most] + CUT.encode()  # the mark says that a secret at the end may be there in part


def _unpacked(response: requests.Response, most: int) -> Iterator[bytes]:
    """The body in parts, decompressed. No part is larger than ``most`` bytes and one.

    Nothing asks for compression (http.client sends ``Accept-Encoding: identity``), but a proxy may do it all the same.
    Not left to urllib3, whose older versions decompress a part however large that becomes.
    """
    _refuse_negative_reads(response.raw)
    packed = response.raw.stream(_CHUNK, decode_content=False)
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        yield from packed
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ProtocolError(f"the answer is encoded as {encoding[:60]!r}, which was not asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: either header, gzip's or zlib's
    for part in packed:
        yield unpacker.decompress(part, most + 1)
        if unpacker.unconsumed_tail:
            return  # more than ``most`` bytes came of one part
    if not unpacker.eof:
        raise ProtocolError("the compressed answer breaks off")


def _refuse_negative_reads(raw: Any) -> None:
    """Make a negative chunk length an error.

    int() takes ``-1`` for a length, in http.client as in urllib3 (seen in urllib3 2.8 with Python 3.11), and a file
    read with it is read to its end, however far that is. ``_original_response`` is what requests reads cookies from.
    """
    original = getattr(raw, "_original_response", None)
    if isinstance(original, HTTPResponse) and original.fp is not None:
        original.fp = _NoNegativeReads(original.fp)  # type: ignore[assignment]  # all of a file that it uses


class _NoNegativeReads:
    """A file that is read forwards only."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int) -> Any:
        if size < 0:
            raise ProtocolError("a chunk of a negative length")
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
