"""What a step of ``make run`` shows is what its headline promises."""

from pathlib import Path

import pytest

from demo.run import Stage, StepFailed
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
