"""Wait until the data of all selected connectors is fresh. Nothing is triggered: Fivetran's own schedule does that."""

from collections.abc import Callable, Iterator

from shared.batch.wait import FailedReadings
from shared.errors import DeadlineReached, SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.freshness_progress import FreshnessProgress
from shared.fivetran.batch.reading import Reading, is_id
from shared.fivetran.batch.row import Row
from shared.fivetran.freshness.outlook import hopeless
from shared.fivetran.freshness.settings import FreshnessSettings
from shared.fivetran.stamps import SHOWS_WITHIN
from shared.fivetran.sync_watch import stretch
from shared.http.bounds import within
from shared.poll_schedule import Schedule
from shared.polling import Polled, Wait
from shared.program.run import QUICK
from shared.program.signals import Interrupted, ignore_signals
from shared.timestamps import span
from shared.verdict import Verdict

BELIEVED_AFTER = float(SHOWS_WITHIN.seconds)
"""Seconds for which a connector must look as if no sync would come before that is believed. A connector that was just
resumed may still be shown as paused, and one that was just triggered as idle."""
SHORTEST_PAUSE = 15.0
"""Seconds between two polls at least: a poll reads many connectors, and no sync is known to have begun just now."""
ALWAYS = float("-inf")


class FreshnessWait:
    """The wait of check_freshness.

    A connector that was fresh once counts as done and is not read again. The wait ends when all are done, at the
    deadline, or as soon as one connector will not become fresh: then waiting for the others would change nothing.
    """

    def __init__(
        self,
        batch: Batch,
        settings: FreshnessSettings,
        judge: Callable[[Reading], Row],
        save: Callable[[], object],
    ) -> None:
        """``save`` writes the rows and the page. It is called if the wait is interrupted."""
        self._batch = batch
        self._judge = judge
        self._save = save
        self._progress = FreshnessProgress(batch.run)
        batch.progress = self._progress
        self._clock = batch.run.clock
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, self._progress, self._clock, afterwards="")
        self._wait.schedule = Schedule(shortest=SHORTEST_PAUSE)
        batch.reader = batch.reader.through(batch.api.until(self._wait.deadline))
        self._all_read = False  # whether every connector was read once
        self._left: dict[str, Row] = {}  # the last row of each connector that was never fresh
        self._failed = FailedReadings()
        self._hopeless: dict[str, float] = {}  # the time since which it looks as if no sync would come

    def until_fresh(self) -> None:
        """Poll, and leave a row for each connector. Raise an error only if not all connectors were read before it."""
        try:
            self._wait.until(self._poll)
            self._keep_left("not waited for any longer, since another connector will not become fresh: ")
        except Interrupted:
            ignore_signals()
            self._progress.close()
            self._save_quickly()
            raise
        except SlipwayError as error:
            if not self._all_read:
                raise
            for connector_id, row in self._left.items():
                self._batch.keep(self._given_up(connector_id, row, error))
        finally:
            self._progress.close()

    def _poll(self) -> Polled[bool]:
        """Read and judge once all connectors that were never fresh."""
        if self._wait.deadline.reached or self._given_up_in() == 0:
            self._batch.destinations.forget()  # read them once more before a connector is given up
        self._failed.new_poll()
        self._batch.reader.new_poll()
        for reading in self._readings():
            self._take(reading)
        if not self._all_read:
            self._all_read = True
            self._progress.total = len(self._left) + len(self._batch.rows)
            self._batch.run.note(selected=self._progress.total)
        ended = not self._left or self._given_up_in() == 0
        usage = self._batch.reader.api.client.usage
        return Polled(
            True if ended else None,
            f"Fivetran: {self._progress.summary()}",
            due_in=self._given_up_in(),
            quota_left=usage.quota_share,
            not_before=self._failed.not_before,
            stretch=stretch(usage.quota_remaining, self._batch.settings.quota_reserve),
        )

    def _readings(self) -> Iterator[Reading]:
        return self._batch.reader.read(self._left) if self._all_read else self._batch.read()

    def _given_up_in(self) -> float | None:
        """Return the seconds until the first connector is given up, None if each still may become fresh."""
        since = min(self._hopeless.values(), default=None)
        return None if since is None else max(since + BELIEVED_AFTER - self._clock(), 0.0)

    def _take(self, reading: Reading) -> None:
        connector_id = reading.subject
        if connector_id in self._batch.rows:
            return  # it was fresh in a first reading that broke off and was started again
        self._failed.forget(connector_id)
        try:
            connector = reading.found
            row = self._judge(reading)
        except Exception as raised:
            self._not_judged(connector_id, self._batch.failure(raised))
            return
        if row.code == ExitCode.DONE:
            self._fresh(row)
            return
        self._progress.changed(connector_id, connector.sync_state, row.reason)
        found = hopeless(connector, Verdict(row.code, row.status, row.reason), self._wait.deadline.remaining)
        if found is None:
            self._hopeless.pop(connector_id, None)
        else:
            self._hopeless.setdefault(connector_id, self._clock())
            row.code, row.status, row.reason = found
        self._left[connector_id] = row

    def _fresh(self, row: Row) -> None:
        waited_for = self._left.pop(row.connector_id, None) is not None
        self._hopeless.pop(row.connector_id, None)
        self._batch.keep(row)
        self._progress.fresh(row.connector_id, f"fresh: {row.reason}" if waited_for else "")

    def _not_judged(self, connector_id: str, error: SlipwayError) -> None:
        """Keep the last row of a connector that could not be read. A permanent error ends the wait."""
        row = Row(connector_id, error.code, error.status, error.reason)
        if self._failed.may_pass(connector_id, error) and is_id(connector_id):
            self._left.setdefault(connector_id, row)
            self._hopeless.pop(connector_id, None)  # only a reading can confirm that no sync will come
        else:
            self._left[connector_id] = row
            self._hopeless[connector_id] = ALWAYS

    def _given_up(self, connector_id: str, row: Row, error: SlipwayError) -> Row:
        """Return the row of a connector that is not fresh when the wait ends with ``error``."""
        if connector_id in self._hopeless:
            return row
        why = self._failed.cause(connector_id, error)
        at_the_end = isinstance(why, DeadlineReached)
        lead = f"not fresh within {span(self._wait.deadline.seconds)}" if at_the_end else f"{why.reason}; last seen"
        row.code, row.status, row.reason = why.code, why.status, f"{lead}: {row.reason}"
        return row

    def _keep_left(self, prefix: str) -> None:
        """Keep the rows of the connectors that are left. A stale one may yet become fresh, so it ends with 255."""
        for row in self._left.values():
            if row.code == ExitCode.STALE:
                row.code, row.reason = ExitCode.NOT_FINISHED, prefix + row.reason
            self._batch.keep(row)

    def _save_quickly(self) -> None:
        """Write the last rows and the page if that takes at most ``QUICK`` seconds. The exit code does not change."""
        if not self._all_read:
            return  # a page of only some connectors would mislead
        self._keep_left("")
        self._batch.run.note(progress=self._progress.summary())
        try:
            why = "" if within(QUICK, self._save) else f"that took more than {QUICK:.0f} s"
        except Exception as error:  # the exit code must say that the run was interrupted, not that this failed
            why = str(error)
        if why:
            self._batch.run.say(f"Slipway: warning: what was read last was not saved: {why}")
