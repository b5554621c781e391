"""Decide whether a connector's data is fresh, and explain why not. Pure functions of the answer and its ``Date``."""

from shared.fivetran.connector import Connector
from shared.fivetran.health import condition, findings, schedule
from shared.freshness.judgement import MINUTE, Freshness, judged, limit_of

MOST_REASONS = 6
NO_LIMIT = "its sync frequency is not known; set FIVETRAN_MAX_AGE to the age that is too old"


def freshness(connector: Connector, max_age: float | None) -> Freshness:
    """Judge a connector. ``max_age`` is in seconds; None means the connector's sync frequency plus a buffer."""
    limit = max_age if max_age is not None else own_limit(connector)
    why = "; ".join(reasons(connector))
    return judged(connector.succeeded_at, connector.read_at, limit, condition(connector), why, NO_LIMIT)


def own_limit(connector: Connector) -> float | None:
    """Return 1.25 times the connector's sync frequency, but at least 15 minutes more than it, in seconds."""
    return None if connector.frequency is None else limit_of(connector.frequency * MINUTE)


def reasons(connector: Connector) -> list[str]:
    """Return the reasons why there is no newer data, worst first; [] if the API reports none."""
    found = [*(one.fact for one in findings(connector)), *connector.tasks, *connector.warnings]
    return found[:MOST_REASONS] or ([schedule(connector)] if connector.manual else [])


def details(connector: Connector) -> list[str]:
    """Return the text beside a condition: Fivetran's own words first, without duplicates."""
    found = [*connector.tasks, *(one.detail for one in findings(connector)), *connector.warnings]
    said = list(dict.fromkeys(filter(None, found)))[:MOST_REASONS]
    return said or ([schedule(connector)] if connector.manual else [])
