"""The Prefect example in a real Prefect 3, with a server of its own on a port of the loopback address."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulator.clock import stamp_text

ROOT = Path(__file__).resolve().parents[2]
PASTED = "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['sync'](sys.argv[2])))"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Prefect's database and results. Its server ends with the flow's process."""
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


TASKS = """
import importlib.util, json, os, sys
spec = importlib.util.spec_from_file_location("prefect_tasks", sys.argv[1])
tasks = sys.modules["prefect_tasks"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tasks)
from prefect import flow

@flow
def load(given):
    made, called = given
    return getattr(tasks, os.environ["TASK"])(**made)(**called)

print(json.dumps(load(json.loads(os.environ["GIVEN"]))))
"""
CONNECTION = "749c19dc-4f97-4f30-bb0f-126e53506960"


@pytest.fixture
def called(flow: Any, example: dict[str, str], emulator: Any) -> Any:
    """Call a task of prefect_tasks.py in a flow. Only its arguments name the credentials and the connector."""

    def call(task: str, made: dict[str, Any], **arguments: Any) -> "subprocess.CompletedProcess[str]":
        for name in ("FIVETRAN_API_KEY", "FIVETRAN_API_SECRET"):
            example.pop(name, None)
        example.update({"TASK": task, "GIVEN": json.dumps([made, arguments])})
        return flow("-c", TASKS, ROOT / "schedulers/prefect_tasks.py")

    return call


def credentials(process: Any) -> dict[str, str]:
    return {name: process.environ[f"FIVETRAN_{name.upper()}"] for name in ("api_key", "api_secret")}


def test_fivetrans_task_returns_what_prefects_own_returned(
    called: Any, process: Any, emulator: Any, connector: str
) -> None:
    done = called("FivetranSyncTask", {}, **credentials(process), connector_id=connector, poll_status_every_n_seconds=1)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "connector_id": connector,
        "succeeded_at": stamp_text(emulator.connector(connector)["succeeded_at"]),
    }
    assert len(emulator.requests("POST")) == 1
    assert process.environ["FIVETRAN_API_SECRET"] not in done.stdout + done.stderr


def test_the_id_of_a_call_wins_and_a_retry_follows_an_api_that_cannot_be_reached(
    called: Any, process: Any, emulator: Any, connector: str
) -> None:
    emulator.answers("GET", f"/v1/connections/{connector}", {"status": 503})
    made = {"connector_id": "intrinsic_coolness", "retries": 1, "retry_delay_seconds": 0}
    done = called(
        "FivetranSyncTask", made, **credentials(process), connector_id=connector, poll_status_every_n_seconds=1
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "exited with 223" in done.stderr
    assert [row["path"] for row in emulator.requests("POST")] == [f"/v1/connections/{connector}/sync"]


def test_a_dead_connector_fails_the_task_at_once_with_the_reason(
    called: Any, process: Any, emulator: Any, connector: str
) -> None:
    emulator.set(connector, paused=True)
    made = {"connector_id": connector, "retries": 3, "retry_delay_seconds": 0}
    done = called("FivetranSyncTask", made, **credentials(process))
    assert done.returncode == 1
    assert "fivetran/execute_sync exited with 216: " in done.stderr
    assert len(emulator.requests()) == 1


def test_airbytes_task_returns_what_prefects_own_returned(called: Any, emulator: Any) -> None:
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    made = {"airbyte_server_host": "nowhere.invalid", "airbyte_server_port": int(port)}
    done = called("AirbyteConnectionTask", made, airbyte_server_host=host, connection_id=CONNECTION, poll_interval_s=1)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert sorted(found) == ["connection_id", "succeeded_at"]
    assert found["connection_id"] == CONNECTION
    assert found["succeeded_at"]
    assert [row["path"] for row in emulator.requests("POST")].count("/api/v1/connections/sync") == 1
