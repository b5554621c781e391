"""Trigger a connector's sync or historical sync, by ``send_once``."""

from collections.abc import Callable, Iterator
from datetime import datetime

from shared import timestamps
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED
from shared.confirmation import readings
from shared.errors import AlreadyRunning, SetupBroken, SlipwayError
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.policy import Policy
from shared.fivetran.record import UNDATED, Record, execution_time
from shared.fivetran.record_files import records_of
from shared.fivetran.stamps import Reading
from shared.http.response import Answer
from shared.program.run import Run
from shared.send_once import Started, send_once
from shared.status import Status

Send = Callable[[str, bool], Answer]
"""Makes the request. Takes the connector's id, and whether a running sync is stopped."""


def trigger(run: Run, api: Fivetran, policy: Policy, send: Send, connector_id: str) -> Started[Connector, Record]:
    """Trigger one connector and add its fields to the result. Raise what ``send_once`` raises."""
    started = send_once(run, Sync(run, api, policy, send, connector_id), records_of(run, connector_id))
    run.note(**started.before.facts(), execution_time=started.record.execution_time)
    return started


RESTARTS = (
    "a retry without SLIPWAY_RUN_ID restarts the sync unless FIVETRAN_FORCE is FALSE; check_sync_status never does"
)
"""Added to the message of a run that may be retried."""


