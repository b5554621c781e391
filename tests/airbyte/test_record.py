"""What a trigger leaves, and which of it a later step believes."""

import json
import pickle
import pickletools
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from shared.airbyte.job import Job
from shared.airbyte.lookup import START_WITHIN, find, locate, missing
from shared.airbyte.record import Trace, Traces, read_official, read_pickle, read_sidecar
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN
from shared.errors import ArtifactUnusable, InvalidInput, NotStarted
from shared.http.response import Answer

ONE = "749c19dc-4f97-4f30-bb0f-126e53506960"
TWO = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
SIX = datetime(2026, 11, 22, 6, tzinfo=timezone.utc)


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path / "files"), "airbyte")


def put(artifacts: Artifacts, name: str, value: Any) -> None:
    artifacts.write("variables", name, pickle.dumps(value))


def content(artifacts: Artifacts, name: str) -> Any:
    found = artifacts.read("variables", name)
    assert found is not None
    return pickle.loads(found)


ACCEPTED_ONE = Trace(ONE, SIX, ACCEPTED, 42, "sync", 41)


def test_an_accepted_trigger_leaves_the_contracts_pickle_the_official_one_and_a_sidecar(artifacts: Artifacts) -> None:
    Traces(artifacts, "run-1").write(ACCEPTED_ONE)
    assert content(artifacts, "run-1_sync.pickle") == [ONE, 42, SIX]
    assert content(artifacts, "sync_response.pickle") == 42
    assert read_sidecar(artifacts, "run-1_sync.json") == ACCEPTED_ONE
    for name in ("run-1_sync.pickle", "sync_response.pickle"):
        assert next(pickletools.genops(artifacts.read("variables", name) or b""))[1] == 4, "protocol 4"


def test_without_a_run_id_the_names_are_plain(artifacts: Artifacts) -> None:
    Traces(artifacts, None).write(ACCEPTED_ONE)
    assert artifacts.names("variables") == [f"{ONE}_sync.json", "sync.pickle", "sync_response.pickle"]


@pytest.mark.parametrize("state", [INTENDED, SENDING, UNKNOWN, REFUSED])
def test_what_was_not_accepted_leaves_a_sidecar_only(artifacts: Artifacts, state: str) -> None:
    Traces(artifacts, "run-1").write(Trace(ONE, SIX, state))
    assert artifacts.names("variables") == ["run-1_sync.json"]


def test_clearing_removes_what_might_answer_for_this_run(artifacts: Artifacts) -> None:
    Traces(artifacts, "other").write(ACCEPTED_ONE)
    Traces(artifacts, "run-1").write(ACCEPTED_ONE)
    Traces(artifacts, "run-1").clear(ONE)
    assert artifacts.names("variables") == ["other_sync.json", "other_sync.pickle"]


@pytest.mark.parametrize(
    "value",
    [
        42,
        [ONE, 42],
        [ONE, "42", SIX],
        [ONE, 0, SIX],
        [ONE, True, SIX],
        [ONE, 42, SIX.replace(tzinfo=None)],
        ["../../etc", 42, SIX],
        [ONE, 42, "yesterday"],
        {"connection_id": ONE},
        [[ONE, 42, SIX]],
        [ONE, 42, datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))],
        [ONE, 42, datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))],
    ],
)
def test_a_pickle_that_holds_something_else_is_refused(artifacts: Artifacts, value: Any) -> None:
    put(artifacts, "sync.pickle", value)
    with pytest.raises(ArtifactUnusable, match="remove it"):
        read_pickle(artifacts, "sync.pickle")


class Evil:
    def __reduce__(self) -> Any:
        return (print, ("run by a pickle",))


