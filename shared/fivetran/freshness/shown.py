"""The content of the freshness page and table, without its form. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shared.fivetran.batch.report import Row
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import Freshness, details

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
}
"""The look (colour and icon) of each condition. All others look unknown."""


class Shown(NamedTuple):
    """One connector on the page. ``age`` and ``limit`` are in seconds, None if not known."""

    connector_id: str
    name: str
    service: str
    group: str
    status: str
    """STALE, FRESH or UNJUDGED."""
    state: str
    """The condition in one or two words, as on the tag."""
    age: float | None
    limit: float | None
    why: Sequence[str]
    """Sentences that do not repeat the tag, the most important first."""
    link: str

    @property
    def look(self) -> str:
        return LOOKS.get(self.state, "unknown")

    @property
    def overdue(self) -> float:
        """Seconds past the limit, 0 if it is fresh or has no age."""
        return max(self.age - self.limit, 0.0) if self.age is not None and self.limit is not None else 0.0


def judged(connector: Connector, found: Freshness) -> Shown:
    """Return a connector that was judged, or could not be judged for the reason in ``found``."""
    status = found.status if found.status in (STALE, FRESH) else UNJUDGED
    state = found.state if found.state != "ok" else {STALE: "late", FRESH: "fresh"}.get(status, "unknown")
    why = [found.why] if status == UNJUDGED else details(connector)
    if state == "late" and not why:
        why = [found.why]
    if state == "fresh":
        why = connector.warnings  # a fresh one needs no explanation of its schedule
    name = connector.schema or connector.id
    return Shown(
        *(connector.id, name, connector.service, connector.group_id, status, state),
        *(found.age, found.limit, why, connector.dashboard),
    )


def unread(row: Row) -> Shown:
    """Return a connector that could not be read. Its row has the error."""
    state = row.status.replace("_", " ")
    name = row.schema or row.connector_id
    return Shown(row.connector_id, name, row.service, "", UNJUDGED, state, None, None, [row.reason], "")


def headline(rows: Sequence[Shown]) -> str:
    """Return the result for all connectors in one sentence."""
    if not rows:
        return "No connectors were checked"
    stale = sum(row.status == STALE for row in rows)
    unjudged = sum(row.status == UNJUDGED for row in rows)
    if len(rows) == 1:
        row = rows[0]
        return f"{row.name} is {row.status}" if not unjudged else f"{row.name} could not be judged"
    lost = f"{unjudged} could not be judged"
    if stale == len(rows):
        return f"All {stale} connectors are stale"
    if stale:
        said = f"{stale} of {len(rows)} connectors {'is' if stale == 1 else 'are'} stale"
        return f"{said}, {lost}" if unjudged else said
    if not unjudged:
        return f"All {len(rows)} connectors are fresh"
    if unjudged == len(rows):
        return f"None of {unjudged} connectors could be judged"
    others = "the other is" if len(rows) - unjudged == 1 else "the others are"
    return f"{unjudged} of {len(rows)} connectors could not be judged, {others} fresh"
