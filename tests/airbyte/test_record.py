"""The record that a trigger leaves, and the records that are refused when they are read."""

import json
import pickle
import pickletools
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from shared.airbyte.job import Job
from shared.airbyte.lookup import find
from shared.airbyte.record import JOB, Record
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import INTENDED, REFUSED, SENDING, UNKNOWN, read_pickle, read_sidecar
from shared.errors import ArtifactUnusable
from tests.airbyte.records import ACCEPTED_ONE, ONE, SIX, leave, put, records, step


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path / "files"), "airbyte")


def content(artifacts: Artifacts, name: str) -> Any:
    found = artifacts.read("variables", name)
    assert found is not None
    return pickle.loads(found)


def test_an_accepted_trigger_leaves_the_contracts_pickle_the_official_one_and_a_sidecar(artifacts: Artifacts) -> None:
    leave(artifacts, "run-1", ACCEPTED_ONE)
    assert content(artifacts, "run-1_sync.pickle") == [ONE, 42, SIX]
    assert content(artifacts, "sync_response.pickle") == 42
    assert read_sidecar(artifacts, JOB, "run-1_sync.json") == [ACCEPTED_ONE]
    for name in ("run-1_sync.pickle", "sync_response.pickle"):
        assert next(pickletools.genops(artifacts.read("variables", name) or b""))[1] == 4, "protocol 4"


def test_without_a_run_id_the_names_are_plain(artifacts: Artifacts) -> None:
    leave(artifacts, None, ACCEPTED_ONE)
    assert artifacts.names("variables") == [f"{ONE}_sync.json", "sync.pickle", "sync_response.pickle"]


@pytest.mark.parametrize("state", [INTENDED, SENDING, UNKNOWN, REFUSED])
def test_what_was_not_accepted_leaves_a_sidecar_only(artifacts: Artifacts, state: str) -> None:
    leave(artifacts, "run-1", Record(ONE, SIX, state))
    assert artifacts.names("variables") == ["run-1_sync.json"]


def test_clearing_removes_what_might_answer_for_this_run(artifacts: Artifacts) -> None:
    leave(artifacts, "other", ACCEPTED_ONE)
    leave(artifacts, "run-1", ACCEPTED_ONE)
    records(artifacts, "run-1", ONE).clear()
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
        [[ONE, 42, SIX], [ONE, 42]],
        [],
        [ONE, 42, datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))],
        [ONE, 42, datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))],
    ],
)
def test_a_pickle_that_holds_something_else_is_refused(artifacts: Artifacts, value: Any) -> None:
    put(artifacts, "sync.pickle", value)
    with pytest.raises(ArtifactUnusable, match="remove it"):
        read_pickle(artifacts, JOB, None)


def test_a_pickle_of_a_batch_holds_a_list(artifacts: Artifacts) -> None:
    other = ONE.replace("7", "8")
    put(artifacts, "sync.pickle", [[ONE, 42, SIX], [other, 43, SIX]])
    found = read_pickle(artifacts, JOB, None)
    assert [(one.connection_id, one.job_id) for one in found] == [(ONE, 42), (other, 43)]


class Evil:
    def __reduce__(self) -> Any:
        return (print, ("run by a pickle",))


@pytest.mark.parametrize("name", ["sync.pickle", "sync_response.pickle"])
def test_a_pickle_that_would_run_something_is_refused(
    artifacts: Artifacts, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(artifacts, name, Evil())
    with pytest.raises(ArtifactUnusable):
        find(step(artifacts, None, []), None)
    assert "run by a pickle" not in capsys.readouterr().out


@pytest.mark.parametrize("value", [42, "42"])
def test_the_official_packages_bare_job_id_is_read(artifacts: Artifacts, value: Any) -> None:
    put(artifacts, "sync_response.pickle", value)
    assert JOB.official(artifacts) == [Record(None, None, job_id=42)]
    assert find(step(artifacts, None, []), None) == Record(None, None, job_id=42)


@pytest.mark.parametrize("value", ["", "x", -1, 0, None.__class__.__name__, [42], {"jobId": 42}, 4.2, True, "9" * 30])
def test_an_official_pickle_without_a_job_id_is_refused(artifacts: Artifacts, value: Any) -> None:
    put(artifacts, "sync_response.pickle", value)
    with pytest.raises(ArtifactUnusable, match="has no job id"):
        JOB.official(artifacts)


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
    leave(artifacts, "run-1", ACCEPTED_ONE)
    found = json.loads(artifacts.read("variables", "run-1_sync.json") or b"")
    artifacts.write("variables", "run-1_sync.json", json.dumps({**found, **change}).encode())
    with pytest.raises(ArtifactUnusable, match="is damaged"):
        read_sidecar(artifacts, JOB, "run-1_sync.json")


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100000])
def test_a_sidecar_that_is_none_is_refused(artifacts: Artifacts, text: str) -> None:
    artifacts.write("variables", "run-1_sync.json", text.encode())
    with pytest.raises(ArtifactUnusable):
        read_sidecar(artifacts, JOB, "run-1_sync.json")


def test_a_moment_in_a_pickle_is_read_as_utc(artifacts: Artifacts) -> None:
    put(artifacts, "sync.pickle", [ONE, 42, SIX.astimezone(timezone(timedelta(hours=9)))])
    [found] = read_pickle(artifacts, JOB, None)
    assert str(found.execution_time) == "2026-11-22 06:00:00+00:00"


def job(number: int, status: str = "running", kind: str = "sync", connection_id: str = ONE) -> Job:
    return Job(number, connection_id, status, kind)
