"""Trigger many connectors, and wait for their syncs."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from shared.batch.records import BatchRecords
from shared.batch.trigger import FRESH, TO_WAIT_FOR, triggering
from shared.errors import ArtifactUnusable, SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.reading import Reading, is_id
from shared.fivetran.batch.row import Row
from shared.fivetran.batch.wait import BatchWait
from shared.fivetran.policy import Policy
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings, WaitSettings
from shared.fivetran.trigger import Sync
from shared.program.run import Outcome, Run
from shared.send_once import nothing_sent, send_once


def sync(
    run: Run, account: FivetranSettings, policy: Policy, *, selection: SelectionSettings, waiting: WaitSettings
) -> Outcome:
    """Trigger every selected connector. With FIVETRAN_WAIT wait for the syncs that were started or joined."""
    batch = Batch(run, account, selection)
    try:
        fewer_by = "FIVETRAN_GROUP_ID, FIVETRAN_SERVICE or FIVETRAN_SCHEMA"
        with triggering(batch, FORCE_SYNC, lambda: _selected(batch), fewer_by) as (records, readings):
            started = _trigger(batch, policy, records, readings, wait=run.waits(waiting.wait))
            _read_again(batch, records)
        if started:
            wait = BatchWait(
                batch, waiting, {one: records.get(one) for one in started}, lambda row, _: _ended(batch, row, records)
            )
            wait.until_ended()
        return batch.conclude()
    finally:
        batch.progress.close()


def _selected(batch: Batch) -> tuple[Iterator[Reading], datetime | None]:
    """Return all readings, and the server's time from the first one, None if that is not known."""
    batch.select()
    readings = batch.read()
    first = [reading for reading in (next(readings, None),) if reading is not None]
    now = next((reading.value.read_at for reading in first if reading.value), None)
    return chain(first, readings), now


def _trigger(
    batch: Batch, policy: Policy, records: BatchRecords[Record], readings: Iterator[Reading], *, wait: bool
) -> list[str]:
    """Trigger each of ``readings``. Return the ids to wait for; the rows of the others are final."""
    waiting: list[str] = []

    def operation(connector_id: str) -> Sync:
        return Sync(batch.run, batch.api, policy, batch.api.start_sync, connector_id, one_of_many=True)

    def start(reading: Reading) -> Row:
        one, before = reading.subject, reading.found
        if batch.run.clock() - before.received_at > FRESH:
            before = batch.api.get_connector(one)
        started = send_once(batch.run, operation(one), records.of(one), before)
        row = Row(one, ExitCode.DONE, started.status, started.message)
        row.answer = started.answer
        return row.about(reading.value, execution_time=started.record.execution_time)

    def took(row: Row) -> None:
        if wait and row.status in TO_WAIT_FOR:
            waiting.append(row.connector_id)
            batch.progress.changed(row.connector_id, row.status, row.reason)
        else:
            batch.end(row)

    def unread(connector_id: str, error: SlipwayError) -> None:
        if is_id(connector_id):
            nothing_sent(batch.run, operation(connector_id), records.of(connector_id), error)

    batch.each(readings, "sync", start, took, unread)
    return waiting


def _read_again(batch: Batch, records: BatchRecords[Record]) -> None:
    """Read all started connectors once more. Otherwise only the clocks could tell which timestamps are new."""
    try:
        for reading in batch.reader.read([one.connector_id for one in records.started() if one.after is None]):
            if reading.value:
                record = records.get(reading.subject).read_again(reading.value)
                records.write(record)
                if row := batch.rows.get(reading.subject):
                    row.about(None, execution_time=record.execution_time)
    except ArtifactUnusable:
        raise
    except SlipwayError as error:
        batch.run.say(f"{error.message}; the connectors were not read again after their triggers")


def _ended(batch: Batch, row: Row, records: BatchRecords[Record]) -> None:
    batch.end(row.about(None, execution_time=records.get(row.connector_id).execution_time))
