"""Report a list, for the list_... blueprints: save all pages, show a table, return counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shared.errors import Unreachable
from shared.fivetran.paging import Page, merged
from shared.listing import MOST_SHOWN, counted, malformed
from shared.program.run import Outcome, Run
from shared.redaction import one_line
from shared.status import Status
from shared.terminal.table import show_table

LONGEST = 200
"""Maximum characters of a text in a row of the result line."""
Row = Mapping[str, Any]


def report(
    run: Run,
    noun: str,
    read: Callable[[], Iterable[Page]],
    columns: Mapping[str, Callable[[Row], Any]],
    keep: Callable[[Row], bool] = lambda row: True,
    order: Callable[[Row], Any] = lambda row: 0,
) -> Outcome:
    """Read a list, save it as ``responses/{noun}_response.json``, show it as a table and return its counts.

    ``columns`` are the table's columns. The response file has every row of the API, including those not kept.
    Malformed rows are counted and reported, but not shown. Raise Unreachable if all rows are malformed.
    """
    with run.response_file(noun) as response:
        found = list(read())
        response.save(merged([page.answer for page in found]))
    rows = [row for page in found for row in page.items]
    cells, unusable = _cells(rows, columns, keep, order)
    if unusable:
        run.say(f"Slipway: warning: {malformed(unusable, len(rows))}")
    if rows and len(unusable) == len(rows):
        raise Unreachable(f"no row of this list is one of {noun}; is FIVETRAN_API_URL right?", vendor="Fivetran")
    show_table(run, list(columns), cells)
    message = counted(noun.replace("_", " "), len(cells), len(rows), len(unusable))
    counts = {"count": len(cells), "malformed": len(unusable)}
    return Outcome(Status.LISTED, message, data={**counts, noun: small(list(columns), cells)})


def _cells(
    rows: Sequence[Row],
    columns: Mapping[str, Callable[[Row], Any]],
    keep: Callable[[Row], bool],
    order: Callable[[Row], Any],
) -> tuple[list[list[Any]], list[int]]:
    """Return the cells of the kept rows, sorted, and the positions (from 1) of malformed rows."""
    kept: list[tuple[Any, list[Any]]] = []
    unusable: list[int] = []
    for position, row in enumerate(rows, 1):
        try:
            if not isinstance(row.get("id"), str) or not row["id"]:
                raise Unreachable("a row without an id")
            if keep(row):
                kept.append((order(row), [show(row) for show in columns.values()]))
        except Unreachable:
            unusable.append(position)
    kept.sort(key=lambda one: one[0])
    return [cells for _, cells in kept], unusable


def small(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return the first twenty rows for the result line, with long texts cut."""
    cut = [
        [one_line(value, LONGEST) if isinstance(value, str) else value for value in row] for row in rows[:MOST_SHOWN]
    ]
    return [dict(zip(head, row, strict=True)) for row in cut]


def field(name: str) -> Callable[[Row], Any]:
    """Return a column with a field of the row. A row with a list or object in that field is malformed."""

    def show(row: Row) -> Any:
        value = row.get(name)
        if isinstance(value, Mapping | list):
            raise Unreachable(f"{name} is no single value")
        return value

    return show
