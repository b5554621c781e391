"""What check_freshness leaves: the rows, the HTML page, a table in Markdown."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from shared.batch.report import FOLDER, R, conclude
from shared.freshness.judgement import Freshness
from shared.freshness.markdown import markdown
from shared.freshness.page import page
from shared.freshness.shown import Shown, Words
from shared.program.outputs.files import append
from shared.program.run import Outcome, Run

PAGE = "freshness.html"
SUMMARY = "GITHUB_STEP_SUMMARY"


def forget_page(run: Run) -> None:
    """Remove an older page, like the rows: if this run is killed, it must not be mistaken for this run's."""
    run.artifacts.remove(FOLDER, PAGE)


def judged_row(row: R, found: Freshness, dashboard: str) -> R:
    """Return a row with what was found of its freshness. The latest by its own limit is the worst."""
    row.weight = found.share if found.share is not None else float("inf")
    row.more = {
        "state": found.state,
        "age_seconds": found.age,
        "limit_seconds": found.limit,
        "why": found.why,
        "dashboard": dashboard,
    }
    return row


def report(
    run: Run, kind: type[R], rows: Sequence[R], shown: Sequence[Shown], now: datetime | None, words: Words
) -> Outcome:
    """Write rows, page and table. ``rows`` and ``shown`` are sorted, worst first; ``now`` is the server's clock."""
    where = run.artifacts.write(FOLDER, PAGE, page(shown, now, words, run.redactor.text))
    if summary := run.environment.text(SUMMARY):
        try:
            append(summary, markdown(shown, words, run.redactor.text))
        except (OSError, ValueError) as error:  # as with every output, the outcome stays
            run.say(f"Slipway: warning: the table did not reach {SUMMARY}: {error}")
    outcome = conclude(run, kind, rows, page=where)
    outcome.closing = f"page: {Path(where).resolve().as_uri()}"
    return outcome
