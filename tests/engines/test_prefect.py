"""The Prefect example in a real Prefect 3, with a server of its own on a loopback port."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASTED = "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['sync'](sys.argv[2])))"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prefect's database and results; its server ends with the flow's process."""
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture
def flow(home: Path, engines: Path, example: dict[str, str], connector: str) -> Any:
    def run(*program: str | Path) -> "subprocess.CompletedProcess[str]":
        settings = {
            "PREFECT_HOME": str(home),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        }
        command = [engines / "prefect/bin/python", *(program or [ROOT / "schedulers/prefect_flow.py"]), connector]
        return subprocess.run(
            command, cwd=home, env={**example, **settings}, capture_output=True, text=True, timeout=400
        )

    return run


@pytest.mark.usefixtures("ends_once_looked_at")
def test_a_sync_is_triggered_looked_at_until_it_has_ended_and_passed_on(
    flow: Any, emulator: Any, connector: str
) -> None:
    done = flow()
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "succeeded"
    assert "exited with 255: the sync is running" in done.stderr
    assert len(emulator.requests("POST")) == 1


def test_a_failed_sync_is_not_tried_again(flow: Any, emulator: Any, connector: str) -> None:
    emulator.outcomes(connector, {"result": "failure"})
    done = flow()
    assert done.returncode == 1
    assert "check_sync_status exited with 1" in done.stderr
    assert len(emulator.requests("POST")) == 1


def test_a_dead_connector_is_not_tried_again(flow: Any, emulator: Any, connector: str) -> None:
    emulator.set(connector, paused=True)
    done = flow()
    assert done.returncode == 1
    assert "execute_sync exited with 216" in done.stderr
    assert len(emulator.requests()) == 1


def test_an_unreachable_api_is_tried_again(flow: Any, emulator: Any, connector: str) -> None:
    emulator.answers("GET", f"/v1/connections/{connector}", {"status": 503})
    done = flow()
    assert done.returncode == 0, done.stderr[-3000:]
    assert "exited with 223" in done.stderr
    assert len(emulator.requests("POST")) == 1


@pytest.mark.usefixtures("ends_once_looked_at")
def test_what_the_documentation_gives_to_paste_looks_until_the_sync_has_ended(
    flow: Any, paste: Any, emulator: Any
) -> None:
    done = flow("-c", PASTED, paste("prefect_flow.py"))
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "succeeded"
    assert "exited with 255: the sync is running" in done.stderr
    assert len(emulator.requests("POST")) == 1


def test_what_the_documentation_gives_to_paste_does_not_try_again_where_that_is_no_use(
    flow: Any, paste: Any, emulator: Any, connector: str
) -> None:
    emulator.outcomes(connector, {"result": "failure"})
    done = flow("-c", PASTED, paste("prefect_flow.py"))
    assert done.returncode == 1
    _, failed, after = done.stderr.partition("check_sync_status exited with 1: ")
    assert failed
    assert "will start" not in after
    assert len(emulator.requests("POST")) == 1
