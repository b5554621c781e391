"""What the blueprints that list something share: save all pages, show a table, conclude with counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from shared.errors import Unreachable
from shared.fivetran.api import Fivetran
from shared.fivetran.paging import Page, merged
from shared.kinds import TEXT
from shared.redaction import one_line
from shared.run import Outcome, Run
from shared.settings import Settings, Variable
from shared.table import malformed, table

MOST_SHOWN = 20
"""So many rows stand in the result line; all are in the response file."""
LONGEST = 200
"""Characters of a text in one of them."""
Row = Mapping[str, Any]


class GroupSettings(Settings):
    """Of which group."""

    group_id = Variable(
        "FIVETRAN_GROUP_ID", TEXT, "only this group: its id or its name; blank: the whole account", None
    )

    def group(self, api: Fivetran) -> str | None:
        """The id of the group that was asked for, None for the whole account."""
        return str(api.find_group(self.group_id)["id"]) if self.group_id else None


class FilterSettings(GroupSettings):
    """Of which connectors. The API knows only the group and an exact schema; patterns are matched here."""

    service = Variable("FIVETRAN_SERVICE", TEXT, "only connectors of this service, as in postgres or google_*", None)
    schema = Variable("FIVETRAN_SCHEMA", TEXT, "only connectors with this schema name, as in shop or sales_*", None)

    @property
    def exact_schema(self) -> str | None:
        """The schema where it is no pattern, so that the API can look for it."""
        return self.schema if self.schema and not is_pattern(self.schema) else None

    def keeps(self, row: Row) -> bool:
        return matches(self.service, row.get("service")) and matches(self.schema, row.get("schema"))


def is_pattern(text: str) -> bool:
    return any(character in text for character in "*?[")


def matches(pattern: str | None, text: Any) -> bool:
    """Whether ``text`` is what ``pattern`` says (``*``, ``?``, ``[...]``; the case counts). None admits everything."""
    return pattern is None or (isinstance(text, str) and (text == pattern or fnmatchcase(text, pattern)))


def report(
    run: Run[Any],
    noun: str,
    pages: Iterable[Page],
    columns: Mapping[str, Callable[[Row], Any]],
    keep: Callable[[Row], bool] = lambda row: True,
    order: Callable[[Row], Any] = lambda row: 0,
) -> Outcome:
    """The whole of a list blueprint's conclusion. ``columns`` is what a row is shown as, in order.

    The response file has every row of the API's answer, also those that ``keep`` leaves out. A malformed row is
    counted, said and otherwise left out; raises Unreachable where there is no other.
    """
    found = list(pages)
    run.save_response(merged([page.answer for page in found]))
    rows = [row for page in found for row in page.items]
    cells, unusable = _cells(rows, columns, keep, order)
    if unusable:
        run.say(f"Slipway: warning: {malformed(unusable, len(rows))}")
    if rows and len(unusable) == len(rows):
        raise Unreachable(f"Fivetran: no row of this list is one of {noun}; is FIVETRAN_API_URL right?")
    show_table(run, list(columns), cells)
    of = f" of {len(rows)}" if len(cells) < len(rows) else ""
    first = f", the first {MOST_SHOWN} in data" if len(cells) > MOST_SHOWN else ""
    left_out = f"; {len(unusable)} malformed, left out" if unusable else ""
    message = f"{len(cells)}{of} {noun.replace('_', ' ')}{first}{left_out}"
    counts = {"count": len(cells), "malformed": len(unusable)}
    return Outcome("listed", message, data={**counts, noun: small(list(columns), cells)})


def _cells(
    rows: Sequence[Row],
    columns: Mapping[str, Callable[[Row], Any]],
    keep: Callable[[Row], bool],
    order: Callable[[Row], Any],
) -> tuple[list[list[Any]], list[int]]:
    """What is shown of the rows that are kept, in order, and the positions, from 1, of those that are malformed."""
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
    """The first twenty rows for the result line, long texts cut."""
    cut = [
        [one_line(value, LONGEST) if isinstance(value, str) else value for value in row] for row in rows[:MOST_SHOWN]
    ]
    return [dict(zip(head, row, strict=True)) for row in cut]


def show_table(run: Run[Any], head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for line in table(head, rows):
        run.say(line)


def field(name: str) -> Callable[[Row], Any]:
    """A column that is a field of the row: one value. A list or an object there makes the row a malformed one."""

    def show(row: Row) -> Any:
        value = row.get(name)
        if isinstance(value, Mapping | list):
            raise Unreachable(f"{name} is no single value")
        return value

    return show
