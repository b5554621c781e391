"""Is a connector's data fresh? A pure function of the server's answer and clock."""

from datetime import datetime
from typing import NamedTuple

from shared.exit_codes import ExitCode
from shared.fivetran.connector import Connector
from shared.fivetran.health import condition, findings, schedule
from shared.status import Status
from shared.timestamps import span

MINUTE = 60.0
LEAST_BUFFER = 15 * MINUTE
SHARE_OF_FREQUENCY = 0.25
"""Share of the sync frequency that is allowed for the sync itself; at least ``LEAST_BUFFER`` seconds."""
MOST_REASONS = 6


class Freshness(NamedTuple):
    """``age`` and ``limit`` are in seconds. ``age`` is None without any success, ``limit`` if no limit is known."""

    code: ExitCode
    status: Status
    age: float | None
    limit: float | None
    state: str
    why: str

    @property
    def late(self) -> float:
        """Seconds past the limit: 0 if fresh, infinite if stale without an age."""
        if self.age is None:
            return 0.0 if self.code == ExitCode.DONE else float("inf")
        return max(self.age - (self.limit or 0.0), 0.0) if self.limit is not None else 0.0

    @property
    def share(self) -> float | None:
        """The age divided by the limit, None if one of them is not known."""
        return None if self.age is None or not self.limit else self.age / self.limit


def freshness(connector: Connector, max_age: float | None) -> Freshness:
    """Judge a connector. ``max_age`` is in seconds; None means the connector's sync frequency plus a buffer."""
    limit = max_age if max_age is not None else own_limit(connector)
    state, why = condition(connector), "; ".join(reasons(connector))
    if connector.read_at is None:
        said = "the server's answer has no usable Date, and no other clock can tell an age"
        return Freshness(ExitCode.UNREACHABLE, Status.UNKNOWN, None, limit, state, said)
    if limit is None:
        said = "its sync frequency is not known; say with FIVETRAN_MAX_AGE how old is too old"
        return Freshness(ExitCode.STATE_UNKNOWN, Status.UNKNOWN, _age(connector, connector.read_at), None, state, said)
    age = _age(connector, connector.read_at)
    if age is None:
        return Freshness(ExitCode.STALE, Status.STALE, None, limit, state, why or "it has never succeeded")
    if age <= limit:
        return Freshness(ExitCode.DONE, Status.FRESH, age, limit, state, why if state not in ("ok", "syncing") else "")
    return Freshness(ExitCode.STALE, Status.STALE, age, limit, state, why or "the API reports no problem")


def _age(connector: Connector, now: datetime) -> float | None:
    """Return the seconds since the last success; 0 if the timestamp is later than the server's ``Date``."""
    if connector.succeeded_at is None:
        return None
    return max((now - connector.succeeded_at).total_seconds(), 0.0)


def own_limit(connector: Connector) -> float | None:
    """Return 1.25 times the connector's sync frequency, but at least 15 minutes more than it, in seconds."""
    if connector.frequency is None:
        return None
    return connector.frequency * MINUTE + max(LEAST_BUFFER, SHARE_OF_FREQUENCY * connector.frequency * MINUTE)


def reasons(connector: Connector) -> list[str]:
    """Return the reasons why there is no newer data, the gravest first; [] if the API reports none."""
    found = [*(one.fact for one in findings(connector)), *connector.tasks, *connector.warnings]
    return found[:MOST_REASONS] or ([schedule(connector)] if connector.manual else [])


def details(connector: Connector) -> list[str]:
    """Return the text beside a condition: Fivetran's own words first, without duplicates."""
    found = [*connector.tasks, *(one.detail for one in findings(connector)), *connector.warnings]
    said = list(dict.fromkeys(filter(None, found)))[:MOST_REASONS]
    return said or ([schedule(connector)] if connector.manual else [])


def sentence(found: Freshness) -> str:
    """Return the row's reason: how old, how late, why."""
    why = f": {found.why}" if found.why else ""
    if found.age is None or found.limit is None:
        return f"{found.status}{why}"
    measured = f"{span(found.age)} old, {span(found.limit)} allowed"
    return f"{measured}, {span(found.late)} late{why}" if found.late else f"{measured}{why}"
