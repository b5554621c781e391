"""Estimate the memory that JSON from outside needs, from its bytes, before it is parsed."""

import json
import sys
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # the function that json itself uses
from typing import Any

from shared.redaction import DEEPEST

MOST_MEMORY = 440 * 1024 * 1024
"""Bytes of memory that the parsed values and the copies of the text may need."""
_A_NODE = 160
"""The most bytes that a node needs: an object's member with a unique name (measured with Python 3.11)."""
_COPIES = 5
"""Copies of the text at one time: itself, a value as long as the text, and that value redacted, as JSON, as bytes."""
MOST_FILE_BYTES = 8 * 1024 * 1024
_FILE_MEMORY = 60 * 1024 * 1024
"""Bytes of memory that a parsed file may need. A file of 8 MiB may have about 230,000 values and names."""
_FILE_COPIES = 3
"""Copies of the text at one time: itself, and a value as long as the text whose characters are twice as wide."""
_SMALL = 1024 * 1024
"""Bytes. A body up to this size needs far less memory than allowed."""
_PIECE = 65536
_LEVELS = 6
"""Levels of nesting that are looked over at once. Rows of a list have about that many."""
_ALL_BUT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'[]{},:"')


class TooCostly(ValueError):
    """JSON that must not be parsed. The message says why."""


def parsed_file(content: bytes) -> Any:
    """Parse the content of a file. Raise TooCostly, or another ValueError if it is not JSON."""
    if why := refusal(content, _FILE_MEMORY, _FILE_COPIES):
        raise TooCostly(why)
    return json.loads(content)


def refusal(body: bytes, most_memory: int = MOST_MEMORY, copies: int = _COPIES) -> str:
    """Explain why ``body`` must not be parsed. Return an empty text if it may be.

    A node is a value or a name. Nodes are counted by their commas, colons and opening brackets.
    """
    depth = nodes = 0
    for part in _structure(body):
        nodes += len(part) - part.count(b"]") - part.count(b"}")
        brackets = part.translate(None, b",:")
        if depth + len(rest := _without_pairs(brackets)) + _LEVELS <= DEEPEST:
            brackets = rest
        for bracket in brackets:
            depth += 1 if bracket in b"[{" else -1
            if depth > DEEPEST:
                return f"it is nested deeper than {DEEPEST} levels"
    if len(body) <= _SMALL or _A_NODE * nodes + copies * sys.getsizeof(body.decode("utf-8", "replace")) <= most_memory:
        return ""
    return f"it has {nodes} values and names in {len(body)} bytes, more than there is memory for"


def _without_pairs(brackets: bytes) -> bytes:
    """Return ``brackets`` without pairs that enclose nothing, and so without up to ``_LEVELS`` levels of nesting."""
    for _ in range(_LEVELS // 2):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return brackets


def _structure(body: bytes) -> Iterator[bytes]:
    """Yield the brackets, commas and colons outside of strings, without building the strings."""
    if b"\\" in body:  # which is looked for faster than what it escapes
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    # each remaining quotation mark begins or ends a string
    inside = 0
    for start in range(0, len(body), _PIECE):
        piece = body[start : start + _PIECE].translate(None, _ALL_BUT_STRUCTURE)
        parts = piece.replace(b'""', b"").split(b'"')  # most strings are empty by now
        yield b"".join(parts[inside::2])
        inside = (inside + len(parts) - 1) % 2


def read_text(document: str, quote: int) -> tuple[str, int]:
    """Return the string that begins with the quotation mark at ``quote``, and the position after its end.

    Raise ValueError if it does not end or has an invalid escape.
    """
    found: tuple[str, int] = scanstring(document, quote + 1, False)
    return found
