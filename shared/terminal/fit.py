"""Fitting a table's columns into a terminal. Pure functions."""

from collections.abc import Sequence

BETWEEN = 2
COMFORTABLE, NARROWEST, NARROWEST_KEPT = 12, 8, 12
"""Columns that a cell keeps at least: at first, in need, and one that names or judges its row."""
FREE, KEPT, WHOLE = range(3)
"""How a column may be cut: at will, last, not at all (half a date says nothing)."""


def fit(widths: Sequence[int], kinds: Sequence[int], room: int) -> list[int]:
    """The widths of the columns that are shown, the first so many of all: where cutting is not enough, the last go.

    The widest gives way first; the last column, which has the reason where there is one, after those before it.
    ``room`` counts what stands between the columns, also behind the last one.
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
    """Take from the widest of ``which``, a column at a time, until all ``widths`` fit or none of it may give more."""
    while sum(widths) > room:
        widest = max(which, key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= least:
            return
        widths[widest] -= 1
