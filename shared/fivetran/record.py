"""One connector's trigger, as it is remembered: what was read before it, how far it came, and what that means now."""

from datetime import datetime, timedelta
from typing import NamedTuple

from shared import timestamps
from shared.artifacts.record_store import ACCEPTED, SENDING, STARTED, UNKNOWN, YOUNG
from shared.fivetran.connector import Connector
from shared.fivetran.verdict import Baseline


class Trace(NamedTuple):
    """One connector's trigger. The two stamps are the baseline: as read before anything was sent."""

    connector_id: str
    execution_time: datetime
    state: str = ACCEPTED
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    running_before: bool = False
    forced: bool = False
    operation: str = "sync"  # what was asked for: a retry joins nothing else
    exact: bool = True  # False: known from a pickle or a variable, so only the execution time is there

    def baseline(self) -> Baseline:
        """A stamp is new if later than the one of its kind; without those, if later than the execution time."""
        if not self.exact:
            return Baseline(self.execution_time, self.execution_time)
        return Baseline(self.succeeded_at, self.failed_at, self.forced, self.started)

    @property
    def stopped_one(self) -> bool:
        """A sync was seen running and was stopped for this. ``forced`` alone may mean one that nobody saw."""
        return self.forced and self.running_before

    @property
    def started(self) -> bool:
        """True where the request was sent, or may have been."""
        return self.state in STARTED

    @property
    def arrived(self) -> bool:
        """True where the request arrived, or may have: then the pickle names the connector."""
        return self.state in (ACCEPTED, UNKNOWN)

    def answers_retry(self, now: Connector) -> bool:
        """True where a retry of the same run should join what this trace started instead of triggering again.

        Only where the sync runs or has succeeded since, and it is sure enough that it is ours. The age is told by
        the server's clock; where that is not to be had, only a running sync is joined.
        """
        ours = self.state == ACCEPTED or (self.state in (SENDING, UNKNOWN) and not self.running_before)
        if not ours or self.connector_id != now.id:
            return False
        if now.read_at is None:
            return now.syncing
        return now.read_at - self.execution_time < YOUNG and (now.syncing or self.succeeded_since(now))

    def succeeded_since(self, now: Connector) -> bool:
        """A new success that no newer failure has followed."""
        before = self.baseline()
        success = now.succeeded_at
        if success is None or (before.succeeded_at is not None and success <= before.succeeded_at):
            return False
        new_failure = now.failed_at is not None and (before.failed_at is None or now.failed_at > before.failed_at)
        return not new_failure or (now.failed_at is not None and success >= now.failed_at)


def execution_time(connector: Connector) -> datetime:
    """The moment before which nothing can be ours, by the server's clocks only.

    ``Date`` has whole seconds, and so may stamps: a microsecond less, a stamp of the same second counts as later.
    """
    clock = connector.read_at - timedelta(microseconds=1) if connector.read_at else None
    return timestamps.latest(clock, connector.succeeded_at, connector.failed_at) or timestamps.EPOCH
