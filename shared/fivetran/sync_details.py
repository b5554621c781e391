"""Add details of the judged sync to the result: id, start and length from the sync history, and the error's text.

Not every account has these two endpoints, so a failure changes nothing else. Each is called once for a final verdict
about one connector; both together may take ``SECONDS``. Missing details are left out of the result.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared import timestamps
from shared.errors import SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.answers import accepted, plain_text
from shared.fivetran.api import Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.http.deadline import Deadline
from shared.http.response import Answer
from shared.http.usage import SCARCE
from shared.program.run import Run
from shared.program.signals import ignore_signals
from shared.redaction import one_line
from shared.timestamps import span
from shared.verdict import Verdict

SECONDS = 5.0
"""What both calls may take together."""
NOT_HERE = (403, 404)
"""Statuses with which the API refuses an endpoint that the account does not have."""
LONGEST_WINDOW = timedelta(days=7)
MARGIN = timedelta(minutes=1)
"""How far the end of a sync may be from the connector's time stamp, and its start from the trigger."""
MOST_ERRORS, LONGEST_ERROR = 5, 1000


class Sync(NamedTuple):
    """One row of the sync history."""

    id: str
    start: datetime | None
    end: datetime
    reason: str


def add_sync_details(
    run: Run, api: Fivetran, quota_reserve: float | None, connector: Connector, record: Record | None, judged: Verdict
) -> None:
    """Add ``sync_id``, ``sync_started_at``, ``sync_seconds`` and ``sync_error`` to the result as far as they are known.

    The calls are made only for a sync that has ended.
    """
    stamps = {ExitCode.DONE: connector.succeeded_at, ExitCode.SYNC_FAILED: connector.failed_at}
    ended_at = stamps.get(judged.code)
    if ended_at is None or not api.has_newer_endpoints or is_scarce(api, quota_reserve):
        return
    ignore_signals()  # the outcome is known; a signal must not replace it
    failed = judged.code == ExitCode.SYNC_FAILED
    deadline = Deadline(SECONDS)
    once = api.until(deadline, retry_timeout=0.0)
    sync: Sync | None = None
    errors: list[str] = []
    try:
        sync = _find(rows(once.get_sync_history(connector.id, *_window(ended_at, record))), ended_at, failed=failed)
        if failed and not deadline.reached:
            errors = _errors(rows(once.get_errors(connector.id)))
    except (SlipwayError, OverflowError) as error:  # OverflowError: a time stamp near the year 9999
        said = error.reason if isinstance(error, SlipwayError) else str(error)
        run.say(f"Fivetran: some details of the sync are not known: {said}")
    _report(run, sync, [*([sync.reason] if sync and failed else []), *errors])


def is_scarce(api: Fivetran, quota_reserve: float | None) -> bool:
    usage = api.client.usage
    share, left = usage.quota_share, usage.quota_remaining
    return (share is not None and share < SCARCE) or (left is not None and left <= (quota_reserve or 0))


def _window(ended_at: datetime, record: Record | None) -> tuple[datetime, datetime]:
    """Return the window in which the sync started: up to seven days if it was joined or has no record."""
    end = ended_at + MARGIN
    start = end - LONGEST_WINDOW
    if record and not record.running_before:
        start = max(start, min(record.execution_time, ended_at) - MARGIN)
    return start, end


def rows(answer: Answer) -> list[Mapping[str, Any]]:
    """Return an answer's rows; [] if the account does not have the endpoint or the rows are unusable."""
    if answer.status in NOT_HERE:
        return []
    data = accepted(answer).json.get("data")
    items = data.get("items") if isinstance(data, Mapping) else None
    return [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []


def _find(listed: list[Mapping[str, Any]], ended_at: datetime, *, failed: bool) -> Sync | None:
    """Return the sync with the same outcome that ended closest to the connector's time stamp, None if none did."""
    found = [
        sync
        for row in listed
        if is_failed(row) is failed and (sync := parsed(row)) and abs(sync.end - ended_at) <= MARGIN
    ]
    return min(found, key=lambda sync: abs(sync.end - ended_at), default=None)


def is_failed(row: Mapping[str, Any]) -> bool:
    return not _text(row.get("status")).upper().startswith(("COMPLETE", "SUCCE"))


def parsed(row: Mapping[str, Any]) -> Sync | None:
    """Parse a row. Return None if its id or end is missing, as for a running sync."""
    sync_id, end = _text(row.get("sync_id")), _moment(row.get("end"))
    if not sync_id or end is None:
        return None
    return Sync(sync_id, _moment(row.get("start")), end, _text(row.get("reason")))


def _errors(rows: list[Mapping[str, Any]]) -> list[str]:
    """Return the connection's active errors as sentences."""
    said = [(_text(row.get("title")) or _text(row.get("type")), _why(row)) for row in rows[:MOST_ERRORS]]
    return [": ".join(filter(None, parts)) for parts in said]


def _why(row: Mapping[str, Any]) -> str:
    return _text(row.get("reason")) or _text(row.get("message"))


def _text(value: Any) -> str:
    return one_line(plain_text(value), 300) if isinstance(value, str | int | float) else ""


def _moment(value: Any) -> datetime | None:
    try:
        return timestamps.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _report(run: Run, sync: Sync | None, words: list[str]) -> None:
    said: list[str] = []
    if sync:
        run.note(sync_id=sync.id)
        said.append(f"it was sync {sync.id}")
        if sync.start and sync.start <= sync.end:
            seconds = (sync.end - sync.start).total_seconds()
            run.note(sync_started_at=sync.start, sync_seconds=round(seconds, 1))
            said.append(f"which took {span(seconds)}")
    new = [text for n, text in enumerate(words) if text and not any(text in other for other in words[n + 1 :])]
    if error := one_line("; ".join(new), LONGEST_ERROR):
        run.note(sync_error=error)
        said.append(f"it failed with: {error}")
    if said:
        run.say_last(f"Fivetran: {', '.join(said)}")
