"""Triggering many, and waiting for them."""

from collections.abc import Iterator
from itertools import chain

from shared.errors import ArtifactUnusable, SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.batch.batch import Fleet
from shared.fivetran.batch.reading import Seen, is_id
from shared.fivetran.batch.records import FleetTraces, forget
from shared.fivetran.batch.report import Row
from shared.fivetran.batch.wait import FleetWait
from shared.fivetran.connector import Connector
from shared.fivetran.policy import Policy
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings, WaitSettings
from shared.fivetran.trigger import Trigger
from shared.program.run import Outcome, Run
from shared.status import Status

FRESH = 30.0
"""Seconds after which a row of a list is too old to trigger by: a sync may have come and gone since."""
_STARTED = (Status.TRIGGERED, Status.JOINED)


class FleetTrigger(Trigger):
    """One connector's story, many times over: each says how it ended only, and the details come from a list."""

    looked_just_now = False

    def _say_decision(self, connector: Connector) -> None:
        if self.run.dry_run:
            super()._say_decision(connector)

    def _achieved(self, connector: Connector) -> None:
        self.run.achieved = "syncs were triggered"


def sync(
    run: Run, account: FivetranSettings, policy: Policy, *, selection: SelectionSettings, waiting: WaitSettings
) -> Outcome:
    """Trigger every selected connector; with FIVETRAN_WAIT wait for those that were started."""
    fleet = Fleet(run, account, selection)
    try:
        traces, looks = _begun(fleet)
        try:
            trigger = FleetTrigger(run, fleet.api, policy, fleet.api.start_sync, traces)
            started = _trigger(fleet, trigger, looks, wait=waiting.wait)
            _read_again(fleet, traces)
        finally:
            traces.finish()
        if started:
            records = {one: traces.get(one) for one in started}
            FleetWait(fleet, waiting, records, lambda row, seen: _ended(fleet, row, traces)).until_ended()
        return fleet.conclude()
    finally:
        fleet.progress.close()


def _begun(fleet: Fleet) -> tuple[FleetTraces, Iterator[Seen]]:
    """The run's traces, held against the server's clock, which the first look tells, and all looks."""
    run = fleet.run
    if not run.run_id:  # nothing of an earlier try to be joined, so nothing of the past may answer from here on
        forget(run.artifacts, None, fleet.ids, None)
    try:
        fleet.select()
        looks = fleet.look()
        first = [seen for seen in (next(looks, None),) if seen is not None]
    except SlipwayError as error:
        _nothing_sent(fleet, error)
        raise
    now = next((seen.connector.read_at for seen in first if seen.connector), None)
    return FleetTraces(run.artifacts, run.run_id, fleet.ids, now, run.say), chain(first, looks)


def _nothing_sent(fleet: Fleet, error: SlipwayError) -> None:
    """Not even read who is meant, so nothing was sent: yesterday's files must not answer for that."""
    try:
        forget(fleet.run.artifacts, fleet.run.run_id, fleet.ids, error.answer.date if error.answer else None)
    except ArtifactUnusable as unusable:  # what the API said decides
        fleet.run.say(f"Slipway: warning: {unusable.message}")


def _trigger(fleet: Fleet, trigger: Trigger, looks: Iterator[Seen], *, wait: bool) -> list[str]:
    """Trigger each of ``looks``. Returns the ids that are to be waited for; the others' rows are final."""
    waiting: list[str] = []

    def start(seen: Seen) -> Row:
        assert seen.connector is not None
        connector, answer = seen.connector, seen.answer
        if fleet.run.clock() - seen.received_at > FRESH:
            connector, answer = fleet.api.get_connector(seen.connector_id)
        started = trigger.begin(connector, answer)
        fleet.save(started.answer, "sync", seen.connector_id)
        row = Row(seen.connector_id, ExitCode.DONE, started.status, started.message)
        return row.about(seen.connector, execution_time=started.trace.execution_time)

    def took(row: Row) -> None:
        if wait and row.status in _STARTED:
            waiting.append(row.connector_id)
            fleet.progress.changed(row.connector_id, row.status, row.reason)
        else:
            fleet.end(row)

    def unread(connector_id: str, error: SlipwayError) -> None:
        if is_id(connector_id):
            trigger.nothing_sent(connector_id, error)

    fleet.each(looks, "sync", start, took, unread)
    return waiting


def _read_again(fleet: Fleet, traces: FleetTraces) -> None:
    """Read all that were started once more, by one list. Without it the clocks alone tell which stamps are new."""
    try:
        for seen in fleet.looking.these(traces.read_once()):
            if seen.connector:
                record = traces.get(seen.connector_id).read_again(seen.connector)
                traces.write(record)
                if row := fleet.rows.get(seen.connector_id):
                    row.about(None, execution_time=record.execution_time)
    except ArtifactUnusable:
        raise
    except SlipwayError as error:
        fleet.run.say(f"{error.message}; the connectors were not read again after their triggers")


def _ended(fleet: Fleet, row: Row, traces: FleetTraces) -> None:
    fleet.end(row.about(None, execution_time=traces.get(row.connector_id).execution_time))
