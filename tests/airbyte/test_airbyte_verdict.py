"""Every job status, and nothing that is not on the list counts as success."""

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
