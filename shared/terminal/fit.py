"""Fit a table's columns into a terminal. Pure functions."""

from collections.abc import Sequence

BETWEEN = 2
"""Columns between two cells."""
COMFORTABLE, NARROWEST = 12, 8
"""Minimum widths of a cell that is cut freely: first choice, last resort."""
COMFORTABLE_KEPT, NARROWEST_KEPT = 20, 12
"""The same of the row's name and its state. They are cut to the last resort only when no other column is left."""
READABLE = 30
"""Width below which a sentence says too little, if there are details that can be left out."""
LEAST, WHOLE, DETAIL, FREE, SENTENCE, KEPT = range(6)
"""What a column is, in the order in which columns are left out: the least detail, one that is not cut (such as a date),
a detail, any other, a sentence with the reason, the row's name or state."""


def fit(widths: Sequence[int], kinds: Sequence[int], room: int) -> dict[int, int]:
    """Return the shown columns with their widths. The first one is always shown.

    The widest column is cut first; the last one and a sentence after the others, and a long name before the sentence
    gets unreadable. If cutting is not enough, columns are left out, of the same kind the last one first. ``room``
    includes the space after each column.
    """
    shown = list(range(len(widths)))
    while True:
        found = _cut(widths, kinds, shown, room - BETWEEN * len(shown))
        fits = sum(found.values()) <= room - BETWEEN * len(shown)
        cramped = any(kinds[one] == SENTENCE and found[one] < min(widths[one], READABLE) for one in shown)
        if fits and not (cramped and any(kinds[one] == DETAIL for one in shown)):
            return found
        if len(shown) == 1:
            return {0: max(room - BETWEEN, 1)}
        shown.remove(min(shown[1:], key=lambda one: (kinds[one], -one)))


def _cut(widths: Sequence[int], kinds: Sequence[int], shown: Sequence[int], left: int) -> dict[int, int]:
    """Return the widths of the columns ``shown``, cut as far as their kinds allow, at best to ``left`` in all."""
    found = {one: widths[one] for one in shown}
    free = [one for one in shown if kinds[one] in (LEAST, DETAIL, FREE)]
    last = [one for one in shown if kinds[one] == SENTENCE]
    kept = [one for one in shown if kinds[one] == KEPT]
    narrow(found, [one for one in free if one < len(widths) - 1], left, COMFORTABLE)
    narrow(found, last, left, READABLE)
    narrow(found, kept, left, COMFORTABLE_KEPT)  # an id of 36 characters, for the reason
    narrow(found, free + last, left, COMFORTABLE)
    narrow(found, free, left, NARROWEST)
    if len(kept) == len(shown):
        narrow(found, kept, left, NARROWEST_KEPT)
    return found


def narrow(widths: dict[int, int], which: Sequence[int], room: int, least: int) -> None:
    """Narrow the widest of the columns ``which``, character by character, until all fit or all have width ``least``."""
    while sum(widths.values()) > room:
        widest = max(which, key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= least:
            return
        widths[widest] -= 1
