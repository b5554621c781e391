"""One connector's trigger, as it is remembered: what was read before and after it, and how far it came."""

from datetime import datetime, timedelta
from typing import NamedTuple

from shared import timestamps
from shared.artifacts.record_store import ACCEPTED, SENDING, STARTED, UNKNOWN, YOUNG, young
from shared.fivetran.connector import Connector
from shared.fivetran.stamps import TOLERANCE, NewStamps, Reading, Shown, changed, ours


class Record(NamedTuple):
    """One connector's trigger.

    ``before`` was read before anything was sent; None where only the execution time is known, from a pickle or a
    variable. ``after`` was read right after the request; None where there was none, or it was not read. ``forced``: a
    sync that was running was stopped for this one, or may have been. ``operation`` is what was asked for: a retry
    joins nothing else. ``queued``: a historical sync that runs when the connector is resumed.
    """

    connector_id: str
    execution_time: datetime
    state: str = ACCEPTED
    before: Reading | None = None
    after: Reading | None = None
    forced: bool = False
    operation: str = "sync"
    queued: bool = False

    @property
    def subject(self) -> str:
        """What the record is about, as the record store calls it."""
        return self.connector_id

    def in_state(self, state: str) -> "Record":
        return self._replace(state=state)

    @property
    def running_before(self) -> bool:
        return self.before is not None and self.before.syncing

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

    @property
    def is_queued(self) -> bool:
        """True where the API took it, and it runs only once somebody resumes the connector."""
        return self.queued and self.state == ACCEPTED

    def new_stamps(self, now: Shown) -> NewStamps:
        """The stamps that are this sync's, or a later one's."""
        return ours(
            now,
            execution_time=self.execution_time,
            before=self.before,
            after=self.after,
            stopped_one=self.stopped_one,
        )

    def undecided(self, now: Shown) -> bool:
        """Whether a stamp has changed since before the trigger that is not counted as this sync's yet."""
        new = self.new_stamps(now)
        return changed(now, self.before or Reading(self.execution_time, self.execution_time)) != new

    def read_again(self, now: Shown) -> "Record":
        """This record with its second reading.

        Stamps that show while the sync runs are not its own, nor are those of a clock that is ahead of the server's
        ``Date``: the execution time moves past them, for those who know nothing but that. Where a sync was stopped
        for this one, what it left belongs to the time before.
        """
        after = Reading.of(now)
        ahead = now.read_at and now.read_at + TOLERANCE
        old = [stamp for stamp in after.stamps if stamp and (now.syncing or (ahead and stamp > ahead))]
        moved = self._replace(
            after=after,
            execution_time=max([self.execution_time, *old]),
            queued=self.queued and not now.syncing,  # it runs: somebody has resumed the connector meanwhile
        )
        return moved._replace(before=after) if self.stopped_one and now.syncing else moved

    def answers_retry(self, now: Connector) -> bool:
        """True where a retry of the same run should join what this record started instead of triggering again.

        Only where the sync runs or has succeeded since, and it is sure enough that it is ours. The age is told by
        the server's clock; where that is not to be had, only a running sync is joined.
        """
        sure = self.state == ACCEPTED or (self.state in (SENDING, UNKNOWN) and not self.running_before)
        if not sure or self.connector_id != now.id:
            return False
        if self.is_queued:  # however old: it waits for as long as the connector is paused
            new = changed(now, self.before or Reading())
            return now.paused or now.syncing or new.success or new.failed_at is None
        if now.read_at is None:
            return now.syncing
        since = changed(now, self.before or Reading()) if self.state == ACCEPTED else self.new_stamps(now)
        return now.read_at - self.execution_time < YOUNG and (now.syncing or since.success)

    def may_show_late(self, now: Connector) -> bool:
        """Whether its request may have arrived though nothing shows that yet: it was sent by this very run."""
        lost = self.state in (SENDING, UNKNOWN) and self.connector_id == now.id
        return lost and young(self, now.read_at) and not any(self.new_stamps(now))


def execution_time(connector: Connector) -> datetime:
    """The moment before which nothing can be ours, by the server's clocks only.

    ``Date`` has whole seconds, and so may stamps: a microsecond less, a stamp of the same second counts as later.
    """
    clock = connector.read_at - timedelta(microseconds=1) if connector.read_at else None
    return timestamps.latest(clock, connector.succeeded_at, connector.failed_at) or timestamps.EPOCH
