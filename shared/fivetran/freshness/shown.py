"""What the freshness page shows of a connector. Pure functions."""

from shared.fivetran.batch.row import Row
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import details
from shared.freshness.judgement import Freshness
from shared.freshness.shown import FRESH, STALE, UNJUDGED, Shown, Words

WORDS = Words(
    "Fivetran",
    "connector",
    "service",
    "group",
    "A connector's limit is FIVETRAN_MAX_AGE or, without it, 1.25 times its sync frequency, at least 15 minutes.",
)


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
