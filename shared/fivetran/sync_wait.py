"""Waiting for a Fivetran sync: what one look concludes, and what to do about a sync that was put off."""

from collections.abc import Callable
from typing import NamedTuple

from shared import timestamps
from shared.errors import DeadlineReached, NotStarted, SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.fivetran.settings import WaitSettings
from shared.fivetran.verdict import verdict
from shared.polling import Look, Wait
from shared.program.run import ResponseFile, Run
from shared.status import Status
from shared.terminal.progress import OneProgress
from shared.verdict import Verdict

_BLOCKED = frozenset({ExitCode.PAUSED, ExitCode.SETUP_BROKEN, ExitCode.STATE_UNKNOWN})
"""Believed only when seen twice: a connector that was just resumed may still be called paused."""


class Ended(NamedTuple):
    """How a wait ended: the final verdict, and the connector that it was read from."""

    verdict: Verdict
    connector: Connector


class SyncWait:
    """One connector's wait."""

    def __init__(
        self,
        run: Run,
        settings: WaitSettings,
        api: Fivetran,
        connector_id: str,
        record: Record | None,
        response: ResponseFile,
    ) -> None:
        self.run = run
        self.quota_reserve = settings.quota_reserve
        self.response = response
        self.connector_id = connector_id
        self._progress = OneProgress(run, connector_id)
        joined = record and record.running_before and not record.forced  # began at a moment that is not known
        self._began = record.execution_time if record and not joined else None
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, self._progress, run.clock)
        self._watch = Watch(connector_id, record, Patience(settings, self._wait, self._is_cut_off), self._start_again)
        self.api = api.until(self._wait.deadline)

    def until_ended(self) -> Ended:
        """Poll until the verdict is final.

        Raises DeadlineReached (221), RateLimited (222), NotStarted (217), CredentialsRefused, UnknownId or
        RequestRefused.
        """
        self._progress.show_last(self.connector_id)
        with self._progress:
            ended = self._wait.until(self._look)
        if self._began and ended.verdict.code == ExitCode.DONE:
            self._progress.keep_length(self.connector_id, self._began, ended.connector.succeeded_at)
        return ended

    def _look(self) -> Look[Ended]:
        connector = self.api.get_connector(self.connector_id)
        self.response.last = connector.answer
        self.run.note(**connector.facts())
        self._progress.state = connector.sync_state
        judged = self._watch.judge(connector)
        usage = self.api.client.usage
        return Look(
            Ended(judged.verdict, connector) if judged.final else None,
            f"Fivetran: {self.connector_id}: {judged.verdict.reason}",
            judged.due_in,
            usage.quota_share,
            stretch=stretch(usage.quota_remaining, self.quota_reserve),
        )

    def _is_cut_off(self, connector: Connector) -> bool:
        from shared.fivetran.destination import Destinations  # costs start-up, and few syncs are given up

        return Destinations(self.api, self.run.say).explain(connector)

    def _start_again(self, connector_id: str) -> None:
        start_again(self.run, self.api, connector_id)


class Patience:
    """What a wait puts up with, the same for all connectors that it is for.

    ``is_cut_off`` is asked before a sync is given up that never started: does its destination let none run?
    """

    def __init__(self, settings: WaitSettings, wait: Wait, is_cut_off: Callable[[Connector], bool]) -> None:
        self.on_rescheduled = settings.on_rescheduled
        self.start_timeout = settings.start_timeout
        self.wait = wait
        self.is_cut_off = is_cut_off


class Judged(NamedTuple):
    """What one reading says. ``due_in``: seconds until something is to happen, None where nothing is known to be."""

    verdict: Verdict
    final: bool
    due_in: float | None = None


class Watch:
    """One connector's sync while it is waited for: what was seen so far, and what a further look concludes."""

    __slots__ = ("_again", "_blocked", "_patience", "_start_by", "_started", "connector_id", "record", "signature")

    def __init__(
        self,
        connector_id: str,
        record: Record | None,
        patience: Patience,
        again: Callable[[str], None],
    ) -> None:
        self.connector_id = connector_id
        self.record = record
        self.signature: int | None = None
        self._patience = patience
        self._again = again
        self._blocked = 0
        self._started = False
        self._start_by = patience.wait.began + patience.start_timeout

    def judge(self, connector: Connector) -> Judged:
        """Judge one reading. Raises NotStarted (217), or DeadlineReached (221) where the sync was put off past it."""
        found = verdict(connector, self.record)
        self.signature = None
        if found.status == Status.RESCHEDULED:
            return Judged(found, False, self._put_off(connector, found))
        if found.code in _BLOCKED:
            self._blocked += 1
            return Judged(found, self._blocked >= 2)
        self._blocked = 0
        if found.code != ExitCode.NOT_FINISHED:
            return Judged(found, True)
        if connector.reads_schema:
            self._start_by = self._patience.wait.clock() + self._patience.start_timeout
        self._started = self._started or connector.syncing
        if self._gives_up and self._patience.is_cut_off(connector):
            return Judged(verdict(connector, self.record), True)
        self._must_start(connector)
        return Judged(found, False)

    def undecided(self, connector: Connector) -> bool:
        """Whether a stamp has changed that may count later, though nothing further changes."""
        return self.record is not None and self.record.undecided(connector)

    def unchanged(self, signature: int) -> bool:
        """Whether a connector that shows the ``signature`` of the last look needs no second thought."""
        return signature == self.signature and not self._gives_up

    @property
    def _gives_up(self) -> bool:
        """Whether this is the last look at a sync that was never seen to start."""
        wait = self._patience.wait
        return not self._started and (wait.clock() >= self._start_by or wait.deadline.reached)

    def _must_start(self, connector: Connector) -> None:
        if not self._started and self._patience.wait.clock() >= self._start_by:
            raise NotStarted(
                f"Fivetran: no sync of {self.connector_id} was seen to start within "
                f"{timestamps.span(self._patience.start_timeout)} (FIVETRAN_START_TIMEOUT); "
                f"it is {connector.sync_state or 'in no known state'}",
                connector.answer,
            )

    def _put_off(self, connector: Connector, found: Verdict) -> float | None:
        """Rescheduled: seconds until it is due. Under a manual schedule nobody but us starts it then."""
        wait = self._patience.wait
        if self._patience.on_rescheduled == "fail":
            raise NotStarted(f"Fivetran: {found.reason}", connector.answer)
        self._started, self._start_by = False, wait.clock() + self._patience.start_timeout
        due, now = connector.rescheduled_for, connector.read_at
        if due is None or now is None:
            return None
        left = (due - now).total_seconds()
        if left > wait.deadline.remaining:
            raise DeadlineReached(
                f"Fivetran: the sync of {self.connector_id} was postponed until {timestamps.write(due)}, "
                "which is past the deadline of this wait",
                connector.answer,
            )
        if left > 0:
            return left
        if connector.manual:
            self._again(self.connector_id)
        return None


def start_again(run: Run, api: Fivetran, connector_id: str) -> None:
    """Repeating this request is safe: it interrupts nothing, and is made only while nothing runs."""
    run.say(f"Fivetran: {connector_id} was postponed until now; triggering it, its schedule being manual")
    try:
        api.start_sync(connector_id, force=False)
    except SlipwayError as error:
        run.say(f"{error.message}; looking again")


def stretch(remaining: int | None, reserve: int | None) -> float:
    """How many times longer a pause is while fewer calls are left than are kept back: ``reserve / remaining``.

    1 without a reserve, or where the server says nothing of its quota.
    """
    if not reserve or remaining is None or remaining >= reserve:
        return 1.0
    return reserve / max(remaining, 1)
