"""Decide which ``succeeded_at`` and ``failed_at`` belong to the sync that was triggered. Pure functions.

A connector shows when a sync last succeeded and last failed, but not which sync that was. So the trigger reads the
connector before its request and again right after it. Two criteria can show that a later stamp is ours:

- the readings: an older stamp was shown right after the request, or none, so its sync ended later;
- the clocks: the stamp is later than the execution time, and not later than the server's ``Date`` when it was read.

Either can be wrong: a reading may come from a replica that lags, or lack the stamps, and the clocks behind ``Date`` and
the stamps may differ. A stamp is ours at once if both criteria hold, both readings had the same stamps, none of them
ahead of its ``Date``, and the sync was seen running. If these do not all hold, but at least one criterion does, it is
ours once the connector has settled: no sync is running, and the triggered one has had time to appear. If neither holds
it is not ours. While a sync runs, a stamp may be an earlier sync's, by a clock that is ahead; then only a stamp later
than ``EARLY`` after the trigger counts. The local clock is never used.

If a running sync was stopped for ours, no stamp is ours at once, because the stopped sync's stamp may appear late.
The connector has then settled only when its newest stamp is ``SHOWS_WITHIN`` old and no sync is running.

``tests/fivetran/test_stamps_model.py`` plays random histories against this rule.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

TOLERANCE = timedelta(seconds=1.5)
"""A stamp may be later than the ``Date`` that it was read with by this much: ``Date`` has whole seconds."""
SHOWS_WITHIN = timedelta(seconds=30)
"""A sync that was triggered is reported as running, or has ended, within this time."""
EARLY = timedelta(minutes=2)
"""While a sync runs, a stamp this soon after the execution time may be an earlier sync's, by a clock that is ahead."""


class Shown(Protocol):
    """A connector as it was just read. ``busy``: a sync is running or postponed."""

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
    """The part of a reading that a record keeps. ``read_at`` is the server's ``Date``, None if it is unusable."""

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

    @property
    def ahead(self) -> list[datetime]:
        """The stamps that are later than ``Date``: the clocks behind the two are visibly apart."""
        return [one for one in self.stamps if one and self.read_at and one - self.read_at > TOLERANCE]


class NewStamps(NamedTuple):
    """The stamps that count as new; None for one that does not."""

    succeeded_at: datetime | None
    failed_at: datetime | None

    @property
    def success(self) -> bool:
        """A new success that no later failure has followed."""
        return self.succeeded_at is not None and (self.failed_at is None or self.succeeded_at >= self.failed_at)


def changed(now: Shown, since: Reading) -> NewStamps:
    """Return the stamps that are later than those of an earlier reading, whichever sync they belong to."""
    return NewStamps(_later(now.succeeded_at, since.succeeded_at), _later(now.failed_at, since.failed_at))


def ours(
    now: Shown,
    *,
    execution_time: datetime,
    before: Reading | None = None,
    after: Reading | None = None,
    stopped_another: bool = False,
) -> NewStamps:
    """Return the stamps that belong to the sync that was triggered or to a later one.

    ``before`` is None if only the execution time is known (from a pickle or a variable). ``after`` is None if there was
    no second reading: then the clocks alone decide. ``stopped_another``: a running sync was stopped for this one.
    """

    def new(stamp: datetime | None, first: datetime | None, second: datetime | None) -> datetime | None:
        if stamp is None or _later(stamp, first) is None:
            return None
        if now.busy and not searched and stamp - execution_time <= EARLY:
            return None
        if after is None:
            return stamp if _plausible(stamp, execution_time, now.read_at) else None
        if second is None and stamp <= shown:
            return None
        appeared = _later(stamp, second) is not None
        plausible = _plausible(stamp, execution_time, now.read_at if appeared else after.read_at)
        if appeared and plausible and at_once:
            return stamp
        return stamp if settled and (appeared or plausible) else None

    searched = before is not None and after is None  # the answer was lost: find out whether a sync was started
    earlier, later = before or Reading(), after or Reading()
    # The second reading may have left a stamp out. An earlier sync's is not later than what was shown then, by the same
    # clock. If nothing was shown, only the clock behind ``Date`` can tell, and it may be a little ahead.
    shown = max([one for one in (*earlier.stamps, *later.stamps) if one], default=execution_time - EARLY)
    agreed = earlier.stamps == later.stamps != (None, None)
    if now.read_at is None:  # whether it has settled cannot be known
        at_once = not stopped_another and (agreed or (later.syncing and not now.busy))
    else:
        apart = earlier.ahead or later.ahead
        at_once = not stopped_another and not apart and agreed and (later.syncing or now.busy)
    settled = not now.busy and _passed(later.read_at, now.read_at)
    if settled and stopped_another:
        newest = [one for one in changed(now, earlier) if one and _plausible(one, execution_time, now.read_at)]
        settled = all(_passed(one, now.read_at) for one in newest)
    return NewStamps(
        new(now.succeeded_at, earlier.succeeded_at, later.succeeded_at),
        new(now.failed_at, earlier.failed_at, later.failed_at),
    )


def _later(stamp: datetime | None, before: datetime | None) -> datetime | None:
    return stamp if stamp is not None and (before is None or stamp > before) else None


def _plausible(stamp: datetime, execution_time: datetime, read_at: datetime | None) -> bool:
    """Return whether a stamp is later than the trigger and not later than ``Date``."""
    return execution_time < stamp and (read_at is None or stamp - read_at <= TOLERANCE)


def _passed(since: datetime | None, now: datetime | None) -> bool:
    """Return whether ``SHOWS_WITHIN`` has passed between two readings of the server's clock."""
    return since is not None and now is not None and now - since >= SHOWS_WITHIN
