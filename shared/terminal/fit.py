"""Fit a table's columns into a terminal. Pure functions."""

from collections.abc import Sequence

BETWEEN = 2
"""Columns between two cells."""
COMFORTABLE, NARROWEST, NARROWEST_KEPT = 12, 8, 12
"""Minimum widths of a cell: first choice, last resort, and a column with the row's name or state."""
FREE, KEPT, WHOLE = range(3)
"""How a column may be cut: freely, only after the others, or not at all (such as a date)."""


def fit(widths: Sequence[int], kinds: Sequence[int], room: int) -> list[int]:
    """Return the widths of the shown columns. If cutting is not enough, columns are dropped from the end.

    The widest column is cut first; the last one, which often has the reason, only after the others. ``room`` includes
    the space after each column.
    """
    for count in range(len(widths), 0, -1):
        found = list(widths[:count])
        left = room - BETWEEN * count
        free = [index for index in range(count) if kinds[index] == FREE]
        kept = [index for index in range(count) if kinds[index] == KEPT]
        narrow(found, [index for index in free if index < len(widths) - 1], left, COMFORTABLE)
        narrow(found, free, left, COMFORTABLE)
        narrow(found, free, left, NARROWEST)
        narrow(found, kept, left, NARROWEST_KEPT)
        if sum(found) <= left:
            return found
    return [max(room - BETWEEN, 1)]


def narrow(widths: list[int], which: Sequence[int], room: int, least: int) -> None:
    """Narrow the widest of the columns ``which``, character by character, until all fit or all have width ``least``."""
    while sum(widths) > room:
        widest = max(which, key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= least:
            return
        widths[widest] -= 1
