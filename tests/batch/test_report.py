"""The exit code of a batch, the order of its rows, and their file."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from shared.batch.report import GRAVITY, _lines, exit_code, worst_first
from shared.exit_codes import ExitCode as Code
from shared.fivetran.batch.row import Row
from shared.program.result import clean
from shared.redaction import Redactor
from shared.status import Status


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], Code.DONE),
        ([Code.DONE, Code.DONE], Code.DONE),
        ([Code.DONE, Code.NOT_FINISHED], Code.NOT_FINISHED),
        ([Code.NOT_FINISHED, Code.DEADLINE_REACHED], Code.DEADLINE_REACHED),
        ([Code.PAUSED, Code.SYNC_FAILED, Code.UNKNOWN_ID, Code.NOT_FINISHED], Code.SYNC_FAILED),
        ([Code.PAUSED, Code.UNKNOWN_ID, Code.CREDENTIALS_REFUSED], Code.UNKNOWN_ID),
        ([Code.PAUSED, Code.CREDENTIALS_REFUSED], Code.CREDENTIALS_REFUSED),
        ([Code.SETUP_BROKEN, Code.PAUSED, Code.NOT_STARTED], Code.PAUSED),
        ([Code.NOT_STARTED, Code.SETUP_BROKEN], Code.SETUP_BROKEN),
        ([Code.NOT_FINISHED, Code.NOT_STARTED], Code.NOT_STARTED),
        ([Code.NOT_FINISHED, Code.TRIGGER_UNKNOWN], Code.TRIGGER_UNKNOWN),
        ([Code.STALE, Code.UNREACHABLE], Code.STALE),
        ([Code.DONE, Code.UNREACHABLE], Code.UNREACHABLE),
    ],
)
def test_the_gravest_code_is_the_runs(codes: list[Code], expected: Code) -> None:
    assert exit_code(codes) == expected
    assert exit_code(reversed(codes)) == expected


def test_every_code_has_its_place_and_what_is_to_be_tried_again_comes_after_what_is_not() -> None:
    assert set(GRAVITY) == set(Code)
    assert len(GRAVITY) == len(Code)
    again = [code.retry for code in GRAVITY[:-1]]
    assert again == sorted(again)


def test_the_worst_come_first_and_equals_by_weight_then_name() -> None:
    rows = [Row(*row, "", "") for row in [("b", Code.DONE), ("d", Code.STALE), ("c", Code.STALE), ("a", Code.STALE)]]
    rows[1].weight = 2.0
    assert [row.connector_id for row in worst_first(rows)] == ["d", "a", "c", "b"]


@pytest.mark.parametrize(
    ("reason", "more"),
    [
        ("a sync was triggered", {}),
        ("it said hunter2-hunter2, twice", {}),
        ("it said hunter2%2Dhunter2", {}),
        ("größer als hunter2-hunter2", {}),
        ("a sync was triggered", {"rows": 12345678}),
        ("a sync was triggered", {"hunter2-hunter2": 1}),
        ("a sync was triggered", {"auth": {"mode": "open"}}),
        ('its "config": {} is empty', {"inner": {"config": ["a"]}}),
    ],
)
def test_the_file_of_rows_has_no_secret_and_each_field_as_it_would_be_by_itself(
    reason: str, more: dict[str, Any]
) -> None:
    redactor = Redactor()
    for secret in ("hunter2-hunter2", "12345678"):
        redactor.add(secret)
    row = Row("speak_inexpensive", Code.DONE, Status.TRIGGERED, reason)
    row.more = more
    (line,) = _lines(SimpleNamespace(redactor=redactor), [row])  # type: ignore[arg-type]  # it uses no more of a run
    assert json.loads(line) == redactor.data(clean(row.facts()))
    assert "hunter2-hunter2" not in line.decode()
    assert line.count(b"\n") == 1
