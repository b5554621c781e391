"""Guess what was meant by an id that names nothing, from one list that is read after the 404."""

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

from shared.errors import SlipwayError
from shared.fivetran.answers import data
from shared.fivetran.paging import LARGEST_PAGE, row_of
from shared.http.client import Client
from shared.http.deadline import Deadline
from shared.redaction import one_line

LONGEST = 10.0
"""Seconds that the list may take: that there is no such id is known already."""
MOST = 3
"""How many guesses are shown."""

_LOCK = Lock()
Row = Mapping[str, Any]


def first_page(client: Client, where: str, pages: dict[str, list[Row]]) -> list[Row]:
    """The first rows of the list at ``where``, [] where it cannot be read: the 404 must not become another error.

    ``pages`` keeps what was read: a run reads each list once, also where a batch gets several answers of 404.
    """
    with _LOCK:
        if where not in pages:
            view = client.until(Deadline(LONGEST))
            view.retry_timeout = 0.0
            try:
                items = data(view.get(where, {"limit": LARGEST_PAGE})).get("items")
            except SlipwayError:
                items = None
            pages[where] = [row_of(item) for item in items] if isinstance(items, list) else []
        return pages[where]


def guess(wanted: str, read: Callable[[], Iterable[Row]]) -> str:
    """What may be meant by ``wanted``, as the end of a sentence; empty where nothing is near."""
    from difflib import get_close_matches

    from shared.settings.leftovers import is_placeholder

    if is_placeholder(wanted):
        return "is it still the placeholder?"
    rows = list(read())
    ids = _values(rows, "id")
    if wanted.casefold() in {one.casefold() for one in _values(rows, "group_id")}:
        return "that is a group: FIVETRAN_GROUP_ID is for groups"
    same = [one for one in ids if one.casefold() == wanted.casefold()]
    if near := same or get_close_matches(wanted.casefold(), ids, MOST, 0.8):
        return f"did you mean {one_line(' or '.join(near), 300)}?"
    for field in ("schema", "service"):
        found = [str(row["id"]) for row in rows if row.get(field) == wanted and row.get("id")]
        if found:
            more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
            return f"that is the {field} of {one_line(', '.join(found[:MOST]), 300)}{more}"
    return ""


def _values(rows: Iterable[Row], field: str) -> list[str]:
    return list(dict.fromkeys(value for row in rows if isinstance(value := row.get(field), str)))
