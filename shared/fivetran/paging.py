"""Lists of Fivetran's, followed to their last page.

A page's ``data`` is ``{"items": [...], "next_cursor": "..."}``; the cursor of the last page is absent, null or empty
(Fivetran REST API, "Pagination"). The API gives 100 a page unless asked for up to 1000.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.errors import Unreachable
from shared.fivetran.answers import data
from shared.http.response import Answer

LARGEST_PAGE = 1000
MOST_PAGES = 10_000
"""A list of ten million rows is none: the server makes up cursors."""


class Page(NamedTuple):
    """One page: its rows, and the answer that they came in (which has the server's clock)."""

    items: Iterable[Mapping[str, Any]]
    answer: Answer


Read = Callable[[Answer, str], tuple[Page, Callable[[], Any]]]
"""Makes a page of an answer, and what gives its cursor once the page has been used."""


def whole(answer: Answer, unknown: str = "") -> tuple[Page, Callable[[], Any]]:
    """A page with all its rows."""
    found = data(answer, unknown)
    return Page(_items(found, answer), answer), lambda: found.get("next_cursor")


def pages(
    get: Callable[[dict[str, Any]], Answer], unknown: str = "", limit: int = LARGEST_PAGE, read: Read = whole
) -> Iterator[Page]:
    """Every page, each asked for when the one before has been used. ``get`` takes the query.

    ``unknown`` is what a 404 means. Raises Unreachable where a cursor comes twice: that list has no end.
    """
    cursor: str | None = None
    seen: set[str] = set()
    while True:
        page, next_cursor = read(get({"limit": limit, "cursor": cursor}), unknown)
        yield page
        cursor = _cursor(next_cursor(), page.answer)
        if not cursor:
            return
        if cursor in seen or len(seen) == MOST_PAGES:
            raise Unreachable(
                f"Fivetran: the list does not end: page {len(seen) + 1} points to one that was read before; "
                "nothing was concluded from it, try again later",
                page.answer,
            )
        seen.add(cursor)
        del page, next_cursor  # or two pages would be held while the next one comes


def _cursor(found: Any, answer: Answer) -> str:
    """The next page's cursor, empty after the last page. Raises Unreachable where it is nothing that can be sent."""
    cursor = str(found or "")
    try:
        cursor.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        raise Unreachable("Fivetran: a page of a list points to the next one with what is no text", answer) from None
    return cursor


def _items(found: Mapping[str, Any], answer: Answer) -> list[Mapping[str, Any]]:
    items = found.get("items")
    if not isinstance(items, list):
        raise Unreachable("Fivetran: a page of a list without items; is FIVETRAN_API_URL right?", answer)
    return [row_of(item) for item in items]


def row_of(item: Any) -> Mapping[str, Any]:
    """A row as it came. What is no object is one with nothing in it: a row without an id, which costs no other row."""
    return item if isinstance(item, Mapping) else {}


def merged(answers: Iterable[Answer]) -> Answer:
    """One answer that holds the items of all pages, for saving: a single page as it came, several as one list.

    Numbers stay as they were written.
    """
    parts = list(answers)
    if len(parts) == 1:
        return parts[0]
    items = [
        item for part in parts for item in json.loads(part.body, parse_float=kept, parse_int=kept)["data"]["items"]
    ]
    text = json.dumps({"code": "Success", "data": {"items": items}})
    return Answer(parts[-1].status, parts[-1].headers, KEPT.sub(r"\1", text).encode())


KEPT = re.compile(r'"\\u0000number ([-+.0-9eE]+)"')


def kept(number: str) -> str:
    """A number as a text that ``KEPT`` finds again: floats would not all come out as they were written."""
    return f"\0number {number}"
