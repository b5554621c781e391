"""Sentences about a list that an API returned: its number of rows, and which of them are malformed."""

from collections.abc import Sequence

MOST_SHOWN = 20
"""Rows in the result line. The response file has all of them."""
MOST_NAMED = 20
"""Malformed rows whose places are given."""


def counted(noun: str, shown: int, total: int, unusable: int) -> str:
    """Return a list's size in words: ``40 of 43 connectors, the first 20 in data; 3 malformed, left out``."""
    of = f" of {total}" if shown < total else ""
    first = f", the first {MOST_SHOWN} in data" if shown > MOST_SHOWN else ""
    left_out = f"; {unusable} malformed, left out" if unusable else ""
    one = (total if of else shown) == 1 and noun.endswith("s")
    return f"{shown}{of} {noun[:-1] if one else noun}{first}{left_out}"


def malformed(positions: Sequence[int], total: int) -> str:
    """Return a sentence with the number of malformed rows and their first twenty places in the API's answer."""
    more = ", ..." if len(positions) > MOST_NAMED else ""
    where = ", ".join(map(str, positions[:MOST_NAMED])) + more
    return f"{len(positions)} of {total} rows of the list are malformed and left out, counted from 1: {where}"
