"""check_sync_status for a batch."""

from collections.abc import Callable, Mapping
from datetime import datetime

from shared.batch.records import records_to_check
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.reading import Reading
from shared.fivetran.batch.row import Row
from shared.fivetran.batch.wait import BatchWait
from shared.fivetran.connector import Connector
from shared.fivetran.lookup import lookup
from shared.fivetran.record import Record
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings, WaitSettings
from shared.program.run import Outcome, Run

RecordOf = Callable[[str], Record | None]


def check(
    run: Run,
    account: FivetranSettings,
    records: list[Record],
    *,
    selection: SelectionSettings,
    waiting: WaitSettings,
    execution_time: datetime | None,
) -> Outcome:
    """Judge all selected connectors, or those of ``records`` if there are any, and return the outcome of the batch."""
    batch = Batch(run, account, selection, [record.connector_id for record in records])
    try:
        if waiting.wait:
            batch.select()
        known: Mapping[str, Record] = {}
        if not execution_time:
            known = records_to_check(lookup(run), records, batch.ids, given=bool(selection.connector_ids))

        def record_of(connector_id: str) -> Record | None:
            """Return the record to judge a connector by. FIVETRAN_EXECUTION_TIME applies to all connectors."""
            return Record(connector_id, execution_time) if execution_time else known.get(connector_id)

        if waiting.wait:
            _wait(batch, waiting, record_of)
        else:
            start = waiting.start_timeout
            batch.each(batch.read(), "connector", lambda reading: _judged(batch, reading, record_of, start), batch.keep)
        return batch.conclude()
    finally:
        batch.progress.close()


def _judged(batch: Batch, reading: Reading, record_of: RecordOf, start_timeout: float) -> Row:
    connector, record = reading.found, record_of(reading.subject)
    found = batch.destinations.verdict(connector, record, start_timeout)
    row = Row(reading.subject, found.code, found.status, found.reason)
    row.answer = connector.answer
    return row.about(connector, execution_time=record.execution_time if record else None)


def _wait(batch: Batch, settings: WaitSettings, record_of: RecordOf) -> None:
    def ended(row: Row, connector: Connector | None) -> None:
        if connector is not None:
            batch.save(connector.answer, "connector", row.connector_id)
        record = record_of(row.connector_id)
        batch.end(row.about(None, execution_time=record.execution_time if record else None))

    records = {one: record_of(one) for one in batch.ids}
    BatchWait(batch, settings, records, ended).until_ended()
