"""Make a connector's entry on the freshness page. Pure functions."""

from shared.fivetran.batch.row import Row
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import details
from shared.freshness import shown
from shared.freshness.judgement import Freshness
from shared.freshness.shown import Shown, Words

WORDS = Words(
    "Fivetran",
    "connector",
    "service",
    "group",
    "A connector's limit is FIVETRAN_MAX_AGE or else its sync frequency plus a quarter of it (at least 15 minutes).",
)


def judged(connector: Connector, found: Freshness) -> Shown:
    """Return a connector that was judged. A fresh one needs no explanation of its schedule."""
    name = connector.schema or connector.id
    one = Shown(connector.id, name, connector.service, connector.group_id, connector.dashboard)
    return shown.shown(one, found, details(connector), connector.warnings)


def unread(row: Row) -> Shown:
    """Return a connector that could not be read. Its row has the error."""
    return shown.unread(row, row.schema, row.service)
