"""Judge a connector's readings during a wait, alone or in a batch."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shared import timestamps
from shared.errors import DeadlineReached, NotStarted, SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.next_sync import due_at
from shared.fivetran.record import Record
from shared.fivetran.settings import WaitSettings
from shared.fivetran.verdict import postponed, verdict
from shared.polling import Wait
from shared.program.run import Run
from shared.status import Status
from shared.verdict import Verdict

_BLOCKED = frozenset({ExitCode.PAUSED, ExitCode.SETUP_BROKEN, ExitCode.STATE_UNKNOWN})
"""These count only when read twice in a row: a connector that was just resumed may still be shown as paused."""


class WaitPolicy:
    """The limits of a wait, for all its connectors.

    ``is_cut_off`` is called before a sync that never started is given up. It returns whether the destination stops it.
    """

    def __init__(self, settings: WaitSettings, wait: Wait, is_cut_off: Callable[[Connector], bool]) -> None:
        self.on_rescheduled = settings.on_rescheduled
        self.start_timeout = settings.start_timeout
        self.start_by = wait.began + settings.start_timeout
        self.wait = wait
        self.is_cut_off = is_cut_off


class Judged(NamedTuple):
    """The result of one reading. ``due_in``: seconds until the sync should start, None if that is not known."""

    verdict: Verdict
    final: bool
    due_in: float | None = None


class Watch:
    """Judges the readings of one connector during a wait."""

    __slots__ = (
        *("_again", "_blocked", "_due", "_policy", "_start_by", "_started", "connector_id", "record"),
        "signature",
    )

    def __init__(
        self,
        connector_id: str,
        record: Record | None,
        policy: WaitPolicy,
        again: Callable[[str], None],
    ) -> None:
        self.connector_id = connector_id
        self.record = record
        self.signature: int | None = None
        self._policy = policy
        self._again = again
        self._blocked = 0
        self._started = False
        self._due: datetime | None = None  # when its own schedule is due, None if that is past or unknown
        self._start_by = policy.start_by

    def judge(self, connector: Connector) -> Judged:
        """Judge one reading.

        Raise NotStarted (217) if the sync will not start, DeadlineReached (221) if it is postponed past the deadline.
        """
        found = verdict(connector, self.record)
        self.signature = None
        if found.status == Status.RESCHEDULED:
            due_in = self._rescheduled_in(connector)
            if connector.rescheduled_for:
                found = postponed(connector, "this run triggers it again then")
            return Judged(found, False, due_in)
        if found.code in _BLOCKED:
            self._blocked += 1
            return Judged(found, self._blocked >= 2)
        self._blocked = 0
        if found.code != ExitCode.NOT_FINISHED:
            return Judged(found, True)
        if connector.reads_schema:
            self._start_by = self._policy.wait.clock() + self._policy.start_timeout
        self._started = self._started or connector.syncing
        if not self._started:
            self._follow_schedule(connector)
        if self._gives_up and self._policy.is_cut_off(connector):
            return Judged(verdict(connector, self.record), True)
        self._must_start(connector)
        if self._due and found.status == Status.SCHEDULED and not self._started:
            when = timestamps.to_the_minute(self._due)
            return Judged(found._replace(reason=f"{found.reason}; its schedule's next one is due at {when}"), False)
        return Judged(found, False)

    def undecided(self, connector: Connector) -> bool:
        """Return whether a stamp has changed that may count later without any further change."""
        return self.record is not None and self.record.undecided(connector)

    def unchanged(self, signature: int) -> bool:
        """Return whether a connector with this ``signature`` need not be judged again."""
        return signature == self.signature and not self._gives_up

    @property
    def must_start_in(self) -> float | None:
        """Seconds until the sync counts as never started, None once it was seen to run."""
        return None if self._started else max(self._start_by - self._policy.wait.clock(), 0.0)

    @property
    def _gives_up(self) -> bool:
        """Whether this is the last reading for a sync that was never seen to start."""
        return not self._started and (self._is_overdue or self._policy.wait.deadline.reached)

    @property
    def _is_overdue(self) -> bool:
        """Whether the sync has not been seen to start within FIVETRAN_START_TIMEOUT."""
        return not self._started and self._policy.wait.clock() >= self._start_by

    def _follow_schedule(self, connector: Connector) -> None:
        """Count the start timeout from when the connector's own schedule is due, unless a trigger is on record."""
        if self.record is not None and self.record.triggered:
            return
        due, now = due_at(connector), connector.read_at
        if due is None or now is None or due <= now:
            return
        self._due = due
        left = (due - now).total_seconds() + self._policy.start_timeout
        self._start_by = max(self._start_by, self._policy.wait.clock() + left)

    def _must_start(self, connector: Connector) -> None:
        if self._is_overdue:
            due = f" after its schedule was due, {timestamps.to_the_minute(self._due)}" if self._due else ""
            raise NotStarted(
                f"no sync of {self.connector_id} was seen to start within "
                f"{timestamps.span(self._policy.start_timeout)}{due} (FIVETRAN_START_TIMEOUT); "
                f"it is {connector.sync_state or 'in no known state'}",
                connector.answer,
                vendor="Fivetran",
            )

    def _rescheduled_in(self, connector: Connector) -> float | None:
        """Return the seconds until a postponed sync is due, None if that is unknown or now.

        With a manual schedule Fivetran does not run it by itself, so it is triggered again when it is due.
        """
        wait = self._policy.wait
        if self._policy.on_rescheduled == "fail":
            advice = "trigger it again then, or let this run wait with FIVETRAN_ON_RESCHEDULED=wait"
            raise NotStarted(postponed(connector, advice).reason, connector.answer, vendor="Fivetran")
        self._started, self._start_by = False, wait.clock() + self._policy.start_timeout
        due, now = connector.rescheduled_for, connector.read_at
        if due is None or now is None:
            return None
        left = (due - now).total_seconds()
        if left > wait.deadline.remaining:
            raise DeadlineReached(
                f"the sync of {self.connector_id} was postponed until {timestamps.write(due)}, "
                "which is past the deadline of this wait",
                connector.answer,
                vendor="Fivetran",
            )
        if left > 0:
            return left
        if connector.manual:
            self._again(self.connector_id)
        return None


def start_again(run: Run, api: Fivetran, connector_id: str) -> None:
    """Trigger a postponed sync. Repeating this is safe: it interrupts nothing, and is sent only while nothing runs."""
    run.say(f"Fivetran: {connector_id} was postponed until now; triggering it, because its schedule is manual")
    try:
        api.start_sync(connector_id, force=False)
    except SlipwayError as error:
        run.say(f"{error.message}; looking again")


def stretch(remaining: int | None, reserve: int | None) -> float:
    """Return the factor by which to multiply a pause: ``reserve / remaining`` if fewer calls remain than the reserve.

    It is 1.0 without a reserve, or if the server does not report its quota.
    """
    if not reserve or remaining is None or remaining >= reserve:
        return 1.0
    return reserve / max(remaining, 1)
