"""Write the output of check_freshness: the rows, the HTML page, a table in Markdown."""

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
    """Remove an older page, so that it is not mistaken for this run's if this run is killed."""
    run.artifacts.remove(FOLDER, PAGE)


def judged_row(row: R, found: Freshness, dashboard: str) -> R:
    """Add its freshness to a row and return it. The row that exceeds its limit most counts as the worst."""
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
