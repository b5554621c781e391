"""check_freshness: judge the connectors, and write the rows, the HTML page and a table in Markdown."""

from datetime import datetime

from shared.batch.report import worst_first
from shared.errors import SlipwayError
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.reading import Reading
from shared.fivetran.batch.row import Row
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.judgement import freshness
from shared.fivetran.freshness.settings import FreshnessSettings
from shared.fivetran.freshness.shown import WORDS, judged, unread
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.freshness.judgement import Freshness, sentence
from shared.freshness.report import forget_page, judged_row, report
from shared.freshness.shown import Shown
from shared.program.run import Outcome, Run
from shared.status import Status


class Judge:
    """Judge readings, and keep what the page shows of each connector's last reading."""

    def __init__(self, batch: Batch, max_age: float | None) -> None:
        self.batch = batch
        self.shown: dict[str, Shown] = {}
        self.read_at: datetime | None = None
        self._max_age = max_age

    def row(self, reading: Reading) -> Row:
        """Return the row of a connector that was read. Raise the error of a reading that failed."""
        connector = reading.found
        self.read_at = connector.read_at or self.read_at
        found = freshness(connector, self._max_age)
        if found.status == Status.STALE and self.batch.destinations.explain(connector):
            found = freshness(connector, self._max_age)
        self.shown[connector.id] = judged(connector, found)
        return _row(connector, found)


def check(run: Run, account: FivetranSettings, *, selection: SelectionSettings, settings: FreshnessSettings) -> Outcome:
    """Judge the age of each selected connector's data, once or until all of it is fresh. Nothing is triggered."""
    batch = Batch(run, account, selection)
    forget_page(run)
    judge = Judge(batch, settings.max_age)
    if settings.wait_until_fresh:
        from shared.fivetran.batch.freshness_wait import FreshnessWait  # imported only if it is used

        FreshnessWait(batch, settings, judge.row, lambda: _conclude(run, judge, quick=True)).until_fresh()
    else:
        batch.each(batch.read(), "connector", judge.row, batch.keep)
    return _conclude(run, judge)


def _conclude(run: Run, judge: Judge, *, quick: bool = False) -> Outcome:
    """Write the rows, the page and the table. With ``quick`` no call is made, so groups are shown by their ids."""
    batch = judge.batch
    rows = worst_first(batch.rows.values())
    shown = [judge.shown.get(row.connector_id) or unread(row) for row in rows]
    return report(run, Row, rows, shown if quick else _in_named_groups(batch, shown), judge.read_at, WORDS)


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
    return judged_row(row, found, connector.dashboard)
