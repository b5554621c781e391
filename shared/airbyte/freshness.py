"""Decide whether a connection's data is fresh, and explain why not. Pure functions of the answers."""

from shared.airbyte.health import findings, state
from shared.airbyte.job import EMPTYING, Connection, Job
from shared.airbyte.schedule import schedule
from shared.freshness import shown
from shared.freshness.judgement import Freshness, judged, limit_of
from shared.freshness.shown import Shown, Words

WORDS = Words(
    "Airbyte",
    "connection",
    "tags",
    "workspace",
    "A connection's limit is AIRBYTE_MAX_AGE or else the time between two syncs of a basic schedule plus a quarter of "
    "it (at least 15 minutes).",
)


class Jobs:
    """A connection's jobs that its freshness depends on: the newest, and the newest that succeeded."""

    __slots__ = ("newest", "succeeded")

    def __init__(self, newest: Job | None, succeeded: Job | None) -> None:
        self.newest = newest
        self.succeeded = succeeded

    @property
    def synced(self) -> Job | None:
        """The job that the data is from: None if there is none, or if a reset has removed the data since."""
        return None if self.succeeded is None or self.succeeded.kind in EMPTYING else self.succeeded


def freshness(connection: Connection, jobs: Jobs, max_age: float | None) -> Freshness:
    """Judge a connection. ``max_age`` is in seconds; None means the time between two syncs plus a buffer."""
    limit = max_age if max_age is not None else own_limit(connection)
    synced = jobs.synced
    why, found = "; ".join(reasons(connection, jobs)), state(connection, jobs.newest)
    no_limit = "; ".join(filter(None, [why if found not in ("ok", "syncing") else "", _no_limit(connection)]))
    return judged(synced.updated_at if synced else None, connection.answer.date, limit, found, why, no_limit)


def own_limit(connection: Connection) -> float | None:
    """Return the limit of a basic schedule in seconds, None for other schedules, whose frequency is not known."""
    seconds = schedule(connection.data).seconds
    return None if seconds is None else limit_of(seconds)


def reasons(connection: Connection, jobs: Jobs) -> list[str]:
    """Return the reasons why there is no newer data, worst first; [] if the API reports none."""
    found = [one.fact for one in findings(connection, jobs.newest)]
    if not found and jobs.succeeded and not jobs.synced:
        found = [f"a {jobs.succeeded.kind} has removed its data, and no sync has succeeded since"]
    return found or [one for one in [schedule(connection.data).sentence] if one]


def judged_as(connection: Connection, jobs: Jobs, found: Freshness, link: str) -> Shown:
    """Return the page's entry of a connection that was judged."""
    name, tags = connection.name or connection.id, ", ".join(connection.tags)
    one = Shown(connection.id, name, tags, connection.workspace_id, link)
    details = [finding.detail for finding in findings(connection, jobs.newest) if finding.detail]
    return shown.shown(one, found, details or [one for one in [schedule(connection.data).sentence] if one])


def _no_limit(connection: Connection) -> str:
    kind = schedule(connection.data).kind
    what = f"its schedule is {kind}" if kind in ("manual", "cron") else "its schedule is not known"
    return f"{what}, which does not say how often it syncs; set AIRBYTE_MAX_AGE to the age that is too old"
