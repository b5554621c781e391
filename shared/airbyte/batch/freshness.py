"""check_freshness: judge each connection, and write the rows, the HTML page and a table in Markdown."""

from collections.abc import Sequence
from datetime import datetime

from shared.airbyte.api import page_of
from shared.airbyte.batch.batch import Batch, Reading, workspace_names
from shared.airbyte.batch.row import Row
from shared.airbyte.freshness import WORDS, Jobs, freshness, judged_as
from shared.airbyte.job import Connection
from shared.airbyte.newest_jobs import Newest, newest_jobs
from shared.airbyte.selection import SelectionSettings
from shared.batch.report import worst_first
from shared.errors import SlipwayError
from shared.freshness.judgement import sentence
from shared.freshness.report import forget_page, judged_row, report
from shared.freshness.shown import Shown, unread
from shared.program.run import Outcome, Run


def check(run: Run, settings: SelectionSettings, *, max_age: float | None) -> Outcome:
    """Judge the age of each selected connection's data. Nothing is triggered."""
    batch = Batch(run, settings)
    forget_page(run)
    readings = batch.read()
    jobs = _jobs(batch, [reading.value for reading in readings if reading.value])
    clock: list[datetime] = []
    found: dict[str, Shown] = {}

    def row_of(reading: Reading) -> Row:
        one = reading.found
        clock[:] = [one.answer.date] if one.answer.date else clock
        known = jobs[one.id]
        if isinstance(known, SlipwayError):
            raise known
        judged = freshness(one, known, max_age)
        link = page_of(batch.api.server, one) or ""
        found[reading.subject] = judged_as(one, known, judged, link)
        row = Row(reading.subject, judged.code, judged.status, sentence(judged))
        return judged_row(row.about(one, known.synced or known.newest), judged, link)

    batch.each(readings, "connection", row_of, batch.keep)
    rows = worst_first(batch.rows.values())
    shown = [found.get(row.subject) or unread(row, row.connection_name) for row in rows]
    names = workspace_names(batch.api, {one.group for one in shown if one.group}, run.say)
    shown = [one._replace(group=names.get(one.group) or one.group) for one in shown]
    return report(run, Row, rows, shown, clock[0] if clock else None, WORDS)


def _jobs(batch: Batch, connections: Sequence[Connection]) -> dict[str, Jobs | SlipwayError]:
    """Read each connection's newest job and, if that did not succeed, the newest one that did."""
    newest = newest_jobs(batch.api, connections, batch.run.say)

    def succeeded(connection: Connection) -> bool:
        job = newest[connection.id]
        return isinstance(job, SlipwayError) or job is None or job.status == "succeeded"

    older: Newest = newest_jobs(
        batch.api, [one for one in connections if not succeeded(one)], batch.run.say, "succeeded"
    )
    found: dict[str, Jobs | SlipwayError] = {}
    for one in connections:
        last, good = newest[one.id], older.get(one.id, newest[one.id])
        if isinstance(last, SlipwayError):
            found[one.id] = last
        else:
            found[one.id] = good if isinstance(good, SlipwayError) else Jobs(last, good)
    return found
