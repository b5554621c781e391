"""Each step of ``make run`` does what its headline says."""

from pathlib import Path

import pytest

from demo import run
from demo.run import PAGE, Stage, StepFailed, fivetran_chain
from tests.conftest import Emulator


def test_a_change_is_shown_with_what_was_before(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Stage(emulator.url, tmp_path)
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "FIVETRAN_SYNC_FREQUENCY": "60"}
    assert stage.step("fivetran/update_connector", (0,), **given) == 0
    out = capsys.readouterr().out
    assert '"changed": {"sync_frequency": {"old": 360, "new": 60}}' in out
    assert "  wrote shipyard-artifacts/fivetran-blueprints/responses/update_speak_inexpensive_response.json" in out


def test_a_step_that_ends_otherwise_fails_the_play(emulator: Emulator, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="ended with 216 instead of"):
        Stage(emulator.url, tmp_path).step("fivetran/execute_sync", (0,), FIVETRAN_CONNECTOR_ID="sleepy_lantern")


def test_the_chain_shows_a_dry_run_many_connectors_and_the_page(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "RETRY_WAIT", 0.2)
    fivetran_chain(Stage(emulator.url, tmp_path))  # raises if a step ends otherwise than it should
    out = capsys.readouterr().out
    assert out.count("part of its one line of JSON") == 1
    assert '"requests": [{"method": "PATCH"' in out
    assert '"counts": {"succeeded": 6, "failed": 1, "setup_broken": 1}' in out
    assert (tmp_path / PAGE).read_text("utf-8").startswith("<!doctype html>")
    assert len(emulator.requests("PATCH")) == 1  # the dry run sent none
