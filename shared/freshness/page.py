"""The freshness page: one HTML file that loads nothing else. Pure functions.

All text of the API is escaped. In addition the content security policy allows only the page's own style and script,
by their hashes, so that nothing else would run.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from pathlib import Path

from shared import timestamps
from shared.freshness.bar import axis, bar, ticks
from shared.freshness.icons import icon, symbols
from shared.freshness.shown import FRESH, STALE, UNJUDGED, Shown, Words, headline
from shared.redaction import one_line

HERE = Path(__file__).parent
HOUR, DAY = 3600.0, 86400.0
MOST_OPEN = 50
"""Rows that are shown below a heading; the others are collapsed."""
SECTIONS = {STALE: "Stale", UNJUDGED: "Could not be judged", FRESH: "Fresh"}
_SLOT = re.compile(r"\{\{(\w+)\}\}")
Redact = Callable[[str], str]


def page(rows: Sequence[Shown], now: datetime | None, words: Words, redact: Redact = str) -> Iterator[bytes]:
    """Yield the page in pieces, so that thousands of rows are not in memory twice. ``rows`` are sorted worst first."""
    css, js = _read("page.css"), _read("page.js")
    clean = _cleaner(redact)
    answer = clean(headline(rows, words.noun))
    slots: Mapping[str, Callable[[], Iterator[str]]] = {
        "policy": lambda: iter([escape(policy(css, js))]),
        "css": lambda: iter([css]),
        "js": lambda: iter([js]),
        "vendor": lambda: iter([words.vendor]),
        "kind": lambda: iter([words.kind]),
        "group": lambda: iter([words.group]),
        "noun": lambda: iter([words.noun]),
        "limit": lambda: iter([words.limit]),
        "headline": lambda: iter([answer]),
        "verdict": lambda: iter([_verdict(rows)]),
        "symbols": lambda: symbols(ticks()),
        "old_after": lambda: iter([f"{shelf_life(rows):.0f}"]),
        "about": lambda: iter([_about(rows, now, words, clean)]),
        "tiles": lambda: _tiles(rows),
        "states": lambda: _states(rows, clean),
        "groups": lambda: iter([_groups(rows, words, clean)]),
        "sections": lambda: _sections(rows, clean),
        "none": lambda: iter(["" if not rows else " hidden"]),
    }
    for number, part in enumerate(_SLOT.split(_read("page.html"))):  # text, slot, text, slot, ...
        pieces = slots[part]() if number % 2 else iter([part])
        yield from (piece.encode() for piece in pieces)


def policy(css: str, js: str) -> str:
    """Return a content security policy that allows this style and this script only."""
    hashes = {"style": css, "script": js}
    allowed = "; ".join(
        f"{kind}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for kind, text in hashes.items()
    )
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def shelf_life(rows: Sequence[Shown]) -> float:
    """Return the seconds after which the page is old: the median limit of its rows, at least an hour, at most
    a day.
    """
    limits = sorted(row.limit for row in rows if row.limit is not None)
    return min(max(limits[len(limits) // 2], HOUR), DAY) if limits else DAY


def _read(name: str) -> str:
    return (HERE / name).read_text("utf-8").strip()


def _cleaner(redact: Redact) -> Redact:
    return lambda text: escape(one_line(redact(text)))


def _verdict(rows: Sequence[Shown]) -> str:
    found = {row.status for row in rows}
    return "late" if STALE in found else "unknown" if UNJUDGED in found or not rows else "fresh"


def _about(rows: Sequence[Shown], now: datetime | None, words: Words, clean: Redact) -> str:
    groups = {row.group for row in rows if row.group}
    where = f" in {clean(groups.pop())}" if len(groups) == 1 else f" in {len(groups)} {words.group}s" if groups else ""
    count = f"{len(rows)} {words.vendor} {words.noun}{'' if len(rows) == 1 else 's'}{where} · made "
    if now is None:
        return f"{count}at a time that the server did not say"
    moment, minute = timestamps.write(now), timestamps.to_the_minute(now)
    return f'{count}<b id="ago" hidden></b> <time id="made" datetime="{moment}">{minute}</time>'


def _tiles(rows: Sequence[Shown]) -> Iterator[str]:
    counts = Counter(row.status for row in rows)
    yield _tile("", "all", "all", len(rows))
    for status, look in ((STALE, "late"), (UNJUDGED, "unknown"), (FRESH, "fresh")):
        if counts[status] or status != UNJUDGED:
            yield _tile(status, look, "not judged" if status == UNJUDGED else status, counts[status])


def _tile(status: str, look: str, label: str, count: int) -> str:
    pressed = "false" if status else "true"
    return (
        f'<button type="button" class="{look}" data-facet="status" data-value="{status}" aria-pressed="{pressed}">'
        f"<b>{count}</b> {label}</button>"
    )


def _states(rows: Sequence[Shown], clean: Redact) -> Iterator[str]:
    """Yield a button for each state but fresh, in the order of the rows: a legend of the icons, and a filter."""
    counts = Counter((row.state, row.look) for row in rows if row.state != FRESH)
    for (state, look), count in counts.items():
        text = clean(state)
        yield (
            f'<button type="button" class="{look}" data-facet="state" data-value="{text}" aria-pressed="false">'
            f"{icon(look)}{text} <b>{count}</b></button>"
        )


def _groups(rows: Sequence[Shown], words: Words, clean: Redact) -> str:
    counts = Counter(row.group for row in rows if row.group)
    if len(counts) < 2:
        return ""
    options = "".join(
        f'<option value="{clean(group)}" data-label="{clean(group)}">{clean(group)} ({count})</option>'
        for group, count in counts.most_common()
    )
    every = f'<option value="">all {words.group}s</option>'
    return f'<select id="group" aria-label="Filter by {words.group}">{every}{options}</select>'


def _sections(rows: Sequence[Shown], clean: Redact) -> Iterator[str]:
    """Yield a section for each status, the worst first. Fresh ones are collapsed."""
    for status, title in SECTIONS.items():
        found = [row for row in rows if row.status == status]
        if found:
            yield from (_folded if status == FRESH else _open)(title, found, len(rows), clean)


def _open(title: str, rows: Sequence[Shown], _total: int, clean: Redact) -> Iterator[str]:
    yield f'<section><h2>{title} <span class="count">{len(rows)}</span></h2>{_axis(rows)}<ol>'
    yield from (_item(row, clean) for row in rows[:MOST_OPEN])
    yield "</ol>"
    if len(rows) > MOST_OPEN:
        yield f'<details class="more"><summary><span class="count">{len(rows) - MOST_OPEN}</span> more</summary><ol>'
        yield from (_item(row, clean) for row in rows[MOST_OPEN:])
        yield "</ol></details>"
    yield "</section>"


def _folded(title: str, rows: Sequence[Shown], total: int, clean: Redact) -> Iterator[str]:
    """Yield a collapsed section. It is open if it is the only one and short."""
    troubled = Counter(row.state for row in rows if row.state not in (FRESH, "syncing"))
    note = ", ".join(f"{count} {clean(state)}" for state, count in troubled.items())
    note = f'<span class="note">of these {note}</span>' if note else ""
    is_open = " open" if len(rows) == total <= MOST_OPEN else ""
    yield f'<section class="calm"><details{is_open}><summary class="fresh">{icon("fresh")}{title} '
    yield f'<span class="count">{len(rows)}</span>{note}</summary>{_axis(rows)}<ol>'
    yield from (_item(row, clean) for row in rows)
    yield "</ol></details></section>"


def _axis(rows: Sequence[Shown]) -> str:
    return axis() if any(row.age is not None and row.limit is not None for row in rows) else ""


def _item(row: Shown, clean: Redact) -> str:
    name, what = clean(row.name), [row.kind, row.group, row.subject if row.name != row.subject else ""]
    if row.link:
        name = f'<a href="{clean(row.link)}" target="_blank" rel="noopener noreferrer">{name}</a>'
    below = " · ".join(clean(text) for text in what if text)
    why = "".join(f'<p class="why">{clean(text)}</p>' for text in row.why)
    return (
        f'<li class="{row.look}" data-status="{row.status}" data-state="{clean(row.state)}" '
        f'data-group="{clean(row.group)}"><div class="who"><div class="name">{name}</div>'
        f'<div class="what">{below}</div></div><div class="measure">{bar(row)}</div>'
        f'<div class="verdict"><div class="tag">{icon(row.look)}{clean(row.state)}</div>{why}</div></li>\n'
    )
