"""The exit code of a batch, and the order of its rows."""

import pytest

from shared.batch.report import GRAVITY, exit_code, worst_first
from shared.exit_codes import ExitCode as Code
from shared.fivetran.batch.row import Row


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
