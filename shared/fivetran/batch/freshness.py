"""check_freshness: rows, the HTML page, a table in Markdown."""

from datetime import datetime

from shared.batch.report import worst_first
from shared.errors import SlipwayError
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.reading import Reading
from shared.fivetran.batch.row import Row
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import freshness
from shared.fivetran.freshness.shown import WORDS, judged, unread
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.freshness.judgement import Freshness, sentence
from shared.freshness.report import forget_page, report
from shared.freshness.shown import Shown
from shared.program.run import Outcome, Run
from shared.status import Status


def check(run: Run, account: FivetranSettings, settings: SelectionSettings, *, max_age: float | None) -> Outcome:
    """Judge the age of each selected connector's data. Nothing is triggered."""
    batch = Batch(run, account, settings)
    forget_page(run)
    clock: list[datetime] = []
    found: dict[str, Shown] = {}

    def row_of(reading: Reading) -> Row:
        assert reading.connector is not None
        if reading.connector.read_at:
            clock[:] = [reading.connector.read_at]
        fresh = freshness(reading.connector, max_age)
        if fresh.status == Status.STALE and batch.destinations.explain(reading.connector):
            fresh = freshness(reading.connector, max_age)
        found[reading.connector_id] = judged(reading.connector, fresh)
        return _row(reading.connector, fresh)

    batch.each(batch.read(), "connector", row_of, batch.keep)
    rows = worst_first(batch.rows.values())
    shown = _in_named_groups(batch, [found.get(row.connector_id) or unread(row) for row in rows])
    return report(run, Row, rows, shown, clock[0] if clock else None, WORDS)


def _in_named_groups(batch: Batch, rows: list[Shown]) -> list[Shown]:
    """Replace group ids by names. This costs one more call if there are several groups."""
    ids = {row.group for row in rows if row.group}
    names: dict[str, str] = {}
    try:
        if len(ids) > 1:
            groups = [group for page in batch.api.list_groups() for group in page.items]
            names = {str(group.get("id")): str(group.get("name") or "") for group in groups}
    except SlipwayError as error:  # a key that may read connectors need not be allowed to read groups
        batch.run.say(f"Slipway: warning: groups are shown by their ids: {error.message}")
    return [row._replace(group=names.get(row.group) or row.group) for row in rows]


def _row(connector: Connector, found: Freshness) -> Row:
    row = Row(connector.id, found.code, found.status, sentence(found)).about(connector)
    row.weight = found.share if found.share is not None else float("inf")
    row.more = {
        "state": found.state,
        "age_seconds": found.age,
        "limit_seconds": found.limit,
        "why": found.why,
        "dashboard": connector.dashboard,
    }
    return row
