"""The record of one connector's trigger: the readings before and after it, and its state."""

from datetime import datetime, timedelta
from typing import NamedTuple

from shared import timestamps
from shared.artifacts.record_store import ACCEPTED, SENDING, STARTED, UNKNOWN, YOUNG, young
from shared.fivetran.connector import Connector
from shared.fivetran.stamps import SHOWS_WITHIN, NewStamps, Reading, Shown, changed, ours


class Record(NamedTuple):
    """One connector's trigger.

    ``before`` was read before anything was sent. It is None if only the execution time is known, from a pickle or a
    variable. ``after`` was read right after the request, None if that reading is missing. ``forced``: a running sync
    was stopped for this one, or may have been. ``operation``: the request; a retry joins only the same one.
    ``queued``: a historical sync that runs when the connector is resumed.
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
        """The connector's id. See ``record_shape.Record``."""
        return self.connector_id

    def in_state(self, state: str) -> "Record":
        return self._replace(state=state)

    @property
    def triggered(self) -> bool:
        """Whether the record is of a trigger of Slipway's. A pickle or a variable has only a time."""
        return self.before is not None

    @property
    def running_before(self) -> bool:
        return self.before is not None and self.before.syncing

    @property
    def stopped_another(self) -> bool:
        """Whether a running sync was stopped for this one. ``forced`` is also true if none was running."""
        return self.forced and self.running_before

    @property
    def lost_over_one(self) -> bool:
        """Whether the answer was lost while another sync was running: the next end may be that one's."""
        return self.running_before and self.state in (SENDING, UNKNOWN)

    @property
    def began_at(self) -> datetime | None:
        """When its sync began, by the server's clock. None if it joined a running sync or is queued."""
        if self.queued or (self.running_before and not self.forced):
            return None
        return self.before.read_at if self.before else self.execution_time

    @property
    def started(self) -> bool:
        """Whether the request was sent, or may have been."""
        return self.state in STARTED

    @property
    def arrived(self) -> bool:
        """Whether the request arrived, or may have. Only then the pickle is written."""
        return self.state in (ACCEPTED, UNKNOWN)

    @property
    def is_queued(self) -> bool:
        """Whether the API accepted it and it runs only when the connector is resumed."""
        return self.queued and self.state == ACCEPTED

    def new_stamps(self, now: Shown) -> NewStamps:
        """Return the stamps that belong to this sync or a later one."""
        return ours(
            now,
            execution_time=self.execution_time,
            before=self.before,
            after=self.after,
            stopped_another=self.stopped_another,
        )

    def undecided(self, now: Shown) -> bool:
        """Return whether a stamp has changed that may later count as this sync's but does not yet."""
        new = self.new_stamps(now)
        return changed(now, self.before or Reading(self.execution_time, self.execution_time)) != new

    def read_again(self, now: Shown) -> "Record":
        """Return this record with ``now`` as its second reading.

        Stamps that are present while the sync is running belong to an earlier one, and so do stamps that are later than
        ``Date``. The execution time is moved past them, for programs that read only the execution time. If a running
        sync was stopped for this one, its stamps become part of ``before``.
        """
        after = Reading.of(now)
        old = [stamp for stamp in after.stamps if stamp] if now.syncing else after.ahead
        moved = self._replace(
            after=after,
            execution_time=max([self.execution_time, *old]),
            queued=self.queued and not now.syncing,  # running: the connector was resumed meanwhile
        )
        return moved._replace(before=after) if self.stopped_another and now.syncing else moved

    def answers_retry(self, now: Connector) -> bool:
        """Return whether a retry of the same run joins this record's sync instead of triggering again.

        It does if the sync is running or has succeeded, and nothing indicates that it is another trigger's. A record's
        age is measured by the server's clock; without one, only a running sync is joined.
        """
        sure = self.state == ACCEPTED or (self.state in (SENDING, UNKNOWN) and not self.running_before)
        if not sure or self.connector_id != now.id:
            return False
        if self.is_queued:  # at any age: it waits as long as the connector is paused
            new = changed(now, self.before or Reading())
            return now.paused or now.syncing or new.success or new.failed_at is None
        if now.read_at is None:
            return now.syncing
        since = changed(now, self.before or Reading()) if self.state == ACCEPTED else self.new_stamps(now)
        return now.read_at - self.execution_time < YOUNG and (now.syncing or since.success)

    def succeeded_undated(self, now: Connector) -> bool:
        """Return whether a retry would join a sync that has succeeded, if the server's clock said how old it is."""
        if now.read_at is not None or not self.started or self.connector_id != now.id:
            return False
        return changed(now, self.before or Reading()).success

    def may_show_late(self, now: Connector) -> bool:
        """Return whether the request may have arrived, or was accepted just now, and no reading shows that yet."""
        lost = self.state in (SENDING, UNKNOWN) and young(self, now.read_at) and not any(self.new_stamps(now))
        return self.connector_id == now.id and (lost or self._was_just_accepted(now))

    def _was_just_accepted(self, now: Connector) -> bool:
        if self.state != ACCEPTED or now.read_at is None or now.read_at - self.execution_time >= SHOWS_WITHIN:
            return False
        return not any(changed(now, self.after or self.before or Reading()))


UNDATED = (
    "Fivetran's answers have no Date, so nobody can tell whether the {noun} that has succeeded is the one that an "
    "earlier try of this run started, and it is not joined"
)
"""The warning of a retry that joins nothing for want of a clock."""


def execution_time(connector: Connector) -> datetime:
    """Return the moment of a trigger by the server's clock: ``Date``, or the latest stamp if that is later.

    ``Date`` has whole seconds, and so may stamps. A microsecond is subtracted, so a stamp of the same second is later.
    """
    clock = connector.read_at - timedelta(microseconds=1) if connector.read_at else None
    return timestamps.latest(clock, connector.succeeded_at, connector.failed_at) or timestamps.EPOCH
