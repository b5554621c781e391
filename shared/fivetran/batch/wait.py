"""Waiting for many syncs: one round looks at all that have not ended, in a call per thousand."""

from collections.abc import Callable, Mapping

from shared.errors import DeadlineReached, RateLimited, SlipwayError, Unreachable
from shared.fivetran.batch.batch import Fleet
from shared.fivetran.batch.reading import Row as ListRow
from shared.fivetran.batch.reading import Seen, is_id
from shared.fivetran.batch.report import Row
from shared.fivetran.record import Record
from shared.fivetran.settings import WaitSettings
from shared.fivetran.sync_wait import Ended, Patience, Watch, start_again, stretch
from shared.http.response import asked_to_wait
from shared.parallel import side_by_side
from shared.polling import Look, Wait
from shared.program.signals import Interrupted


class FleetWait:
    """The wait of a fleet. ``ended`` is told of each connector's end as it is seen."""

    def __init__(
        self,
        fleet: Fleet,
        settings: WaitSettings,
        records: Mapping[str, Record | None],
        ended: Callable[[Row, Seen | None], None],
    ) -> None:
        self._fleet = fleet
        self._ended = ended
        self._wait = Wait(settings.wait_timeout, settings.poll_interval, fleet.progress, fleet.run.clock)
        patience = Patience(settings, self._wait)
        self._again: list[str] = []
        self._left = {one: Watch(one, record, patience, self._again.append) for one, record in records.items()}
        self._limited: dict[str, RateLimited] = {}  # by their last look
        self._api = fleet.api.until(self._wait.deadline)
        self._looking = fleet.looking.through(self._api)

    def until_ended(self) -> None:
        """Poll until each connector's verdict is final; at the deadline those that are left have 221.

        Those whose last look was turned away by a rate limit have 222.
        """
        try:
            self._wait.until(self.look)
        except Interrupted:
            self._fleet.run.note(progress=self._fleet.progress.counts())
            raise
        except SlipwayError as error:
            for connector_id in list(self._left):
                why = self._limited.get(connector_id, error) if isinstance(error, DeadlineReached) else error
                self._end(Row(connector_id, why.code, why.status, _unfinished(why)))

    def look(self) -> Look[bool]:
        """One round."""
        due: list[float] = []
        self._again.clear()  # of a look that broke off: who is still put off is seen again
        for seen in self._looking.these(self._left, skip=self._unchanged):
            look = self._judge(seen)
            if look is not None and look.next_in is not None:
                due.append(look.next_in)
        self._start_again()
        usage = self._api.client.usage
        return Look(
            None if self._left else True,
            f"Fivetran: {self._fleet.progress.counts()}",
            min(due, default=None),
            usage.quota_share,
            stretch=stretch(usage.quota_remaining, self._fleet.settings.quota_reserve),
        )

    def _unchanged(self, connector_id: str, row: ListRow) -> bool:
        return self._left[connector_id].unchanged(signature(row))

    def _judge(self, seen: Seen) -> Look[Ended] | None:
        watch = self._left[seen.connector_id]
        connector = seen.connector
        self._limited.pop(seen.connector_id, None)
        if connector is None:
            assert seen.error is not None
            if isinstance(seen.error, RateLimited):
                self._limited[seen.connector_id] = seen.error
            passing = isinstance(seen.error, Unreachable | RateLimited) and is_id(seen.connector_id)
            if not passing:
                self._end(Row(seen.connector_id, seen.error.code, seen.error.status, seen.error.message))
            return None
        try:
            look = watch.judge(connector, seen.answer)
        except Exception as raised:
            error = self._fleet.failure(raised)
            self._end(Row(connector.id, error.code, error.status, error.message).about(connector), seen)
            return None
        if look.found is None:
            state = connector.sync_state
            self._fleet.progress.changed(connector.id, state, look.state.partition(": ")[2].partition(": ")[2])
            settled = look.next_in is None and state != "rescheduled" and not watch.undecided(connector)
            watch.signature = signature(connector.data) if settled else None
            return look
        verdict = look.found.verdict
        self._end(Row(connector.id, verdict.code, verdict.status, verdict.reason).about(connector), seen)
        return look

    def _end(self, row: Row, seen: Seen | None = None) -> None:
        del self._left[row.connector_id]
        self._ended(row, seen)

    def _start_again(self) -> None:
        """Those that were put off until now and that nobody but us starts."""
        due, self._again[:] = list(self._again), []
        fleet = self._fleet
        work = side_by_side(due, lambda one: start_again(fleet.run, self._api, one), fleet.settings.concurrency)
        for _ in work:
            pass


def _unfinished(why: SlipwayError) -> str:
    if isinstance(why, DeadlineReached):
        return "not finished when the deadline of the wait was reached; it goes on without us"
    asked = asked_to_wait(why.answer) if why.answer else ""
    more = f"; {asked}" if asked not in why.message else ""
    return f"not finished within the wait: {why.message}{more}"


def signature(row: ListRow) -> int:
    """What a verdict depends on, as it was written, be it what it may: equal ones need no second look. Thousands are
    kept.
    """
    status = row["status"]
    stamps = (row.get("succeeded_at"), row.get("failed_at"))
    return hash(repr((*stamps, row.get("paused"), status.get("sync_state"), status.get("setup_state"))))
