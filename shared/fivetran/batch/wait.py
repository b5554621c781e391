"""Wait for many syncs: each poll reads all that have not ended, with one call per 1,000 connectors."""

from collections.abc import Callable, Mapping

from shared.batch.wait import FailedReadings, until_ended
from shared.errors import SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.pace import Pace
from shared.fivetran.batch.reading import ListRow, Reading, enough, is_id
from shared.fivetran.batch.row import Row
from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.fivetran.settings import WaitSettings
from shared.fivetran.sync_watch import WaitPolicy, Watch, start_again, stretch
from shared.fivetran.unchanged import Unchanged
from shared.parallel import side_by_side
from shared.polling import Polled, Wait


class BatchWait:
    """The wait of a batch. ``ended`` is called with each final row, and the connector unless it could not be read."""

    def __init__(
        self,
        batch: Batch,
        settings: WaitSettings,
        records: Mapping[str, Record | None],
        ended: Callable[[Row, Connector | None], None],
    ) -> None:
        self._batch = batch
        self._ended = ended
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, batch.progress, batch.run.clock)
        self._pace = Pace(batch.run, records)
        self._wait.schedule = self._pace.schedule()
        policy = WaitPolicy(settings, self._wait, batch.destinations.explain)
        self._again: list[str] = []
        self._left = {one: Watch(one, record, policy, self._again.append) for one, record in records.items()}
        self._failed = FailedReadings()
        self._api = batch.api.until(self._wait.deadline)
        self._reader = batch.reader.through(self._api)
        self._unchanged = Unchanged(signature, lambda one, signature: self._left[one].unchanged(signature))

    def until_ended(self) -> None:
        """Poll until each connector's verdict is final. At the deadline the remaining ones end with 221.

        Those whose last reading was answered 429 end with 222.
        """

        def end(connector_id: str, why: SlipwayError, reason: str) -> None:
            self._end(Row(connector_id, why.code, why.status, reason))

        until_ended(self._batch, self._wait, self.poll, self._left, self._failed, end)

    def poll(self) -> Polled[bool]:
        """Read and judge once all connectors whose sync has not ended."""
        due: list[float] = []
        self._pace.age = None
        self._failed.new_poll()
        self._reader.new_poll()
        self._again.clear()  # a poll that failed may have left some; those still postponed are found again
        for reading in self._reader.read(self._left, unchanged=self._unchanged):
            due_in = self._judge(reading)
            if due_in is not None:
                due.append(due_in)
        self._start_again()
        usage = self._api.client.usage
        return Polled(
            None if self._left else True,
            f"Fivetran: {self._batch.progress.summary()}",
            due_in=min(due, default=None),
            quota_left=usage.quota_share,
            not_before=self._failed.not_before,
            stretch=stretch(usage.quota_remaining, self._batch.settings.quota_reserve),
            age=self._pace.age,
        )

    def _judge(self, reading: Reading) -> float | None:
        """Judge one connector. Return the seconds until it must be read again, None if no such time is known."""
        watch = self._left[reading.subject]
        connector = reading.value
        self._failed.forget(reading.subject)
        if connector is None:
            self._not_read(reading)
            return None
        try:
            judged = watch.judge(connector)
            verdict, final, due_in = judged
        except Exception as raised:
            error = self._batch.failure(raised)
            self._end(Row(connector.id, error.code, error.status, error.reason).about(connector), connector)
            return None
        self._pace.seen(connector, judged)
        if final:
            self._end(Row(connector.id, verdict.code, verdict.status, verdict.reason).about(connector), connector)
            return due_in
        state = connector.sync_state
        self._batch.progress.changed(connector.id, state, verdict.reason)
        settled = verdict.code == ExitCode.NOT_FINISHED and state != "rescheduled" and not watch.undecided(connector)
        watch.signature = signature(connector.data) if settled else None
        return due_in

    def _not_read(self, reading: Reading) -> None:
        """End the wait for one connector, unless the error may pass."""
        error = reading.failure
        self._left[reading.subject].signature = None  # the next reading counts, even if it shows nothing new
        if not (self._failed.may_pass(reading.subject, error) and is_id(reading.subject)):
            self._end(Row(reading.subject, error.code, error.status, error.reason))

    def _end(self, row: Row, connector: Connector | None = None) -> None:
        del self._left[row.connector_id]
        self._ended(row, connector)

    def _start_again(self) -> None:
        """Trigger the postponed syncs that are due and that Fivetran does not start, because the schedule is manual."""
        due, self._again[:] = list(self._again), []
        batch = self._batch
        work = side_by_side(due, lambda one: start_again(batch.run, self._api, one), batch.settings.concurrency)
        for _ in work:
            pass


def signature(row: ListRow) -> int | None:
    """Return a hash of the fields that a verdict depends on, None if the row does not have them all.

    A row with the same hash need not be judged again.
    """
    if not enough(row):
        return None
    status = row["status"]
    states = (status.get("sync_state"), status.get("setup_state"), status.get("schema_status"))
    fields = (row.get("succeeded_at"), row.get("failed_at"), row.get("paused") is True, *states)
    try:
        return hash(fields)
    except TypeError:  # one of them is a list or an object
        return hash(repr(fields))
