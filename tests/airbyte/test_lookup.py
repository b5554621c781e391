"""Which job a later step judges: given by an id, by records, or the newest of the connection's jobs."""

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from shared.airbyte.job import Job
from shared.airbyte.lookup import START_WITHIN, find, locate, missing
from shared.airbyte.record import Record
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN
from shared.errors import ArtifactUnusable, InvalidInput, NotStarted
from shared.http.response import Answer
from tests.airbyte.records import ACCEPTED_ONE, ONE, SIX, TWO, leave, put, step


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path / "files"), "airbyte")


def test_a_job_id_that_is_given_beats_every_file(artifacts: Artifacts) -> None:
    leave(artifacts, "run-1", ACCEPTED_ONE)
    assert find(step(artifacts, "run-1", ["run-1"]), None, 7) == Record(None, None, job_id=7)


def test_upstream_runs_beat_this_runs_own_and_the_plain_files(artifacts: Artifacts) -> None:
    leave(artifacts, "upstream", ACCEPTED_ONE._replace(job_id=50))
    leave(artifacts, "own", ACCEPTED_ONE._replace(job_id=51))
    leave(artifacts, None, ACCEPTED_ONE._replace(job_id=52))
    assert _job_id(find(step(artifacts, "own", ["upstream"]), None)) == 50
    assert _job_id(find(step(artifacts, "own", []), None)) == 51
    assert _job_id(find(step(artifacts, "absent", []), None)) == 52


def _job_id(record: Record | None) -> int | None:
    return record.job_id if record else None


def test_the_records_of_other_runs_are_named_where_none_is_of_this_one(artifacts: Artifacts) -> None:
    with pytest.raises(InvalidInput, match=r"in the same working directory$"):
        find(step(artifacts, "run-2", []), None)
    put(artifacts, "run-1_sync.pickle", [ONE, 42, SIX])
    with pytest.raises(InvalidInput, match=r"\. Runs with other ids .* as in SLIPWAY_UPSTREAM_RUN_IDS=run-1$"):
        find(step(artifacts, "run-2", []), None)


def test_of_an_upstream_run_the_pickle_alone_is_enough(artifacts: Artifacts) -> None:
    put(artifacts, "run-1_sync.pickle", [ONE.upper(), 42, SIX])
    assert find(step(artifacts, None, ["run-1"]), ONE) == Record(ONE, SIX, job_id=42)


def test_upstream_runs_that_left_nothing_end_the_check(artifacts: Artifacts) -> None:
    leave(artifacts, None, ACCEPTED_ONE)
    with pytest.raises(ArtifactUnusable, match="run-8, run-9"):
        find(step(artifacts, None, ["run-8", "run-9"]), None)


def test_of_several_upstream_connections_one_has_to_be_chosen(artifacts: Artifacts) -> None:
    leave(artifacts, "run-1", ACCEPTED_ONE)
    leave(artifacts, "run-2", ACCEPTED_ONE._replace(connection_id=TWO, job_id=43))
    with pytest.raises(InvalidInput, match="AIRBYTE_CONNECTION_ID is required"):
        find(step(artifacts, None, ["run-1", "run-2"]), None)
    assert _job_id(find(step(artifacts, None, ["run-1", "run-2"]), TWO)) == 43


def test_of_several_upstream_runs_of_one_connection_the_latest_counts(artifacts: Artifacts) -> None:
    leave(artifacts, "run-1", ACCEPTED_ONE._replace(execution_time=SIX + timedelta(hours=1), job_id=44))
    leave(artifacts, "run-2", ACCEPTED_ONE)
    assert _job_id(find(step(artifacts, None, ["run-1", "run-2"]), None)) == 44


def test_another_connection_than_the_one_asked_for_is_a_contradiction(artifacts: Artifacts) -> None:
    leave(artifacts, "run-1", ACCEPTED_ONE)
    with pytest.raises(InvalidInput, match="but the step before triggered"):
        find(step(artifacts, "run-1", []), TWO)


def test_a_connection_without_files_is_judged_by_its_latest_job(artifacts: Artifacts) -> None:
    assert find(step(artifacts, None, []), ONE) is None


def test_neither_files_nor_ids_is_an_error_that_says_what_to_give(artifacts: Artifacts) -> None:
    with pytest.raises(InvalidInput, match="AIRBYTE_CONNECTION_ID or AIRBYTE_JOB_ID is required"):
        find(step(artifacts, None, []), None)


