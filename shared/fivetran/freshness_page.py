"""Freshness to look at: one HTML file that needs nothing from anywhere, and a table in Markdown. Pure functions.

All text of the API is escaped, and the content security policy admits the page's own style and script by their
hashes and nothing else: whatever might slip through would not run.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from math import log2
from pathlib import Path
from typing import Any

from shared import timestamps
from shared.fivetran.batch.report import Row
from shared.program.outputs.github_summary import literal
from shared.redaction import one_line
from shared.timestamps import span

TEMPLATE = Path(__file__).with_name("freshness.html")
TITLE = "Is the data fresh?"
MOST_IN_MARKDOWN = 50
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)
_ORDER = ("stale", "fresh")


def page(rows: Sequence[Row], now: datetime | None, redact: Callable[[str], str] = str) -> Iterator[bytes]:
    """The page, in pieces: thousands of rows are not held twice. ``rows`` are the worst first."""
    template = TEMPLATE.read_text("utf-8")
    states = Counter(_fact(row, "state") or row.status for row in rows)
    slots: Mapping[str, Callable[[], Iterator[str]]] = {
        "policy": lambda: iter([escape(policy(template))]),
        "title": lambda: iter([TITLE]),
        "when": lambda: iter([escape(_when(now, len(rows)))]),
        "tiles": lambda: _tiles(rows),
        "states": lambda: (_option(state, count, redact) for state, count in states.most_common()),
        "rows": lambda: (_item(row, redact) for row in rows),
    }
    for number, part in enumerate(_SLOT.split(template)):  # text, name, text, name, ...
        pieces = slots[part]() if number % 2 else iter([part])
        yield from (piece.encode() for piece in pieces)


def policy(template: str) -> str:
    """Nothing from anywhere, and of what stands in the page the style and the script that it was written with."""
    hashes = {kind: b64encode(sha256(text.encode()).digest()).decode() for kind, text in _INLINE.findall(template)}
    allowed = "; ".join(f"{kind}-src 'sha256-{value}'" for kind, value in hashes.items())
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _when(now: datetime | None, count: int) -> str:
    at = timestamps.to_the_minute(now) if now else "a time that the server did not say"
    return f"{count} Fivetran connectors, as of {at}"


def _tiles(rows: Sequence[Row]) -> Iterator[str]:
    counts = Counter(row.status for row in rows)
    yield _tile("", "all", len(rows))
    for status in sorted(counts, key=lambda name: (_ORDER.index(name) if name in _ORDER else 1, name)):
        yield _tile(status, status.replace("_", " "), counts[status])


def _tile(status: str, label: str, count: int) -> str:
    return (
        f'<button type="button" class="{escape(status) or "all"}" data-status="{escape(status)}" '
        f'aria-pressed="{"false" if status else "true"}"><b>{count}</b> {escape(label)}</button>'
    )


def _option(state: str, count: int, redact: Callable[[str], str]) -> str:
    text = escape(one_line(redact(state)))
    return f'<option value="{text}">{text} ({count})</option>'


def _item(row: Row, redact: Callable[[str], str]) -> str:
    """One connector. A row that is an error has no ages: its reason says why."""

    def shown(text: Any) -> str:
        return escape(one_line(redact(str(text))))

    state = _fact(row, "state") or row.status
    name = shown(row.schema or row.connector_id)
    if link := _fact(row, "dashboard"):
        name = f'<a href="{shown(link)}" target="_blank" rel="noopener noreferrer">{name}</a>'
    what = " · ".join(filter(None, (shown(row.service), shown(row.connector_id) if row.schema else "")))
    tag = row.status.replace("_", " ") + (f" · {state}" if state not in ("ok", row.status) else "")
    why = _fact(row, "why") if row.more else row.reason
    return (
        f'<li class="{shown(row.status)}" data-status="{shown(row.status)}" data-state="{shown(state)}">'
        f'<div><div class="name">{name}</div><div class="what">{what}</div></div>'
        f"<div>{_bar(row)}</div>"
        f'<div><span class="tag">{shown(tag)}</span><div class="why">{shown(why or "")}</div></div></li>\n'
    )


def _bar(row: Row) -> str:
    """Age against limit; the limit stands in the middle, so that rows compare whatever their limits are."""
    age, limit = _fact(row, "age_seconds"), _fact(row, "limit_seconds")
    if limit is None:
        return ""
    if age is None:
        share, said, late = (100.0 if row.status == "stale" else 0.0), "never succeeded", ""
    else:
        share = width(age / limit)
        said = f"{span(age)} old"
        late = f'<span class="late">{span(age - limit)} late</span>' if age > limit else ""
    label = escape(f"{said}, limit {span(limit)}")
    return (
        f'<svg role="img" aria-label="{label}" preserveAspectRatio="none">'
        f'<rect class="track" width="100%" height="100%" rx="4"/>'
        f'<rect class="fill" width="{share:.1f}%" height="100%" rx="4"/>'
        f'<rect class="mark" x="50%" width="2" height="100%"/></svg>'
        f'<div class="age"><span>{said} <i>limit {span(limit)}</i></span>{late}</div>'
    )


def width(share: float) -> float:
    """Per cent of the bar for an age of ``share`` limits: straight to the middle, then a step a doubling."""
    return 50.0 * share if share <= 1 else 50.0 + 10.0 * min(log2(share), 5.0)


def _fact(row: Row, name: str) -> Any:
    return (row.more or {}).get(name)


def markdown(rows: Sequence[Row], redact: Callable[[str], str] = str) -> str:
    """A table for a page that shows Markdown: counts, then the worst fifty. Text is text, whatever it holds.

    Redacted before it is escaped: an escaped secret is not found any more.
    """
    statuses = Counter(row.status.replace("_", " ") for row in rows)
    counts = ", ".join(f"{count} {status}" for status, count in statuses.items())
    lines = [f"### {TITLE}", "", f"{len(rows)} connectors: {counts}", ""]
    lines += ["| connector | service | state | age | limit | why |", "|---|---|---|---|---|---|"]
    cells = ([literal(one_line(redact(cell), 300)) for cell in _cells(row)] for row in rows[:MOST_IN_MARKDOWN])
    lines += [f"| {' | '.join(found)} |" for found in cells]
    if len(rows) > MOST_IN_MARKDOWN:
        lines += ["", f"and {len(rows) - MOST_IN_MARKDOWN} more"]
    return "\n".join([*lines, "", ""])


def _cells(row: Row) -> list[str]:
    age, limit = _fact(row, "age_seconds"), _fact(row, "limit_seconds")
    state = _fact(row, "state")
    name = f"{row.schema} ({row.connector_id})" if row.schema else row.connector_id
    return [
        name,
        row.service,
        row.status.replace("_", " ") + (f", {state}" if state and state != "ok" else ""),
        "never" if age is None and limit is not None else span(age) if age is not None else "",
        span(limit) if limit is not None else "",
        str(_fact(row, "why") if row.more else row.reason),
    ]
