"""The last run's length: kept and shown where a person watches, and nothing depends on it."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from shared.program.run import Run
from shared.terminal.last_run import last_took
from shared.terminal.progress import OneProgress

BEGAN = datetime(2026, 11, 22, 6, tzinfo=timezone.utc)
FILE = Path("shipyard-artifacts/fivetran-blueprints/variables/a_b_last_run.json")


@pytest.fixture
def run(run_in: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Run]:
    monkeypatch.chdir(tmp_path)
    return run_in


def shown(run: Run) -> str:
    progress = OneProgress(run, "a_b")
    progress.show_last("a_b")
    return "".join(str(getattr(piece, "text", piece)) for piece in progress.pieces(120))


def test_what_one_wait_keeps_the_next_one_shows(run: Any, terminal: Any) -> None:
    terminal()
    assert "last run took" not in shown(run())
    OneProgress(run(), "a_b").keep_length("a_b", BEGAN, BEGAN + timedelta(minutes=6))
    assert "last run took 6 min" in shown(run())


def test_nothing_is_kept_where_nobody_watches(run: Any) -> None:
    OneProgress(run(), "a_b").keep_length("a_b", BEGAN, BEGAN + timedelta(minutes=6))
    assert not FILE.exists()


@pytest.mark.parametrize("ended", [None, BEGAN, BEGAN - timedelta(1), BEGAN + timedelta(99)])
def test_a_length_that_cannot_be_is_not_kept(run: Any, terminal: Any, ended: datetime | None) -> None:
    terminal()
    OneProgress(run(), "a_b").keep_length("a_b", BEGAN, ended)
    assert not FILE.exists()


@pytest.mark.parametrize(
    "content",
    [
        *("", "null", "7", "[]", "{}", '{"seconds": "6"}', '{"seconds": true}', '{"seconds": 1e999}', "{" * 9000),
        '{"seconds": 6' + " " * 1000 + "}",  # longer than any of ours
    ],
)
def test_a_damaged_file_says_nothing(run: Any, content: str) -> None:
    FILE.parent.mkdir(parents=True)
    FILE.write_text(content)
    assert last_took(run().artifacts, "a_b") is None


def test_a_file_that_cannot_be_written_is_a_warning(run: Any, terminal: Any) -> None:
    written = terminal()
    FILE.mkdir(parents=True)
    OneProgress(run(), "a_b").keep_length("a_b", BEGAN, BEGAN + timedelta(minutes=6))
    assert "Slipway: warning: " in written.getvalue()


def test_an_id_that_is_no_file_name_leaves_the_folder_alone(run: Any, terminal: Any) -> None:
    terminal()
    OneProgress(run(), "x").keep_length("../../x", BEGAN, BEGAN + timedelta(minutes=6))
    assert [path.parent.name for path in Path().rglob("*_last_run.json")] == ["variables"]
