"""How fresh the data of many is: rows, a picture, a table for a page in Markdown."""

from datetime import datetime
from typing import Any

from shared.fivetran.batch.batch import Fleet
from shared.fivetran.batch.reading import Seen
from shared.fivetran.batch.report import FOLDER, Row, conclude, worst_first
from shared.fivetran.connector import Connector
from shared.fivetran.freshness import freshness, sentence
from shared.fivetran.freshness_page import markdown, page
from shared.program.outputs.files import append
from shared.program.run import Outcome, Run

PAGE = "freshness.html"
SUMMARY = "GITHUB_STEP_SUMMARY"


def check(run: Run[Any]) -> Outcome:
    """The age of each selected connector's data; nothing is ever triggered."""
    fleet = Fleet(run)
    run.artifacts.remove(FOLDER, PAGE)  # as the rows: where this run is killed, yesterday's page says nothing
    clock: list[datetime] = []

    def look(seen: Seen) -> Row:
        assert seen.connector is not None
        if seen.connector.read_at:
            clock[:] = [seen.connector.read_at]
        return _row(seen.connector, run.settings.max_age)

    fleet.each(fleet.look(), "connector", look, fleet.keep)
    rows = worst_first(fleet.rows.values())
    where = run.artifacts.write(FOLDER, PAGE, page(rows, clock[0] if clock else None, run.redactor.text))
    if summary := run.settings.given.text(SUMMARY):
        try:
            append(summary, markdown(rows, run.redactor.text))
        except (OSError, ValueError) as error:  # as any other place that the result goes to: the outcome stands
            run.say(f"Slipway: warning: the table did not reach {SUMMARY}: {error}")
    return conclude(run, rows, page=where)


def _row(connector: Connector, max_age: float | None) -> Row:
    found = freshness(connector, max_age)
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
