"""Waiting for a Fivetran sync: what one look concludes, and what to do about a sync that was put off."""

from typing import Any, NamedTuple

from shared import timestamps
from shared.errors import DeadlineReached, NotStarted, SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.verdict import Baseline, Verdict, verdict
from shared.http import Answer
from shared.run import Run
from shared.waiting import Look, Wait

_BLOCKED = frozenset({ExitCode.PAUSED, ExitCode.SETUP_BROKEN, ExitCode.STATE_UNKNOWN})
"""Believed only when seen twice: a connector that was just resumed may still be called paused."""


class Ended(NamedTuple):
    """How a wait ended: the final verdict, and the connector and answer it was read from."""

    verdict: Verdict
    connector: Connector
    answer: Answer


class SyncWait:
    """One connector's wait."""

    def __init__(self, run: Run[Any], api: Fivetran, connector_id: str, baseline: Baseline | None) -> None:
        settings = run.settings
        self.run = run
        self.api = api
        self.connector_id = connector_id
        self.baseline = baseline
        self.on_rescheduled: str = settings.on_rescheduled
        self.start_timeout: float = settings.start_timeout
        self._blocked = 0
        self._seen: Answer | None = None
        self._started = False
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, run.say, run.clock, run.sleep)
        self._start_by = self._wait.began + self.start_timeout
        api.client.until = self._wait.deadline

    def until_ended(self) -> Ended:
        """Poll until the verdict is final.

        Raises DeadlineReached (221), NotStarted (217), CredentialsRefused, UnknownId or RequestRefused.
        """
        try:
            return self._wait.until(self._look)
        except DeadlineReached as error:
            error.answer = error.answer or self._seen
            raise

    def _look(self) -> Look[Ended]:
        connector, answer = self.api.get_connector(self.connector_id)
        self._seen = answer
        self.run.note(**connector.facts())
        seen = verdict(connector, self.baseline)
        ended = Ended(seen, connector, answer)
        state = f"Fivetran: {self.connector_id}: {seen.reason}"
        quota = self.api.client.quota_left
        if seen.status == "rescheduled":
            return Look(None, state, self._put_off(ended), quota)
        if seen.code in _BLOCKED:
            self._blocked += 1
            return Look(ended if self._blocked >= 2 else None, state, quota_left=quota)
        self._blocked = 0
        if seen.code != ExitCode.NOT_FINISHED:
            return Look(ended, state, quota_left=quota)
        self._must_start(ended)
        return Look(None, state, quota_left=quota)

    def _must_start(self, seen: Ended) -> None:
        self._started = self._started or seen.connector.syncing
        if not self._started and self.run.clock() >= self._start_by:
            raise NotStarted(
                f"Fivetran: no sync of {self.connector_id} was seen to start within "
                f"{timestamps.span(self.start_timeout)} (FIVETRAN_START_TIMEOUT); it is {seen.connector.sync_state}",
                seen.answer,
            )

    def _put_off(self, seen: Ended) -> float | None:
        """Rescheduled: seconds until it is due. Under a manual schedule nobody but us starts it then."""
        if self.on_rescheduled == "fail":
            raise NotStarted(f"Fivetran: {seen.verdict.reason}", seen.answer)
        self._started, self._start_by = False, self._wait.clock() + self.start_timeout
        due, now = seen.connector.rescheduled_for, seen.connector.read_at
        if due is None or now is None:
            return None
        left = (due - now).total_seconds()
        if left > self._wait.remaining:
            raise DeadlineReached(
                f"Fivetran: the sync of {self.connector_id} was put off until {timestamps.write(due)}, "
                "which is past the deadline of this wait",
                seen.answer,
            )
        if left > 0:
            return left
        if seen.connector.manual:
            self._start_again()
        return None

    def _start_again(self) -> None:
        """Repeating this request is safe: it interrupts nothing, and is made only while nothing runs."""
        self.run.say(f"Fivetran: {self.connector_id} was put off until now; triggering it, its schedule being manual")
        try:
            self.api.start_sync(self.connector_id, force=False)
        except SlipwayError as error:
            self.run.say(f"{error.message}; looking again")
