"""Report the result of a batch: a row for each connector or connection, counts, the worst rows, one exit code."""

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from shared.exit_codes import ExitCode
from shared.http.response import Answer
from shared.program.result import clean
from shared.program.run import Outcome, Run
from shared.redaction import MASKED_KEYS
from shared.status import Status
from shared.terminal.table import show_table

FOLDER = "artifacts"
WORST = 20
"""Rows in the result line and in the table. The file has all rows."""

_C = ExitCode
GRAVITY = (
    *(_C.BUG, _C.SYNC_FAILED, _C.JOB_FAILED),
    *(_C.INPUT_INVALID, _C.INTERVAL_INVALID, _C.UNKNOWN_ID, _C.REQUEST_REFUSED, _C.ARTIFACT_UNUSABLE),
    *(_C.CREDENTIALS_REFUSED, _C.PAUSED, _C.SETUP_BROKEN, _C.NOT_STARTED),
    *(_C.ALREADY_RUNNING, _C.TRIGGER_UNKNOWN, _C.STATE_UNKNOWN, _C.CANCELLED, _C.STALE),
    *(_C.INTERRUPTED, _C.TERMINATED, _C.HUNG_UP),
    *(_C.DEADLINE_REACHED, _C.RATE_LIMITED, _C.UNREACHABLE, _C.NOT_FINISHED, _C.DONE),
)
"""The batch's exit code is the first of these that any row has: failures, then codes that need somebody's action
(input, credentials, paused, broken, not started and so on), then codes after which a retry may succeed, then done."""
_RANK = {code: rank for rank, code in enumerate(GRAVITY)}


def exit_code(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the gravest of ``codes``, DONE if there are none."""
    return min(codes, key=_RANK.__getitem__, default=ExitCode.DONE)


class Row(ABC):
    """One subject's outcome: ``code``, ``status`` for programs, ``reason`` for people. There may be thousands.

    ``noun`` is what a subject is called, such as ``connector``; ``columns`` are the headings of the table.
    """

    __slots__ = ("answer", "code", "more", "reason", "status", "subject", "weight")
    vendor: str
    noun: str
    columns: Sequence[str]

    def __init__(self, subject: str, code: ExitCode, status: Status, reason: str) -> None:
        self.subject = subject
        self.code = code
        self.status = status
        self.reason = reason
        self.more: Mapping[str, Any] | None = None
        self.answer: Answer | None = None  # what goes to the response file, until that is written
        self.weight = 0.0  # among rows with the same code the heaviest is the worst

    @abstractmethod
    def about(self, subject: Any, /) -> "Row":
        """Add the most important fields of the connector or connection, None if it was not read. Return this row."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Return the row's fields for the result line and the file of rows."""

    @abstractmethod
    def cells(self) -> list[Any]:
        """Return the cells of the row in the table, one for each of ``columns``."""


R = TypeVar("R", bound=Row)


def worst_first(rows: Iterable[R]) -> list[R]:
    return sorted(rows, key=lambda row: (_RANK[row.code], -row.weight, row.subject))


def forget_rows(run: Run) -> None:
    """Remove an earlier run's rows before anything is sent: if this run is killed, they must not pass for its rows."""
    run.artifacts.remove(FOLDER, rows_name(run))


def conclude(run: Run, kind: type[R], found: Iterable[R], **data: Any) -> Outcome:
    """Write all rows to a file and the worst as a table to stderr. Return the outcome of the batch."""
    rows = worst_first(found)
    path = run.artifacts.write(FOLDER, rows_name(run), _lines(run, rows))
    counts = dict(Counter(row.status for row in rows).most_common())
    show_table(run, kind.columns, [row.cells() for row in rows[:WORST]])
    code = exit_code(row.code for row in rows)
    said = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())
    first = next((row for row in rows if row.code == code), None)
    status = first.status if first and (code != ExitCode.DONE or len(counts) == 1) else Status.DONE
    plural = "" if len(rows) == 1 else "s"
    why = f"; {first.subject}: {first.reason}" if first and code != ExitCode.DONE else ""
    shown = [row.facts() for row in rows[:WORST]]
    more = {"selected": len(rows), "counts": counts, "worst": shown, "rows": path, **data}
    return Outcome(status, f"{len(rows)} {kind.noun}{plural}: {said}{why}; each of them in {path}", code, more)


def rows_name(run: Run) -> str:
    """Return the name of the file of rows: ``execute_sync_rows.ndjson``, with the run id before it if there is one."""
    name = f"{run.name.rpartition('/')[2]}_rows.ndjson"
    return f"{run.run_id}_{name}" if run.run_id else name


def _lines(run: Run, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a line of JSON for each row, without secrets. Most rows have none, which one look at the line shows."""
    for row in rows:
        facts = clean(row.facts())
        line = json.dumps(facts)
        if not run.redactor.is_clean(line) or any(f'"{key}": ' in line for key in MASKED_KEYS):
            line = json.dumps(run.redactor.data(facts))
        yield line.encode() + b"\n"
