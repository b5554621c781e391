"""The Dagster example in a real Dagster: the assets are materialized against the emulator."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "schedulers/dagster_definitions.py"

METADATA = """
import json, sys
import dagster as dg
with dg.DagsterInstance.get() as instance:
    event = instance.get_latest_materialization_event(dg.AssetKey(sys.argv[1]))
    found = event.asset_materialization.metadata if event else {}
    print(json.dumps({name: value.value for name, value in found.items() if name in ("status", "connector_id")}))
"""


class Dagster:
    def __init__(self, home: Path, binaries: Path, environ: dict[str, str]) -> None:
        self.binaries = binaries
        self.environ = {**environ, "DAGSTER_HOME": str(home)}
        (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")

    def materialize(self, definitions: Path = DEFINITIONS) -> "subprocess.CompletedProcess[str]":
        command = [self.binaries / "dagster", "asset", "materialize", "--select", "*", "-f", definitions]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=400)

    def metadata(self, asset: str) -> Any:
        command = [self.binaries / "python", "-c", METADATA, asset]
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=200)
        return json.loads(done.stdout)


@pytest.fixture
def dagster(tmp_path: Path, engines: Path, example: dict[str, str], connector: str) -> Dagster:
    home = tmp_path / "dagster"
    home.mkdir()
    return Dagster(home, engines / "dagster" / "bin", {**example, "SLIPWAY_CONNECTORS": connector})


@pytest.mark.usefixtures("ends_once_looked_at")
def test_an_asset_is_materialized_once_its_sync_has_ended_with_the_result_as_metadata(
    dagster: Dagster, emulator: Any, connector: str
) -> None:
    done = dagster.materialize()
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "exit 255: the sync is running" in done.stdout + done.stderr
    assert dagster.metadata(connector) == {"status": "succeeded", "connector_id": connector}
    assert len(emulator.requests("POST")) == 1


def test_a_failed_sync_is_not_tried_again_and_nothing_is_materialized(
    dagster: Dagster, emulator: Any, connector: str
) -> None:
    emulator.outcomes(connector, {"result": "failure"})
    done = dagster.materialize()
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "check_sync_status exited with 1" in said
    assert "exited with 1" in said
    assert dagster.metadata(connector) == {}
    assert len(emulator.requests("POST")) == 1


def test_an_unreachable_api_is_tried_again(dagster: Dagster, emulator: Any, connector: str) -> None:
    emulator.answers("GET", f"/v1/connections/{connector}", {"status": 503})
    done = dagster.materialize()
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "exit 223" in done.stdout + done.stderr
    assert len(emulator.requests("POST")) == 1


@pytest.mark.usefixtures("ends_once_looked_at")
def test_what_the_documentation_gives_to_paste_looks_until_the_sync_has_ended(
    dagster: Dagster, paste: Any, emulator: Any, connector: str
) -> None:
    done = dagster.materialize(paste("dagster_definitions.py"))
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "exit 255: the sync is running" in done.stdout + done.stderr
    assert dagster.metadata(connector) == {"status": "succeeded", "connector_id": connector}
    assert len(emulator.requests("POST")) == 1


def test_what_the_documentation_gives_to_paste_does_not_try_again_where_that_is_no_use(
    dagster: Dagster, paste: Any, emulator: Any, connector: str
) -> None:
    emulator.outcomes(connector, {"result": "failure"})
    done = dagster.materialize(paste("dagster_definitions.py"))
    assert done.returncode != 0
    assert "check_sync_status exited with 1" in done.stdout + done.stderr
    assert dagster.metadata(connector) == {}
    assert len(emulator.requests("POST")) == 1
