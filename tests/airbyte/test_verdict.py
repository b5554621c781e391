"""The verdict for each job status. A status that is not on the list is no success."""

import pytest

from shared.airbyte.job import Job
from shared.airbyte.verdict import verdict
from shared.exit_codes import ExitCode
from shared.timestamps import parse

CONNECTION = "749c19dc-4f97-4f30-bb0f-126e53506960"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("succeeded", 0),
        ("failed", 211),
        ("cancelled", 213),
        ("pending", 255),
        ("queued", 255),
        ("running", 255),
        ("incomplete", 255),
        ("SUCCEEDED", 215),
        ("paused", 215),
        ("", 215),
    ],
)
def test_every_status_has_its_code(status: str, code: int) -> None:
    seen = verdict(Job(42, CONNECTION, status, "sync"))
    assert seen.code == code
    assert "job 42" in seen.reason


def test_the_codes_to_try_again_are_those_of_jobs_that_go_on() -> None:
    again = {
        status: verdict(Job(1, CONNECTION, status, "sync")).code.retry
        for status in ("succeeded", "failed", "cancelled", "pending", "queued", "running", "incomplete", "new")
    }
    assert [status for status, retry in again.items() if retry] == ["pending", "queued", "running", "incomplete"]


def test_a_success_says_when_and_how_much() -> None:
    job = Job(42, CONNECTION, "succeeded", "sync", updated_at=parse("2026-11-22T06:17Z"), rows=4, size=123)
    assert verdict(job).reason == "sync job 42 succeeded at 2026-11-22T06:17:00.000000Z: 4 rows, 123 bytes"


def test_a_failure_says_why() -> None:
    job = Job(42, CONNECTION, "failed", "sync", failures=("source: the password was refused", "destination: full"))
    assert "source: the password was refused; destination: full" in verdict(job).reason


def test_a_failure_without_reasons_says_where_to_look() -> None:
    assert "the job's log has it" in verdict(Job(42, CONNECTION, "failed", "reset")).reason


def test_an_unknown_status_is_a_code_that_is_not_tried_again() -> None:
    assert verdict(Job(42, CONNECTION, "hibernating", "sync")).code == ExitCode.STATE_UNKNOWN


@pytest.mark.parametrize(("kind", "name"), [("sync", "sync job 7 failed"), ("", "job 7 failed")])
def test_a_job_whose_kind_is_not_known_is_called_a_job(kind: str, name: str) -> None:
    assert verdict(Job(7, CONNECTION, "failed", kind)).reason.startswith(name)


@pytest.mark.parametrize(
    ("kind", "rows", "min_rows", "code", "said"),
    [
        ("sync", 0, None, 0, "0 rows"),
        ("sync", 0, 0, 0, "0 rows"),
        ("sync", 0, 1, 211, "0 rows; AIRBYTE_MIN_ROWS asks for 1 at least"),
        ("sync", 4, 5, 211, "4 rows; AIRBYTE_MIN_ROWS asks for 5 at least"),
        ("sync", 5, 5, 0, "5 rows"),
        ("refresh", 0, 1, 211, "0 rows; AIRBYTE_MIN_ROWS asks for 1 at least"),
        ("reset", 0, 1, 0, "0 rows"),
        ("clear", None, 1, 0, "succeeded"),
        ("", 0, 1, 211, "0 rows; AIRBYTE_MIN_ROWS asks for 1 at least"),
        ("sync", None, 1, 0, "rows it synced, so AIRBYTE_MIN_ROWS (1) was not checked"),
        ("sync", None, None, 0, "succeeded"),
    ],
)
def test_a_success_with_fewer_rows_than_asked_for_is_none(
    kind: str, rows: int | None, min_rows: int | None, code: int, said: str
) -> None:
    seen = verdict(Job(42, CONNECTION, "succeeded", kind, rows=rows), min_rows)
    assert (seen.code, seen.status) == (code, "too_few_rows" if code else "succeeded")
    assert seen.reason.endswith(said)


@pytest.mark.parametrize("status", ["failed", "cancelled", "running", "levitating"])
def test_what_did_not_succeed_is_judged_as_without_a_number_of_rows(status: str) -> None:
    job = Job(42, CONNECTION, status, "sync", rows=0)
    assert verdict(job, 1) == verdict(job)
