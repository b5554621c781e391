"""The bar that shows a connector's age and limit, as SVG, since the page's policy forbids inline styles."""

from collections.abc import Iterator
from html import escape
from math import log2

from shared.freshness.shown import STALE, Shown
from shared.timestamps import span

LIMIT_AT = 40.0
DOUBLING = 12.0
"""Per cent of the bar's width: the place of the limit, and the step for each doubling of it, up to 32 limits."""
TICKS = ((1, "limit"), (2, "x2"), (8, "x8"))


def width(share: float) -> float:
    """Return the per cent of the bar for an age of ``share`` limits: linear up to the limit, then logarithmic."""
    return LIMIT_AT * share if share <= 1 else LIMIT_AT + DOUBLING * min(log2(share), 5.0)


def axis() -> str:
    """Return the ticks' labels, as wide as the bars below them."""
    names = "".join(f'<text x="{width(share):g}%" y="1em">{name}</text>' for share, name in TICKS)
    return f'<div class="axis" aria-hidden="true"><svg>{names}</svg></div>'


def ticks() -> Iterator[str]:
    """Yield the marks of every bar. The limit's mark is higher than the bar."""
    for share, name in TICKS:
        top, height = (-3, "1.25rem") if name == "limit" else (0, "100%")
        at = f'x="{width(share):g}%" y="{top}" height="{height}"'
        yield f'<rect class="halo" {at} width="4" transform="translate(-2)"/>'
        yield f'<rect class="tick" {at} width="2" transform="translate(-1)"/>'


def bar(row: Shown) -> str:
    """Return the bar and the text below it; empty if no limit is known."""
    if row.limit is None:
        return ""
    limit = f"limit {span(row.limit)}"
    if row.age is None:
        said, filled, kind = ("never succeeded" if row.status == STALE else "age not known"), "", " no-age"
    else:
        said, kind = f"{span(row.age)} old", ""
        filled = (
            f'<rect class="fill" width="{width(row.age / row.limit):.1f}%" height="100%" rx="3"/><use href="#ticks"/>'
        )
    overdue = f'<span class="overdue">{escape(span(row.overdue))} late</span>' if row.overdue else ""
    return (
        f'<svg class="bar{kind}" role="img" aria-label="{escape(f"{said}, {limit}")}">'
        f'<rect class="track" width="100%" height="100%" rx="3"/>{filled}</svg>'
        f'<div class="age"><span>{said} <i>{limit}</i></span>{overdue}</div>'
    )
