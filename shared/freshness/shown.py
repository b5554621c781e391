"""The content of the freshness page and table, without its form. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shared.batch.report import Row
from shared.freshness.judgement import Freshness

STALE, UNJUDGED, FRESH = "stale", "unknown", "fresh"
LOOKS: Mapping[str, str] = {
    "failing": "failing",
    "setup broken": "broken",
    "setup incomplete": "broken",
    "destination broken": "broken",
    "destination incomplete": "broken",
    "schema blocked": "broken",
    "paused": "paused",
    "never synced": "never",
    "rescheduled": "waiting",
    "reading schema": "waiting",
    "delayed": "waiting",
    "syncing": "syncing",
    "late": "late",
    "fresh": "fresh",
    "cancelled": "failing",
    "deleted": "broken",
    "locked": "broken",
    "disabled": "paused",
    "cleared": "never",
    "clearing": "waiting",
}
"""The look (colour and icon) of each state. All others look unknown."""


class Words(NamedTuple):
    """The vendor's words on the page. ``kind`` and ``group`` are the headings of two columns.

    ``limit`` is the footer's sentence about where the limits come from.
    """

    vendor: str
    noun: str
    kind: str
    group: str
    limit: str


class Shown(NamedTuple):
    """One connector or connection on the page. ``age`` and ``limit`` are in seconds, None if not known."""

    subject: str
    """Its id."""
    name: str
    kind: str
    group: str
    link: str
    status: str = UNJUDGED
    """STALE, FRESH or UNJUDGED."""
    state: str = "unknown"
    """The health in one or two words, as on the tag."""
    age: float | None = None
    limit: float | None = None
    why: Sequence[str] = ()
    """Sentences that do not repeat the tag, the most important first."""

    @property
    def look(self) -> str:
        return LOOKS.get(self.state, "unknown")

    @property
    def overdue(self) -> float:
        """Seconds past the limit, 0 if it is fresh or has no age."""
        return max(self.age - self.limit, 0.0) if self.age is not None and self.limit is not None else 0.0


def shown(one: Shown, found: Freshness, details: Sequence[str], notes: Sequence[str] = ()) -> Shown:
    """Return ``one`` with its judgement, or with the reason in ``found`` why it could not be judged.

    ``details`` are the reasons why there is no newer data, ``notes`` are remarks for fresh data.
    """
    status = found.status if found.status in (STALE, FRESH) else UNJUDGED
    state = found.state if found.state != "ok" else {STALE: "late", FRESH: "fresh"}.get(status, "unknown")
    why = [found.why] if status == UNJUDGED else details
    if state == "late" and not why:
        why = [found.why]
    if state == "fresh":
        why = notes
    return one._replace(status=status, state=state, age=found.age, limit=found.limit, why=why)


def unread(row: Row, name: str = "", kind: str = "") -> Shown:
    """Return the entry of a connector or connection that could not be read. ``row`` has the error."""
    state = row.status.replace("_", " ")
    return Shown(row.subject, name or row.subject, kind, "", "", UNJUDGED, state, why=[row.reason])


def headline(rows: Sequence[Shown], noun: str) -> str:
    """Return the result for all rows in one sentence. ``noun`` is ``connector`` or ``connection``."""
    if not rows:
        return f"No {noun}s were checked"
    stale = sum(row.status == STALE for row in rows)
    unjudged = sum(row.status == UNJUDGED for row in rows)
    if len(rows) == 1:
        row = rows[0]
        return f"{row.name} is {row.status}" if not unjudged else f"{row.name} could not be judged"
    lost = f"{unjudged} could not be judged"
    if stale == len(rows):
        return f"All {stale} {noun}s are stale"
    if stale:
        said = f"{stale} of {len(rows)} {noun}s {'is' if stale == 1 else 'are'} stale"
        return f"{said}, {lost}" if unjudged else said
    if not unjudged:
        return f"All {len(rows)} {noun}s are fresh"
    if unjudged == len(rows):
        return f"None of {unjudged} {noun}s could be judged"
    others = "the other is" if len(rows) - unjudged == 1 else "the others are"
    return f"{unjudged} of {len(rows)} {noun}s could not be judged, {others} fresh"
