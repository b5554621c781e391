"""Tables for people, on stderr. Each line starts with ``| ``: no text from outside ever stands at a line's start."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared import timestamps
from shared.redaction import one_line

WIDEST = 100
MOST_ROWS = 1000


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], most: int = MOST_ROWS) -> Iterator[str]:
    """The lines of a table. A cell is cut at 100 characters; of more than ``most`` rows the rest is counted."""
    shown = [[cell(value) for value in row] for row in (head, *rows[:most])]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in (shown[0], ["-" * width for width in widths], *shown[1:]):
        yield "| " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    if len(rows) > most:
        yield f"| and {len(rows) - most} more, in the response file"


def tree(node: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """The lines of nested mappings of labels, two spaces a level."""
    for label, below in node.items():
        yield "| " + "  " * depth + one_line(label, 200)
        yield from tree(below, depth + 1)


def cell(value: Any) -> str:
    """One value on one line: moments to the second, yes and no, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{timestamps.write(value)}"[:19] + "Z"
    return one_line(str(value), WIDEST)