def test_a_refused_trigger_without_a_run_id_is_still_found(artifacts: Artifacts) -> None:
    leave(artifacts, None, Record(ONE, SIX, REFUSED))
    assert find(step(artifacts, None, []), None) == Record(ONE, SIX, REFUSED)
    leave(artifacts, None, Record(TWO, SIX, REFUSED))
    with pytest.raises(InvalidInput, match="several came before"):
        find(step(artifacts, None, []), None)


class Played:
    """An API that has only the given jobs."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = {job.id: job for job in jobs}
        self.answer = Answer(200, {}, b"{}")

    def list_jobs(self, connection_id: str, most: int = 20) -> tuple[list[Job], Answer]:
        return [job for job in self.jobs.values() if job.connection_id == connection_id], self.answer

    def get_job(self, job_id: int) -> Job:
        return self.jobs[job_id]._replace(read_from=self.answer)


def job(number: int, status: str = "running", kind: str = "sync", connection_id: str = ONE) -> Job:
    return Job(number, connection_id, status, kind)


@pytest.mark.parametrize("state", [INTENDED, REFUSED])
def test_a_trigger_that_started_nothing_has_no_job(state: str) -> None:
    with pytest.raises(NotStarted):
        locate(Played(job(42)), Record(ONE, SIX, state), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("jobs", "found"),
    [
        ([], None),
        ([job(41)], None),
        ([job(41), job(42)], 42),
        ([job(42, "failed"), job(43)], 42),
        ([job(42), job(43, kind="reset")], 42),
        ([job(42, connection_id=TWO)], None),
    ],
)
def test_a_lost_trigger_is_found_among_the_jobs_that_are_newer(jobs: list[Job], found: int | None) -> None:
    record = Record(ONE, SIX, UNKNOWN, last_job_id=41)
    seen, _ = locate(Played(*jobs), record, None)  # type: ignore[arg-type]
    assert (seen.id if seen else None) == found


@pytest.mark.parametrize(("minutes", "now", "found"), [(14, 60, 42), (16, 60, None), (16, 15, 42)])
def test_a_job_of_long_after_is_not_what_a_lost_trigger_started(minutes: int, now: int, found: int | None) -> None:
    """If the job seems to be created after the answer's ``Date``, the clocks differ, and its time is not used."""
    api: Any = Played(job(42)._replace(created_at=SIX + timedelta(minutes=minutes)))
    api.answer = Answer(200, {"Date": format_datetime(SIX + timedelta(minutes=now), usegmt=True)}, b"{}")
    seen, _ = locate(api, Record(ONE, SIX, UNKNOWN, last_job_id=41), None)
    assert (seen.id if seen else None) == found


def test_the_latest_job_of_a_connection_is_its_latest_sync() -> None:
    api: Any = Played(job(40), job(41, kind="refresh"), job(42, kind="reset"), job(43, kind="clear"))
    seen, _ = locate(api, None, ONE)
    assert seen is not None
    assert seen.id == 41


def test_a_job_of_another_connection_is_a_contradiction() -> None:
    api: Any = Played(job(42, connection_id=TWO))
    with pytest.raises(InvalidInput, match=f"belongs to {TWO}"):
        locate(api, Record(ONE, None, job_id=42), ONE)


def test_a_job_that_names_no_connection_contradicts_no_record() -> None:
    api: Any = Played(job(42, connection_id=""))
    seen, _ = locate(api, Record(ONE, None, job_id=42), None)
    assert seen is not None


def test_a_lost_trigger_that_left_nothing_is_given_a_quarter_of_an_hour() -> None:
    record = Record(ONE, SIX, UNKNOWN)
    assert "no job of it has been seen yet" in missing(record, SIX + START_WITHIN)
    assert "no job of it has been seen yet" in missing(record, None)
    with pytest.raises(NotStarted, match="did not arrive"):
        missing(record, SIX + START_WITHIN + timedelta(seconds=1))
    assert "no sync yet" in missing(None, SIX)


@pytest.mark.parametrize(
    ("state", "hours", "answers"),
    [
        (ACCEPTED, 1, True),
        (SENDING, 1, True),
        (UNKNOWN, 1, True),
        (INTENDED, 1, False),
        (REFUSED, 1, False),
        (ACCEPTED, 27.9, True),
        (ACCEPTED, 28.1, False),
        (ACCEPTED, None, True),
    ],
)
def test_which_records_a_retry_looks_at(state: str, hours: float | None, answers: bool) -> None:
    now = SIX + timedelta(hours=hours) if hours is not None else None
    assert Record(ONE, SIX, state, 42).answers_retry(now) is answers
