"""Read Fivetran's lists page by page: https://fivetran.com/docs/rest-api/pagination

A page's ``data`` is ``{"items": [...], "next_cursor": "..."}``. On the last page the cursor is absent, null or empty.
A page has 100 rows by default, and at most 1000.
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
MOST_BYTES = 1024 * 1024 * 1024
"""Of all pages together. A list with more pages or bytes is refused: its cursors never end."""
MOST_REPEATED = 100
"""Pages that may have the same content as an earlier one, as empty ones do."""


class Page(NamedTuple):
    """One page: its rows, and the answer that they came in, which has the server's time."""

    items: Iterable[Mapping[str, Any]]
    answer: Answer


Read = Callable[[Answer, str], tuple[Page, Callable[[], Any]]]
"""Turns an answer into a page and a function that returns the cursor after the page was used."""


def whole(answer: Answer, unknown: str = "") -> tuple[Page, Callable[[], Any]]:
    """Return a page whose rows are all parsed."""
    found = data(answer, unknown)
    return Page(_items(found, answer), answer), lambda: found.get("next_cursor")


def pages(
    get: Callable[[dict[str, Any]], Answer], unknown: str = "", limit: int = LARGEST_PAGE, read: Read = whole
) -> Iterator[Page]:
    """Yield every page. A page is requested only after the one before was used. ``get`` takes the query.

    ``unknown`` is the message of a 404. Raise Unreachable if a cursor is repeated, if page after page repeats an
    earlier one under a new cursor, or if there are too many of them: such a list has no end.
    """
    cursor: str | None = None
    used: set[str] = set()
    seen: set[int] = set()
    size = 0
    while True:
        answer = get({"limit": limit, "cursor": cursor})
        size += len(answer.body)
        if used:
            seen.add(hash(_without_cursor(answer.body)))
        page, next_cursor = read(answer, unknown)
        del answer
        yield page
        cursor = _cursor(next_cursor(), page.answer)
        if not cursor:
            return
        count, repeated = len(used) + 1, len(used) - len(seen)
        why = f"page {count} points to one that was read before" if cursor in used else ""
        if repeated > MOST_REPEATED:
            why = f"{repeated} of {count} pages repeat an earlier one"
        if len(used) == MOST_PAGES or size > MOST_BYTES:
            why = f"more follow after {count} pages with {size} bytes"
        if why:
            raise Unreachable(
                f"the list does not end: {why}; the list was not used, try again later", page.answer, vendor="Fivetran"
            )
        used.add(cursor)
        del page, next_cursor  # free this page before the next one arrives


_CURSOR = re.compile(rb'"next_cursor"\s*:\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"|[^",}]*)', re.DOTALL)


def _without_cursor(body: bytes) -> bytes:
    """Return a page's body without its cursor, for comparing pages. To search from its end is faster."""
    found = _CURSOR.match(body, max(body.rfind(b'"next_cursor"'), 0))
    return body[: found.start()] + body[found.end() :] if found else body


def _cursor(found: Any, answer: Answer) -> str:
    """Return the next page's cursor, empty after the last page. Raise Unreachable if it cannot be sent."""
    cursor = str(found or "")
    try:
        cursor.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise Unreachable("a page of a list has a cursor that is not valid text", answer, vendor="Fivetran") from None
    return cursor


def _items(found: Mapping[str, Any], answer: Answer) -> list[Mapping[str, Any]]:
    items = found.get("items")
    if not isinstance(items, list):
        raise Unreachable("a page of a list without items; is FIVETRAN_API_URL right?", answer, vendor="Fivetran")
    return [row_of(item) for item in items]


def row_of(item: Any) -> Mapping[str, Any]:
    """Return a row. Anything but an object becomes an empty row, so that it does not invalidate the others."""
    return item if isinstance(item, Mapping) else {}


def merged(answers: Iterable[Answer]) -> Answer:
    """Return one answer with the items of all pages, for saving: one page unchanged, several as one list.

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
    """Return a number as a text that ``KEPT`` finds again, because a float may be written differently."""
    return f"\0number {number}"
