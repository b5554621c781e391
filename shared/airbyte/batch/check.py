"""check_sync_status for a batch."""

from collections.abc import Sequence

from shared.airbyte.batch.batch import Batch, Reading
from shared.airbyte.batch.row import Row
from shared.airbyte.batch.wait import BatchWait
from shared.airbyte.conclusion import conclude
from shared.airbyte.job import SYNCING, Connection, Job
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.lookup import locate, lookup, missing
from shared.airbyte.newest_jobs import Newest, newest_jobs
from shared.airbyte.record import Record
from shared.airbyte.selection import SelectionSettings
from shared.batch.records import records_to_check
from shared.errors import NotStarted
from shared.exit_codes import ExitCode
from shared.program.run import Outcome, Run
from shared.status import Status

_MAY_PASS = (ExitCode.NOT_FINISHED, ExitCode.STATE_UNKNOWN)
"""Codes of a first reading after which a wait goes on."""


def check(run: Run, records: Sequence[Record], *, selection: SelectionSettings, waiting: WaitSettings) -> Outcome:
    """Return the verdicts of all selected connections, or of those in ``records`` if they are the selection."""
    batch = Batch(run, selection, [str(record.connection_id) for record in records])
    try:
        readings = batch.read()
        known = records_to_check(lookup(run), records, batch.ids, given=bool(batch.settings.connection_ids))
        newest = newest_jobs(batch.api, [one.value for one in readings if one.value], run.say)
        waits: dict[str, tuple[Connection, Record]] = {}

        def judge(reading: Reading) -> Row:
            record = known.get(reading.subject)
            row = _judged(batch, reading.found, record, newest, waiting)
            row.execution_time = record.execution_time if record else None
            if waiting.wait and row.code in _MAY_PASS:
                job_id = row.job["job_id"]
                awaited = Record(reading.subject, None, job_id=job_id) if job_id else record
                if awaited and not awaited.is_queued:
                    waits[reading.subject] = reading.found, awaited
            return row

        def took(row: Row) -> None:
            if row.subject in waits:
                batch.progress.changed(row.subject, str(row.status), row.reason)
            elif waiting.wait:
                batch.end(row)
            else:
                batch.keep(row)

        def ended(row: Row) -> None:
            record = known.get(row.subject)
            row.execution_time = record.execution_time if record else None
            batch.end(row)

        batch.each(readings, "job", judge, took)
        if waits:
            BatchWait(batch, waiting, waits, ended).until_ended()
        return batch.conclude()
    finally:
        batch.progress.close()


def _judged(batch: Batch, connection: Connection, record: Record | None, newest: Newest, settings: WaitSettings) -> Row:
    """Judge one connection's job: that of its record, else its latest sync."""
    if record and not record.started:
        raise NotStarted("the step before started nothing: it was refused or not sent", vendor="Airbyte")
    connection_id, job = connection.id.lower(), newest[connection.id]
    if not isinstance(job, Job) or not _is_meant(job, record):
        job, answer = locate(batch.api, record, connection_id)
        if job is None:
            status = Status.QUEUED if record and record.is_queued else Status.NO_JOB
            return Row(connection_id, ExitCode.NOT_FINISHED, status, missing(record, answer.date)).about(connection)
    judged, job = conclude(batch.run, batch.api, job, settings, one_of_many=True)
    return batch.row_of(connection, judged, job, settings.min_rows)


def _is_meant(job: Job, record: Record | None) -> bool:
    return job.kind in SYNCING if record is None else record.job_id is not None and job.id == record.job_id
