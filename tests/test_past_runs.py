"""The durations of earlier runs: each wait keeps them, and they are used only for its pauses and its live line."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from shared.past_runs import MOST, MOST_BYTES, PastRuns
from shared.poll_schedule import plain
from shared.program.run import Run
from shared.settings.run_settings import RunSettings

BEGAN = datetime(2026, 11, 22, 6, tzinfo=timezone.utc)
MINUTES = timedelta(minutes=1)
FILE = Path("shipyard-artifacts/fivetran-blueprints/variables/a_b_durations.json")


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PastRuns]:
    """Return what a run knows about ``subject``. ``said`` has its messages about that."""
    monkeypatch.chdir(tmp_path)

    def make(subject: str = "a_b", said: list[str] | None = None) -> PastRuns:
        run = Run("fivetran/x", RunSettings({}), {})
        run.speak = (said if said is not None else []).append
        return PastRuns(run, subject)

    return make


def entry(number: int, length: float = 360.0, outcome: str = "succeeded") -> dict[str, str]:
    began = BEGAN + number * timedelta(days=1)
    ended = began + timedelta(seconds=length)
    return {"started_at": began.isoformat(), "ended_at": ended.isoformat(), "outcome": outcome}


def written(*entries: Any) -> None:
    FILE.parent.mkdir(parents=True)
    FILE.write_text(json.dumps({"schema": 1, "runs": entries}))


def test_of_a_connector_that_has_not_run_nothing_is_known(past: Any) -> None:
    assert past().last_took is None
    assert past().schedule().pause(600.0) == plain(600.0)
    assert not FILE.exists()


def test_what_one_wait_keeps_the_next_one_knows(past: Any) -> None:
    past().keep(BEGAN, BEGAN + 6 * MINUTES, succeeded=True)
    past().keep(BEGAN + 60 * MINUTES, BEGAN + 67 * MINUTES, succeeded=True)
    past().keep(BEGAN + 90 * MINUTES, BEGAN + 91 * MINUTES, succeeded=False)
    assert past().last_took == 420.0  # a failed run has a duration, too
    assert past().schedule().pause(355.0) < plain(355.0)
    runs = json.loads(FILE.read_text())["runs"]
    assert runs[0] == {
        "started_at": "2026-11-22T06:00:00.000000Z",
        "ended_at": "2026-11-22T06:06:00.000000Z",
        "outcome": "succeeded",
    }
    assert [one["outcome"] for one in runs] == ["succeeded", "succeeded", "failed"]


def test_the_last_twenty_are_kept_and_the_file_stays_far_below_its_limit(past: Any) -> None:
    known = past()
    for number in range(30):
        known.keep(BEGAN + number * MINUTES, BEGAN + number * MINUTES + timedelta(seconds=30 + number), succeeded=True)
    runs = json.loads(FILE.read_text())["runs"]
    assert len(runs) == MOST == 20
    assert runs[0]["started_at"] == "2026-11-22T06:10:00.000000Z"
    assert FILE.stat().st_size < MOST_BYTES / 2


def test_a_run_that_is_reported_twice_is_kept_once(past: Any) -> None:
    for _ in range(3):
        past().keep(BEGAN, BEGAN + 6 * MINUTES, succeeded=True)
    assert len(json.loads(FILE.read_text())["runs"]) == 1


@pytest.mark.parametrize(
    ("began", "ended"),
    [(None, BEGAN), (BEGAN, None), (BEGAN, BEGAN), (BEGAN, BEGAN - MINUTES), (BEGAN, BEGAN + timedelta(99))],
)
def test_a_length_that_is_not_known_or_cannot_be_is_not_kept(past: Any, began: Any, ended: Any) -> None:
    past().keep(began, ended, succeeded=True)
    assert not FILE.exists()


@pytest.mark.parametrize(
    "content",
    [
        *("", "null", "7", "[]", "{}", '{"runs": null}', '{"runs": [7]}', '{"runs": {"a": 1}}', "[" * 8000, "\0" * 99),
        '{"runs": [{"started_at": "soon", "ended_at": "later", "outcome": "succeeded"}]}',
        '{"runs": [{"started_at": 1, "ended_at": 2, "outcome": "succeeded"}]}',
        '{"runs": ' + "9" * 5000 + "}",
        json.dumps({"runs": [entry(1)]}) + " " * MOST_BYTES,
        b"\xff\xfe".decode("latin-1"),
    ],
)
def test_a_damaged_file_is_one_line_in_the_log_and_is_replaced(past: Any, content: str) -> None:
    FILE.parent.mkdir(parents=True)
    FILE.write_text(content)
    said: list[str] = []
    known = past(said=said)
    assert (known.last_took, len(said)) == (None, 1)
    assert said[0].startswith("Slipway: warning: ")
    assert "a_b_durations.json" in said[0]
    known.keep(BEGAN, BEGAN + 6 * MINUTES, succeeded=True)
    assert past().last_took == 360.0
    assert len(said) == 1


def test_of_what_somebody_else_wrote_only_possible_runs_are_used(past: Any) -> None:
    written(
        *[entry(number) for number in range(40)], entry(41, -5), entry(42, 1e8), entry(43, 9, "dreamt"), entry(44, 0)
    )
    known = past()
    assert known.last_took == 360.0
    known.keep(BEGAN + timedelta(99), BEGAN + timedelta(99) + MINUTES, succeeded=True)
    assert len(json.loads(FILE.read_text())["runs"]) == MOST


@pytest.mark.parametrize("blocked", [FILE, FILE.parent])
def test_a_file_that_can_be_neither_read_nor_written_is_one_warning(past: Any, blocked: Path) -> None:
    blocked.parent.mkdir(parents=True)
    blocked.symlink_to("/nowhere" if blocked == FILE.parent else FILE.parent.parent)
    if blocked == FILE:
        blocked.unlink()
        blocked.mkdir()
    said: list[str] = []
    known = past(said=said)
    for number in range(3):
        known.keep(BEGAN, BEGAN + (number + 1) * MINUTES, succeeded=True)
    assert len(said) == 1
    assert known.last_took == 180.0  # a run keeps what it has read itself


def test_a_link_is_not_followed_but_replaced(past: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(json.dumps({"runs": [entry(1)]}))
    FILE.parent.mkdir(parents=True)
    FILE.symlink_to(elsewhere)
    known = past()
    assert known.last_took is None
    known.keep(BEGAN, BEGAN + MINUTES, succeeded=True)
    assert not FILE.is_symlink()
    assert json.loads(elsewhere.read_text()) == {"runs": [entry(1)]}


def test_an_id_that_is_no_file_name_leaves_the_folder_alone(past: Any) -> None:
    past("../../x").keep(BEGAN, BEGAN + 6 * MINUTES, succeeded=True)
    assert [path.parent.name for path in Path().rglob("*_durations.json")] == ["variables"]
    assert past("../../x").last_took == 360.0
