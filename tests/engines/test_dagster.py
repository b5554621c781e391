"""The Dagster example in a real Dagster: its assets are materialized against the emulator."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shared.fivetran.connector import DASHBOARD
from tests.schedulers.examples import PAGE

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

PIPES = """
import json, sys
import dagster as dg
with dg.DagsterInstance.get() as instance:
    event = instance.get_latest_materialization_event(dg.AssetKey(sys.argv[1]))
    found = event.asset_materialization.metadata if event else {}
    shown = {name: [type(value).__name__, value.value] for name, value in found.items() if name != "data"}
    said = [entry.user_message for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
    print(json.dumps({"metadata": shown, "said": said}))
"""
SENSOR = """
import json, sys
import dagster as dg
sys.path.insert(0, sys.argv[1])
from dagster_definitions import defs
with dg.DagsterInstance.get() as instance:
    sensor = defs.get_sensor_def("freshness")
    ticked = sensor.evaluate_tick(dg.build_sensor_context(instance=instance, definitions=defs))
    for event in ticked.asset_events:  # as the daemon does
        instance.report_runless_asset_event(event)
    observed = instance.fetch_observations(dg.AssetKey(sys.argv[2]), limit=1).records
    found = observed[0].event_log_entry.asset_observation.metadata if observed else {}
    print(json.dumps({"runs": len(ticked.run_requests), **{name: value.value for name, value in found.items()}}))
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
        return self.python(METADATA, asset)

    def python(self, program: str, *arguments: str) -> Any:
        """Return what a program in Dagster's Python prints on its last line."""
        command = [self.binaries / "python", "-c", program, *arguments]
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=200)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])


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


@pytest.fixture
def pipes(dagster: Dagster, example: dict[str, str], tmp_path: Path) -> Path:
    """Return the documentation's Pipes example as a file with this machine's paths."""
    (text,) = [one for one in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL) if "Pipes" in one]
    file = tmp_path / "pipes.py"
    file.write_text(text.replace("/srv/slipway", example["SLIPWAY_DATA"]))
    dagster.environ["PATH"] = f"{dagster.binaries}:{dagster.environ['PATH']}"
    return file


def test_a_step_of_pipes_has_the_log_and_the_result_of_its_process(
    dagster: Dagster, pipes: Path, connector: str
) -> None:
    done = dagster.materialize(pipes)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    found = dagster.python(PIPES, connector)
    metadata = found["metadata"]
    assert metadata["status"] == ["TextMetadataValue", "succeeded"]
    assert metadata["exit_code"] == ["IntMetadataValue", 0]
    assert metadata["paused"] == ["BoolMetadataValue", False]
    assert metadata["dashboard"] == ["UrlMetadataValue", DASHBOARD.format(id=connector)]
    assert metadata["files"][0] == "JsonMetadataValue"
    assert "[pipes] external process successfully opened dagster pipes." in found["said"]
    assert f"Fivetran: a sync of {connector} was triggered" in found["said"]
    assert not [line for line in found["said"] if "did not receive" in line or "after closed" in line]


def test_a_step_of_pipes_that_fails_says_why(dagster: Dagster, pipes: Path, emulator: Any, connector: str) -> None:
    emulator.outcomes(connector, {"result": "failure", "message": "no such host"})
    done = dagster.materialize(pipes)
    assert done.returncode != 0
    assert "[pipes] external process pipes closed with exception" in done.stdout + done.stderr
    assert "no such host" in done.stdout + done.stderr
    assert dagster.metadata(connector) == {}


def test_the_sensor_observes_how_old_the_data_is_and_starts_nothing(
    dagster: Dagster, emulator: Any, connector: str
) -> None:
    emulator.set(connector, succeeded_at="2026-01-01T00:00:00Z")
    seen = dagster.python(SENSOR, str(DEFINITIONS.parent), connector)
    assert (seen["runs"], seen["status"], seen["connector_id"]) == (0, "stale", connector)
    assert seen["succeeded_at"] == "2026-01-01T00:00:00.000000Z"
    assert emulator.requests("POST") == []
