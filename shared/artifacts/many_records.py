"""Write the sidecar of a batch, one entry per line, and read it and its write-ahead log.

Reading line by line takes no more memory than the records themselves: about 140 MB for 100,000, the most of one run.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from shared.untrusted_json import MOST_FILE_BYTES, TooCostly, parsed_file

MOST_RECORDS = 100_000
"""Records of one run. A larger batch is refused before it sends anything."""
LONGEST_LINE = 1024
"""Bytes of one entry. With an id of 128 characters and every time stamp it has about 700."""
_MOST_LOG_BYTES = 256 * 1024 * 1024
"""Each record is logged three times: sending, accepted, read again."""
_HEADS = {f'{{"schema": 1, "{noun}": [\n'.encode(): noun for noun in ("connectors", "connections")}
_TAIL = b"]}\n"


def text(entries: Iterable[Any], noun: str) -> Iterator[bytes]:
    """Yield ``{"schema": 1, "connectors": [...]}`` with one entry per line. ``noun`` is the name of the list."""
    yield from (head for head, one in _HEADS.items() if one == noun)
    parts = (b"  " + json.dumps(entry).encode() for entry in entries)
    yield next(parts, b"")
    for part in parts:
        yield b",\n" + part
    yield b"\n" + _TAIL


def parsed_sidecar(file: BinaryIO) -> Any:
    """Parse the sidecar of one subject or of a batch, whose entries are parsed lazily, one by one.

    Raise ValueError if it is damaged, TooCostly if it is too large.
    """
    first = file.readline(MOST_FILE_BYTES + 1)
    if noun := _HEADS.get(first):
        return {noun: _entries(file)}
    content = first + file.read(MOST_FILE_BYTES + 1 - len(first))
    if len(content) > MOST_FILE_BYTES:
        raise TooCostly(f"it is larger than {MOST_FILE_BYTES} bytes")
    return parsed_file(content)


def parsed_log(file: BinaryIO) -> Iterator[Any]:
    """Parse the lines of a write-ahead log.

    Text after the last line break was not written completely and is ignored. Any other line that cannot be parsed means
    damage, because the writer replaces an incomplete line. Raise ValueError, or TooCostly if the log is too large.
    """
    size = 0
    while (line := _line(file)).endswith(b"\n"):
        size += len(line)
        if size > _MOST_LOG_BYTES:
            raise TooCostly(f"it is larger than {_MOST_LOG_BYTES} bytes")
        yield parsed_file(line)


def _entries(file: BinaryIO) -> Iterator[Any]:
    for number, line in enumerate(iter(lambda: _line(file), b"")):
        if line == _TAIL:
            if file.read(1):
                break
            return
        if number == MOST_RECORDS:
            raise TooCostly(f"it has more than {MOST_RECORDS} records")
        if line != b"\n":  # an empty line: the list has no entry
            yield parsed_file(line.rstrip(b",\n"))
    raise ValueError("it does not end as it should")


def _line(file: BinaryIO) -> bytes:
    line = file.readline(LONGEST_LINE + 1)
    if len(line) > LONGEST_LINE:
        raise TooCostly(f"a line of it is longer than {LONGEST_LINE} bytes")
    return line
