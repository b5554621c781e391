"""What JSON from elsewhere would cost, told from its bytes before anything of it is built."""

import json
import sys
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # what json itself reads a text with
from typing import Any

from shared.redaction import DEEPEST

MOST_MEMORY = 440 * 1024 * 1024
"""Bytes that may be taken by what is parsed and by the copies of its text that are made of it."""
_A_NODE = 160
"""Bytes that a node takes at most: a member of an object whose name is not used twice (measured with Python 3.11)."""
_COPIES = 5
"""Of the text at one time: itself, a value that is nearly all of it, and that value redacted, as JSON and as bytes."""
MOST_FILE_BYTES = 8 * 1024 * 1024
_FILE_MEMORY = 60 * 1024 * 1024
"""Bytes that a file may take when it is parsed: a file of 8 MiB has about 230,000 values and names then."""
_FILE_COPIES = 3
"""Of the text at one time: itself, and a value that is nearly all of it in characters that are twice as wide."""
_SMALL = 1024 * 1024
"""A body of no more bytes comes nowhere near either bound."""
_PIECE = 65536
_ALL_BUT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'[]{},:"')


class TooCostly(ValueError):
    """JSON that is not parsed. The message says why."""


def parsed_file(content: bytes) -> Any:
    """Parse what a file holds. Raises TooCostly, and another ValueError where it is no JSON."""
    if why := refusal(content, _FILE_MEMORY, _FILE_COPIES):
        raise TooCostly(why)
    return json.loads(content)


def refusal(body: bytes, most_memory: int = MOST_MEMORY, copies: int = _COPIES) -> str:
    """Why ``body`` is not to be parsed, in words; empty where it may be.

    A node is a value or a name, told by its comma, colon or opening bracket.
    """
    depth = nodes = 0
    for part in _structure(body):
        nodes += len(part) - part.count(b"]") - part.count(b"}")
        for bracket in part.translate(None, b",:"):
            depth += 1 if bracket in b"[{" else -1
            if depth > DEEPEST:
                return f"it is nested deeper than {DEEPEST} levels"
    if len(body) <= _SMALL or _A_NODE * nodes + copies * sys.getsizeof(body.decode("utf-8", "replace")) <= most_memory:
        return ""
    return f"it has {nodes} values and names in {len(body)} bytes, more than there is memory for"


def _structure(body: bytes) -> Iterator[bytes]:
    """The brackets, commas and colons that stand outside of texts, told without building those texts."""
    body = body.replace(b"\\\\", b"").replace(b'\\"', b"")  # what is left of quotation marks begins or ends a text
    inside = 0
    for start in range(0, len(body), _PIECE):
        piece = body[start : start + _PIECE].translate(None, _ALL_BUT_STRUCTURE)
        parts = piece.replace(b'""', b"").split(b'"')  # most texts have nothing in them now
        yield b"".join(parts[inside::2])
        inside = (inside + len(parts) - 1) % 2


def read_text(document: str, quote: int) -> tuple[str, int]:
    """The text that begins with the quotation mark at ``quote``, and where in the document it ends.

    Raises ValueError where it does not end, or has an escape that JSON does not know.
    """
    found: tuple[str, int] = scanstring(document, quote + 1, False)
    return found