class Sync:
    """One connector's sync. See ``shared.operation.Operation``.

    ``one_of_many``: it is part of a batch. Its first reading comes from a list, its second from one list for all, and
    only its outcome is reported.
    """

    vendor = "Fivetran"
    noun = "sync"

    def __init__(
        self, run: Run, api: Fivetran, policy: Policy, send: Send, connector_id: str, *, one_of_many: bool = False
    ) -> None:
        self.run = run
        self.api = api
        self.policy = policy
        self.subject = connector_id
        self._done = f"{policy.what} of {connector_id} was triggered"
        self.achieved = "syncs were triggered" if one_of_many else self._done
        self._send = send
        self._one_of_many = one_of_many
        self._before: Connector | None = None

    def read(self, api: Fivetran) -> Connector:
        return api.get_connector(self.subject)

    def intended(self, before: Connector) -> Record:
        self._before = before
        moment = execution_time(before)
        if not self._one_of_many:
            self.run.note(**before.facts(), execution_time=moment)
        return Record(
            self.subject,
            moment,
            INTENDED,
            before=Reading.of(before),
            forced=self.policy.force
            and (before.syncing or self._one_of_many),  # one may have begun since the list was read
            operation=self.policy.operation,
            queued=self.policy.queues and before.paused and not before.syncing,
        )

    def unread(self, now: datetime | None) -> Record:
        return Record(self.subject, now or timestamps.EPOCH, REFUSED, operation=self.policy.operation)

    def is_same(self, earlier: Record) -> bool:
        return earlier.operation == self.policy.operation

    def joins(self, earlier: Record, now: Connector) -> Record | None:
        if not earlier.answers_retry(now):
            if earlier.succeeded_undated(now):
                self.run.warn(UNDATED.format(noun=self.noun))
            return None
        known = earlier.in_state(ACCEPTED)
        return known.read_again(now) if known.after is None and now.syncing else known

    def may_show_late(self, earlier: Record, now: Connector) -> bool:
        return earlier.may_show_late(now)

    def allow(self, before: Connector, record: Record) -> tuple[Status, Record]:
        if self.run.dry_run or not self._one_of_many:
            self._say_decision(before)
        if before.paused:
            if self.policy.on_paused == "skip":
                return Status.SKIPPED, record
            if self.policy.queues:
                return Status.TRIGGERED, record
            from shared.fivetran.obstacles import resume  # imported late, to start faster

            resume(self.run, self.api, self.policy, before)
        if before.broken:
            from shared.fivetran.obstacles import handle_broken_setup  # as above

            handle_broken_setup(self.run, self.api, self.policy, before)
        if before.syncing and not self.policy.force:
            if self.policy.on_running == "fail":
                raise AlreadyRunning(
                    f"a sync of {self.subject} is running and must not be interrupted", vendor="Fivetran"
                )
            if self.policy.on_running == "join":
                return Status.JOINED, _joined(record)
        return Status.TRIGGERED, record

    def send(self, record: Record) -> tuple[Record, Answer]:
        answer = self._send(self.subject, self.policy.force)
        if self.policy.force and not self.policy.resync and not self.run.run_id:
            self.run.on_retry = RESTARTS
        return record.in_state(ACCEPTED), answer

    def turned_away(self, record: Record, error: SlipwayError) -> Record:
        """Handle a 409, which may mean that a sync was started since the reading: join it if one is running."""
        conflict = error.answer if error.answer is not None and error.answer.status == 409 else None
        running = conflict is not None and self._runs(record)
        if running and self.policy.on_running == "join":
            return _joined(record)
        if running:
            raise AlreadyRunning(f"{error.reason}: a sync is already running", conflict, vendor="Fivetran") from error
        if conflict and self._before:
            from shared.fivetran.obstacles import what_stops  # as above

            if why := what_stops(self.run, self.api, self._before):
                raise SetupBroken(f"{error.reason}: {why}", conflict, vendor="Fivetran") from error
        if conflict and self.policy.resync:  # the only 409 documented for it, and the sync may have ended since
            why = f"{error.reason}: a sync was running and was not completed"
            raise AlreadyRunning(why, conflict, vendor="Fivetran") from error
        raise error

    def found(self, record: Record, since: Iterator[Connector]) -> tuple[Record, Connector] | None:
        """Return the first reading with a running sync or a new stamp. If one ran before, its end must show, too."""
        idle = False
        for now in since:
            stamped = any(record.new_stamps(now))
            if (now.syncing and (stamped or idle)) if record.running_before else (now.syncing or stamped):
                return (record if record.after else record.in_state(ACCEPTED).read_again(now)), now
            idle = idle or now.sync_state == "scheduled"
        return None

    def read_again(self, record: Record) -> Record:
        """Read once more, so that stamps which are present now do not count as this sync's.

        If a running sync was stopped for this one, read for at most 30 s until this one is running: a stamp that
        appears before that is the stopped sync's.
        """
        if self._one_of_many and not record.stopped_another:
            return record
        again = record
        for now in readings(self.run, self.api, self.read):
            again = record.read_again(now)
            if now.syncing or not record.stopped_another:
                break
        return again

    def message(self, status: Status, record: Record) -> str:
        if status is Status.SKIPPED:
            return "the connector is paused; skipped as asked"
        if status is Status.JOINED:
            return "a sync is running already; joined it, nothing was triggered"
        if record.queued:
            return f"{self.policy.what} of {self.subject} is queued: it runs when the connector is resumed"
        stopped = "; the one that was running was stopped" if record.stopped_another and not self.policy.resync else ""
        return f"{self._done}{stopped}"

    def _runs(self, record: Record) -> bool:
        now = next(readings(self.run, self.api, self.read), None)
        return now is not None and (now.syncing or any(record.new_stamps(now)))

    def _say_decision(self, connector: Connector) -> None:
        """Report the connector's state and the decision about a running sync."""
        running = f"; a sync is running and {self.policy.of_running()}" if connector.syncing else ""
        states = f"{connector.setup_state or 'in no known setup'} and {connector.sync_state or 'in no known state'}"
        blocked = "; its schema waits for somebody to set it to ready" if connector.waits_for_approval else ""
        self.run.say(f"Fivetran: {connector.id} is {states}{running}{blocked}")


def _joined(record: Record) -> Record:
    """Return the record of a joined sync. One was running, even if the first reading did not show it."""
    before = (record.before or Reading())._replace(syncing=True)
    return record._replace(state=ACCEPTED, before=before, forced=False)
