"""Triggering many, and waiting for them."""

from collections.abc import Iterator
from itertools import chain

from shared.artifacts.record_store import lock_of
from shared.batch.records import LONGEST_TRIGGERING, BatchRecords, forget, nothing_selected, refuse_too_many
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
from shared.run_lock import exclusive
from shared.send_once import nothing_sent, send_once
from shared.status import Status

FRESH = 30.0
"""Seconds after which a row of a list is too old to trigger by: a sync may have come and gone since."""
_STARTED = (Status.TRIGGERED, Status.JOINED)


def sync(
    run: Run, account: FivetranSettings, policy: Policy, *, selection: SelectionSettings, waiting: WaitSettings
) -> Outcome:
    """Trigger every selected connector; with FIVETRAN_WAIT wait for those that were started."""
    batch = Batch(run, account, selection)
    try:
        with exclusive(run, lock_of(FORCE_SYNC, run.run_id), LONGEST_TRIGGERING):
            records, started = _triggered(batch, policy, wait=waiting.wait)
        if started:
            known = {one: records.get(one) for one in started}
            BatchWait(batch, waiting, known, lambda row, _: _ended(batch, row, records)).until_ended()
        return batch.conclude()
    finally:
        batch.progress.close()


def _triggered(batch: Batch, policy: Policy, *, wait: bool) -> tuple[BatchRecords[Record], list[str]]:
    """Trigger all. Returns their records, and the ids that are to be waited for."""
    records, readings = _begun(batch)
    try:
        started = _trigger(batch, policy, records, readings, wait=wait)
        _read_again(batch, records)
    finally:
        records.finish()
    return records, started


def _begun(batch: Batch) -> tuple[BatchRecords[Record], Iterator[Reading]]:
    """The run's records, held against the server's clock, which the first reading tells, and all readings."""
    run = batch.run
    if not run.run_id:  # nothing of an earlier try to be joined, so nothing of the past may answer from here on
        forget(run.artifacts, FORCE_SYNC, None, batch.ids, None)
    try:
        batch.select()
        readings = batch.read()
        first = [reading for reading in (next(readings, None),) if reading is not None]
    except SlipwayError as error:
        nothing_selected(run, FORCE_SYNC, batch.ids, error)
        raise
    refuse_too_many(
        run, FORCE_SYNC, len(batch.ids), "FIVETRAN_GROUP_ID, FIVETRAN_SERVICE or FIVETRAN_SCHEMA", vendor="Fivetran"
    )
    now = next((reading.value.read_at for reading in first if reading.value), None)
    return BatchRecords(run.artifacts, FORCE_SYNC, run.run_id, batch.ids, now, run.say), chain(first, readings)


def _trigger(
    batch: Batch, policy: Policy, records: BatchRecords[Record], readings: Iterator[Reading], *, wait: bool
) -> list[str]:
    """Trigger each of ``readings``. Returns the ids that are to be waited for; the others' rows are final."""
    waiting: list[str] = []

    def operation(connector_id: str) -> Sync:
        return Sync(batch.run, batch.api, policy, batch.api.start_sync, connector_id, one_of_many=True)

    def start(reading: Reading) -> Row:
        one, before = reading.subject, reading.found
        if batch.run.clock() - before.received_at > FRESH:
            before = batch.api.get_connector(one)
        started = send_once(batch.run, operation(one), records.of(one), before)
        batch.save(started.answer, "sync", one)
        row = Row(one, ExitCode.DONE, started.status, started.message)
        return row.about(reading.value, execution_time=started.record.execution_time)

    def took(row: Row) -> None:
        if wait and row.status in _STARTED:
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
    """Read all that were started once more, by one list. Without it the clocks alone tell which stamps are new."""
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