@pytest.mark.parametrize("name", ["sync.pickle", "sync_response.pickle"])
def test_a_pickle_that_would_run_something_is_refused(
    artifacts: Artifacts, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(artifacts, name, Evil())
    with pytest.raises(ArtifactUnusable):
        find(artifacts, None, [], None)
    assert "run by a pickle" not in capsys.readouterr().out


@pytest.mark.parametrize("value", [42, "42"])
def test_the_official_packages_bare_job_id_is_read(artifacts: Artifacts, value: Any) -> None:
    put(artifacts, "sync_response.pickle", value)
    assert read_official(artifacts) == Trace(None, None, job_id=42)
    assert find(artifacts, None, [], None) == Trace(None, None, job_id=42)


@pytest.mark.parametrize("value", ["", "x", -1, 0, None.__class__.__name__, [42], {"jobId": 42}, 4.2, True, "9" * 30])
def test_an_official_pickle_without_a_job_id_is_refused(artifacts: Artifacts, value: Any) -> None:
    put(artifacts, "sync_response.pickle", value)
    with pytest.raises(ArtifactUnusable, match="holds no job id"):
        read_official(artifacts)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"connection_id": "x"},
        {"connection_id": 5},
        {"execution_time": None},
        {"job_id": "42"},
        {"job_id": -1},
        {"last_job_id": None},
        {"job_type": 5},
    ],
)
def test_a_damaged_sidecar_is_refused(artifacts: Artifacts, change: dict[str, Any]) -> None:
    Traces(artifacts, "run-1").write(ACCEPTED_ONE)
    found = json.loads(artifacts.read("variables", "run-1_sync.json") or b"")
    artifacts.write("variables", "run-1_sync.json", json.dumps({**found, **change}).encode())
    with pytest.raises(ArtifactUnusable, match="is damaged"):
        read_sidecar(artifacts, "run-1_sync.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100000])
def test_a_sidecar_that_is_none_is_refused(artifacts: Artifacts, text: str) -> None:
    artifacts.write("variables", "run-1_sync.json", text.encode())
    with pytest.raises(ArtifactUnusable):
        read_sidecar(artifacts, "run-1_sync.json")


def test_a_job_id_that_is_given_beats_every_file(artifacts: Artifacts) -> None:
    Traces(artifacts, "run-1").write(ACCEPTED_ONE)
    assert find(artifacts, "run-1", ["run-1"], None, 7) == Trace(None, None, job_id=7)


def test_upstream_runs_beat_this_runs_own_and_the_plain_files(artifacts: Artifacts) -> None:
    Traces(artifacts, "upstream").write(ACCEPTED_ONE._replace(job_id=50))
    Traces(artifacts, "own").write(ACCEPTED_ONE._replace(job_id=51))
    Traces(artifacts, None).write(ACCEPTED_ONE._replace(job_id=52))
    assert _job_id(find(artifacts, "own", ["upstream"], None)) == 50
    assert _job_id(find(artifacts, "own", [], None)) == 51
    assert _job_id(find(artifacts, "absent", [], None)) == 52


def _job_id(trace: Trace | None) -> int | None:
    return trace.job_id if trace else None


def test_a_moment_in_a_pickle_is_read_as_utc(artifacts: Artifacts) -> None:
    put(artifacts, "sync.pickle", [ONE, 42, SIX.astimezone(timezone(timedelta(hours=9)))])
    found = read_pickle(artifacts, "sync.pickle")
    assert found is not None
    assert str(found.execution_time) == "2026-11-22 06:00:00+00:00"


def test_of_an_upstream_run_the_pickle_alone_is_enough(artifacts: Artifacts) -> None:
    put(artifacts, "run-1_sync.pickle", [ONE.upper(), 42, SIX])
    assert find(artifacts, None, ["run-1"], ONE) == Trace(ONE, SIX, job_id=42)


def test_upstream_runs_that_left_nothing_end_the_check(artifacts: Artifacts) -> None:
    Traces(artifacts, None).write(ACCEPTED_ONE)
    with pytest.raises(ArtifactUnusable, match="run-8, run-9"):
        find(artifacts, None, ["run-8", "run-9"], None)


def test_of_several_upstream_connections_one_has_to_be_chosen(artifacts: Artifacts) -> None:
    Traces(artifacts, "run-1").write(ACCEPTED_ONE)
    Traces(artifacts, "run-2").write(ACCEPTED_ONE._replace(connection_id=TWO, job_id=43))
    with pytest.raises(InvalidInput, match="AIRBYTE_CONNECTION_ID is required"):
        find(artifacts, None, ["run-1", "run-2"], None)
    assert _job_id(find(artifacts, None, ["run-1", "run-2"], TWO)) == 43


def test_of_several_upstream_runs_of_one_connection_the_latest_counts(artifacts: Artifacts) -> None:
    Traces(artifacts, "run-1").write(ACCEPTED_ONE._replace(execution_time=SIX + timedelta(hours=1), job_id=44))
    Traces(artifacts, "run-2").write(ACCEPTED_ONE)
    assert _job_id(find(artifacts, None, ["run-1", "run-2"], None)) == 44


def test_another_connection_than_the_one_asked_for_is_a_contradiction(artifacts: Artifacts) -> None:
    Traces(artifacts, "run-1").write(ACCEPTED_ONE)
    with pytest.raises(InvalidInput, match="but the step before triggered"):
        find(artifacts, "run-1", [], TWO)


def test_a_connection_without_files_is_judged_by_its_latest_job(artifacts: Artifacts) -> None:
    assert find(artifacts, None, [], ONE) is None


def test_neither_files_nor_ids_is_an_error_that_says_what_to_give(artifacts: Artifacts) -> None:
    with pytest.raises(InvalidInput, match="AIRBYTE_CONNECTION_ID or AIRBYTE_JOB_ID is required"):
        find(artifacts, None, [], None)


def test_a_refused_trigger_without_a_run_id_is_still_found(artifacts: Artifacts) -> None:
    Traces(artifacts, None).write(Trace(ONE, SIX, REFUSED))
    assert find(artifacts, None, [], None) == Trace(ONE, SIX, REFUSED)
    Traces(artifacts, None).write(Trace(TWO, SIX, REFUSED))
    with pytest.raises(InvalidInput, match="several came before"):
        find(artifacts, None, [], None)


class Played:
    """An API that has just these jobs."""

    def __init__(self, *jobs: Job) -> None:
        self.jobs = {job.id: job for job in jobs}
        self.answer = Answer(200, {}, b"{}")

    def list_jobs(self, connection_id: str, most: int = 20) -> tuple[list[Job], Answer]:
        return [job for job in self.jobs.values() if job.connection_id == connection_id], self.answer

    def get_job(self, job_id: int) -> tuple[Job, Answer]:
        return self.jobs[job_id], self.answer


def job(number: int, status: str = "running", kind: str = "sync", connection_id: str = ONE) -> Job:
    return Job(number, connection_id, status, kind)


@pytest.mark.parametrize("state", [INTENDED, REFUSED])
def test_a_trigger_that_started_nothing_has_no_job(state: str) -> None:
    with pytest.raises(NotStarted):
        locate(Played(job(42)), Trace(ONE, SIX, state), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("jobs", "found"),
    [
        ([], None),
        ([job(41)], None),
        ([job(41), job(42)], 42),
        ([job(42), job(43, "failed")], 43),
        ([job(42), job(43, kind="reset")], 42),
        ([job(42, connection_id=TWO)], None),
    ],
)
def test_a_lost_trigger_is_found_among_the_jobs_that_are_newer(jobs: list[Job], found: int | None) -> None:
    trace = Trace(ONE, SIX, UNKNOWN, last_job_id=41)
    seen, _ = locate(Played(*jobs), trace, None)  # type: ignore[arg-type]
    assert (seen.id if seen else None) == found


def test_the_latest_job_of_a_connection_is_its_latest_sync() -> None:
    api: Any = Played(job(40), job(41, kind="refresh"), job(42, kind="reset"), job(43, kind="clear"))
    seen, _ = locate(api, None, ONE)
    assert seen is not None
    assert seen.id == 41


def test_a_job_of_another_connection_is_a_contradiction() -> None:
    api: Any = Played(job(42, connection_id=TWO))
    with pytest.raises(InvalidInput, match=f"belongs to {TWO}"):
        locate(api, Trace(ONE, None, job_id=42), ONE)


def test_a_lost_trigger_that_left_nothing_is_given_a_quarter_of_an_hour() -> None:
    trace = Trace(ONE, SIX, UNKNOWN)
    assert "no job of it has been seen yet" in missing(trace, SIX + START_WITHIN)
    assert "no job of it has been seen yet" in missing(trace, None)
    with pytest.raises(NotStarted, match="did not arrive"):
        missing(trace, SIX + START_WITHIN + timedelta(seconds=1))
    assert "no sync yet" in missing(None, SIX)


@pytest.mark.parametrize(
    ("state", "kind", "hours", "answers"),
    [
        (ACCEPTED, "sync", 1, True),
        (SENDING, "sync", 1, True),
        (UNKNOWN, "sync", 1, True),
        (INTENDED, "sync", 1, False),
        (REFUSED, "sync", 1, False),
        (ACCEPTED, "reset", 1, False),
        (ACCEPTED, "sync", 27.9, True),
        (ACCEPTED, "sync", 28.1, False),
        (ACCEPTED, "sync", None, True),
    ],
)
def test_which_traces_a_retry_looks_at(state: str, kind: str, hours: float | None, answers: bool) -> None:
    now = SIX + timedelta(hours=hours) if hours is not None else None
    assert Trace(ONE, SIX, state, 42).answers_retry(kind, now) is answers
