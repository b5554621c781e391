"""A run's records remove those of earlier runs, so that a check reads none of them."""

from pathlib import Path

import pytest

from shared.artifacts.files import Artifacts
from shared.errors import NotStarted
from shared.fivetran.lookup import find
from tests.fivetran.samples import records, step

EMPTY = b'{"schema": 1, "connectors": []}'


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "fivetran")


@pytest.mark.parametrize(
    ("run_id", "left"),
    [
        (None, {"run-1_force_sync.json", "run-1_force_sync.jsonl", "run-1_force_sync.pickle"}),
        ("run-1", {"force_sync.json", "force_sync.jsonl", "force_sync.pickle", "speak_inexpensive_force_sync.json"}),
    ],
)
def test_a_run_removes_what_has_its_names_a_batchs_included(
    artifacts: Artifacts, run_id: str | None, left: set[str]
) -> None:
    names = [f"{stem}force_sync.{end}" for stem in ("", "run-1_") for end in ("json", "jsonl", "pickle")]
    for name in (*names, "speak_inexpensive_force_sync.json"):
        artifacts.write("variables", name, EMPTY)
    records(artifacts, run_id).clear()
    assert set(artifacts.names("variables")) == left


def test_upstream_runs_that_started_nothing_are_no_reason_to_ask_an_older_one(artifacts: Artifacts) -> None:
    artifacts.write("variables", "up-1_force_sync.json", EMPTY)
    with pytest.raises(NotStarted, match="up-1_force_sync"):
        find(step(artifacts, None, ["up-1", "up-2"]), "speak_inexpensive")
