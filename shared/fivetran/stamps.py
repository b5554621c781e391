"""Which success and failure stamps can be those of the sync that was triggered. Pure functions; no clock of ours.

A connector shows when a sync last succeeded and last failed, but never which sync that was. So the trigger reads the
connector twice, before its request and right after it, and a stamp that is newer than before has up to two witnesses:

- the readings: it was not there right after the request, so the sync that left it ended later;
- the clocks: it is later than the execution time, and no later than the server's own clock when it was read.

Each may be wrong: a reading may come from a replica that lags, or leave the stamps out, and the server's ``Date`` and
its stamps may come from clocks that are apart. A stamp with both witnesses is ours at once where the two readings
showed the same stamps. Else it is ours, and also with one witness alone, once things have settled: no sync runs, and
the one that was triggered has had the time to show. Without a witness it is not ours.

Where a sync was stopped for ours, no stamp is ours at once: the stopped one's may come late. Things have settled only
when the newest stamp has stood there for a while and nothing runs.

``tests/fivetran/test_stamps_model.py`` plays random histories against this rule.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

TOLERANCE = timedelta(seconds=1.5)
"""A stamp may be later than the ``Date`` that it was read with by this much: ``Date`` has whole seconds."""
SHOWS_WITHIN = timedelta(seconds=30)
"""A sync that was triggered is seen running, or has ended, by then."""


class Shown(Protocol):
    """A connector as it is now. ``busy``: a sync is running or postponed."""

    @property
    def succeeded_at(self) -> datetime | None: ...
    @property
    def failed_at(self) -> datetime | None: ...
    @property
    def syncing(self) -> bool: ...
    @property
    def busy(self) -> bool: ...
    @property
    def read_at(self) -> datetime | None: ...


class Reading(NamedTuple):
    """What is kept of one reading of a connector. ``read_at`` is the server's clock, None without a usable ``Date``."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    syncing: bool = False
    read_at: datetime | None = None

    @classmethod
    def of(cls, shown: Shown) -> "Reading":
        return cls(shown.succeeded_at, shown.failed_at, shown.syncing, shown.read_at)

    @property
    def stamps(self) -> tuple[datetime | None, datetime | None]:
        return self.succeeded_at, self.failed_at


class NewStamps(NamedTuple):
    """The stamps that count as new, None where one does not."""

    succeeded_at: datetime | None
    failed_at: datetime | None

    @property
    def success(self) -> bool:
        """A new success that no later failure has followed."""
        return self.succeeded_at is not None and (self.failed_at is None or self.succeeded_at >= self.failed_at)


def changed(now: Shown, since: Reading) -> NewStamps:
    """The stamps that are later than those of an earlier reading, whosever they are."""
    return NewStamps(_later(now.succeeded_at, since.succeeded_at), _later(now.failed_at, since.failed_at))


def ours(
    now: Shown,
    *,
    execution_time: datetime,
    before: Reading | None = None,
    after: Reading | None = None,
    stopped_one: bool = False,
) -> NewStamps:
    """The stamps that the sync left which was triggered, or a later one.

    ``before`` is None where only the execution time is known (from a pickle or a variable), ``after`` also where there
    was no second reading: then the clocks alone decide. ``stopped_one``: a running sync was stopped for it.
    """

    def mine(stamp: datetime | None, first: datetime | None, second: datetime | None) -> datetime | None:
        if stamp is None or _later(stamp, first) is None:
            return None
        if after is None:
            return stamp if _vouched(stamp, execution_time, now.read_at) else None
        appeared = _later(stamp, second) is not None
        vouched = _vouched(stamp, execution_time, now.read_at if appeared else after.read_at)
        if appeared and vouched and not stopped_one and (agreed or (after.syncing and not now.busy)):
            return stamp
        return stamp if settled and (appeared or vouched) else None

    earlier, later = before or Reading(), after or Reading()
    agreed = earlier.stamps == later.stamps != (None, None)
    settled = not now.busy and _passed(later.read_at, now.read_at)
    if settled and stopped_one:
        newest = [one for one in changed(now, earlier) if one and _vouched(one, execution_time, now.read_at)]
        settled = all(_passed(one, now.read_at) for one in newest)
    return NewStamps(
        mine(now.succeeded_at, earlier.succeeded_at, later.succeeded_at),
        mine(now.failed_at, earlier.failed_at, later.failed_at),
    )


def _later(stamp: datetime | None, before: datetime | None) -> datetime | None:
    return stamp if stamp is not None and (before is None or stamp > before) else None


def _vouched(stamp: datetime, execution_time: datetime, read_at: datetime | None) -> bool:
    """Whether the clocks say that a stamp is of after the trigger: later than that, and not later than now."""
    return execution_time < stamp and (read_at is None or stamp <= read_at + TOLERANCE)


def _passed(since: datetime | None, now: datetime | None) -> bool:
    """Whether a sync that began ``since`` must have shown by ``now``, as the server's clock says."""
    return since is not None and now is not None and now - since >= SHOWS_WITHIN
