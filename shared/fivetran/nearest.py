"""Suggest a similar id after a 404, from the first page of the list of ids."""

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
"""Seconds that reading the list may take. The main answer, that the id is unknown, is there already."""
MOST = 3
"""How many suggestions are shown."""

_LOCK = Lock()
Row = Mapping[str, Any]


def first_page(client: Client, where: str, pages: dict[str, list[Row]]) -> list[Row]:
    """Return the first rows of the list at ``where``, [] if it cannot be read: the 404 must not become another error.

    ``pages`` keeps them, so that a batch with several 404s reads each list once.
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
    """Return what ``wanted`` may mean, as the end of a sentence; empty if nothing is similar."""
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
