"""Trigger many syncs, and wait for them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.airbyte.batch.batch import Batch, Reading
from shared.airbyte.batch.row import Row
from shared.airbyte.batch.wait import BatchWait, Jobs
from shared.airbyte.job import Connection, Job
from shared.airbyte.job_settings import WaitSettings
from shared.airbyte.newest_jobs import newest_jobs
from shared.airbyte.record import JOB, Record, is_id
from shared.airbyte.selection import TriggerSettings
from shared.airbyte.trigger import Reading as Before
from shared.airbyte.trigger import StartJob
from shared.batch.records import BatchRecords
from shared.batch.trigger import FRESH, TO_WAIT_FOR, triggering
from shared.errors import SlipwayError
from shared.exit_codes import ExitCode
from shared.program.run import Outcome, Run
from shared.send_once import nothing_sent, send_once

CHUNK = 50
"""Connections whose newest jobs are read together, right before they are triggered."""


def sync(run: Run, settings: TriggerSettings, *, waiting: WaitSettings) -> Outcome:
    """Start a sync of every selected connection. With AIRBYTE_WAIT wait for the started ones."""
    batch = Batch(run, settings)
    try:
        with triggering(batch, JOB, lambda: _selected(batch), "AIRBYTE_NAME or AIRBYTE_TAG") as (records, readings):
            started = _trigger(batch, settings, records, readings, wait=run.waits(waiting.wait))
        if started:
            BatchWait(batch, waiting, started, lambda row: _ended(batch, row, records)).until_ended()
        return batch.conclude()
    finally:
        batch.progress.close()


def _selected(batch: Batch) -> tuple[Sequence[Reading], datetime | None]:
    """Return all readings, and the server's time, None if that is not known."""
    readings = batch.read()
    return readings, next((one.value.answer.date for one in readings if one.value), None)


def _trigger(
    batch: Batch,
    settings: TriggerSettings,
    records: BatchRecords[Record],
    readings: Sequence[Reading],
    *,
    wait: bool,
) -> Jobs:
    """Trigger each of ``readings``. Return the jobs to wait for; the other rows are final."""
    waiting: dict[str, tuple[Connection, Record]] = {}
    before: dict[str, tuple[float, Before]] = {}

    def start(reading: Reading) -> Row:
        one = reading.subject
        read_at, known = before.pop(one)
        action = StartJob(batch.run, settings, batch.api, one, reading.value)
        fresh = known if batch.run.clock() - read_at <= FRESH else action.read(batch.api)
        started = send_once(batch.run, action, records.of(one), fresh._replace(connection=reading.value))
        row = Row(one, ExitCode.DONE, started.status, started.message).about(reading.value, action.job)
        row.answer, row.execution_time = started.answer, started.record.execution_time
        if wait and action.job and started.status in TO_WAIT_FOR and reading.value:
            waiting[one] = reading.value, started.record
        return row

    def took(row: Row) -> None:
        if row.subject in waiting:
            batch.progress.changed(row.subject, str(row.status), row.reason)
        else:
            batch.end(row)

    def unread(connection_id: str, error: SlipwayError) -> None:
        if is_id(connection_id):
            action = StartJob(batch.run, settings, batch.api, connection_id)
            nothing_sent(batch.run, action, records.of(connection_id), error)

    batch.each(_with_jobs(batch, readings, before), "sync", start, took, unread)
    return waiting


def _with_jobs(batch: Batch, readings: Sequence[Reading], before: dict[str, tuple[float, Before]]) -> Iterator[Reading]:
    """Yield ``readings``. Before each chunk, read its newest jobs into ``before`` (time of reading, reading)."""
    for first in range(0, len(readings), CHUNK):
        chunk = readings[first : first + CHUNK]
        known = [one.value for one in chunk if one.value]
        try:
            jobs = newest_jobs(batch.api, known, batch.run.say)
        except SlipwayError as error:
            if not first:
                raise  # nothing was sent yet
            jobs = dict.fromkeys((one.id for one in known), error)
        at = batch.run.clock()
        answers = [job.answer for job in jobs.values() if isinstance(job, Job)]
        for reading in chunk:
            if reading.value and not reading.error:
                job = jobs[reading.value.id]
                if isinstance(job, SlipwayError):
                    reading.error = job
                else:
                    answer = max([reading.value.answer, *answers], key=lambda one: one.received_at)
                    before[reading.subject] = at, Before(reading.value, [job] if job else [], answer)
            yield reading


def _ended(batch: Batch, row: Row, records: BatchRecords[Record]) -> None:
    row.execution_time = records.get(row.subject).execution_time
    batch.end(row)
