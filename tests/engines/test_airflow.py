"""The Airflow examples in a real Airflow 3: ``airflow dags test`` runs them against the emulator."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.engines.airflow_process import Airflow, Task

ROOT = Path(__file__).resolve().parents[2]

POD = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("dag", sys.argv[1])
dag = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dag)
from unittest.mock import MagicMock
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from kubernetes.client import models as k8s

def outcome(code):
    ended = None
    if code is not None:
        ended = k8s.V1ContainerStateTerminated(exit_code=code)
    state = k8s.V1ContainerState(terminated=ended)
    status = k8s.V1ContainerStatus(name="base", state=state, image="i", image_id="i", ready=False, restart_count=0)
    phase = "Succeeded" if code == 0 else "Failed"
    metadata = k8s.V1ObjectMeta(name="p", namespace="n")
    pod = k8s.V1Pod(metadata=metadata, status=k8s.V1PodStatus(phase=phase, container_statuses=[status]))
    operator = dag.SlipwayPod(task_id="t", blueprint="fivetran/execute_sync", variables={}, log_events_on_failure=False)
    operator.__dict__["client"] = operator.__dict__["hook"] = MagicMock()  # no cluster to ask
    try:
        operator.cleanup(pod, pod)
    except AirflowFailException:
        return "final"
    except AirflowException:
        return "again"
    return "done"

print(json.dumps({str(code): outcome(code) for code in (None, *map(int, sys.argv[2].split(",")))}))
"""

ENVIRON = """
from airflow.sdk import dag
from airflow.providers.standard.operators.bash import BashOperator

@dag(dag_id="environ", schedule=None)
def environ():
    BashOperator.partial(task_id="mapped").expand(bash_command=["env | grep ^AIRFLOW_CTX_ > " + %r] * 1)

environ()
"""


@pytest.mark.usefixtures("ends_once_looked_at")
def test_a_sync_is_triggered_looked_at_until_it_has_ended_and_passed_on(
    airflow: Airflow, emulator: Any, connector: str
) -> None:
    done = airflow("dags", "test", "slipway_chain")
    assert done.returncode == 0, done.stdout[-3000:]
    tasks = airflow.tasks()
    assert {name: task.state for name, task in tasks.items()} == {
        "trigger": "success",
        "check": "success",
        "use": "success",
    }
    said = done.stdout + done.stderr
    assert "UP_FOR_RESCHEDULE" in said
    assert "exit 255: the sync is running" in said
    assert airflow.xcom("check")["status"] == "succeeded"
    assert airflow.xcom("trigger")["run_id"].startswith("slipway_chain__trigger__")
    assert len(emulator.requests("POST")) == 1


def test_a_failed_sync_fails_the_sensor_at_once(airflow: Airflow, emulator: Any, connector: str) -> None:
    emulator.outcomes(connector, {"result": "failure"})
    airflow("dags", "test", "slipway_chain")
    tasks = airflow.tasks()
    assert tasks["check"].state == "failed"
    assert tasks["use"].state == "upstream_failed"
    assert len(emulator.requests("POST")) == 1


def test_a_dead_connector_fails_the_trigger_without_a_retry(airflow: Airflow, emulator: Any, connector: str) -> None:
    emulator.set(connector, paused=True)
    airflow("dags", "test", "slipway_chain")
    tasks = airflow.tasks()
    assert tasks["trigger"] == Task("failed", 1)
    assert tasks["check"].state == "upstream_failed"
    assert len(emulator.requests()) == 1


def test_a_trigger_that_finds_the_api_unreachable_is_tried_again(
    airflow: Airflow, emulator: Any, connector: str
) -> None:
    emulator.answers("GET", f"/v1/connections/{connector}", {"status": 503})
    done = airflow("dags", "test", "slipway_chain")
    tasks = airflow.tasks()
    assert tasks["trigger"] == Task("success", 2), (done.stdout + done.stderr)[-3000:]
    assert tasks["check"].state == "success"
    assert len(emulator.requests("POST")) == 1


def test_a_read_that_finds_the_api_unreachable_does_not_end_the_wait(
    airflow: Airflow, emulator: Any, connector: str
) -> None:
    """The trigger's two reads, before and after its request, succeed. The sensor's first read fails."""
    emulator.answers("GET", f"/v1/connections/{connector}", {"pass": True, "times": 2}, {"status": 503})
    done = airflow("dags", "test", "slipway_chain")
    said = done.stdout + done.stderr
    tasks = airflow.tasks()
    assert tasks["trigger"] == Task("success", 1), said[-3000:]
    assert tasks["check"] == Task("success", 1), said[-3000:]
    assert "exit 223" in said
    assert "UP_FOR_RESCHEDULE" in said
    assert [row["method"] for row in emulator.requests()][:4] == ["GET", "POST", "GET", "GET"]


def test_mapped_tasks_have_a_run_id_each(airflow: Airflow, emulator: Any) -> None:
    airflow("dags", "test", "slipway_mapped")
    tasks = airflow.tasks()
    assert {task.state for task in tasks.values()} == {"success"}, tasks
    assert {"check[0]", "check[1]"} <= set(tasks)
    assert len(emulator.requests("POST")) == 2


def test_the_batch_is_one_process_and_one_call_a_poll(airflow: Airflow, emulator: Any) -> None:
    done = airflow("dags", "test", "slipway_fleet")
    assert {name: task.state for name, task in airflow.tasks().items()} == {"trigger": "success", "check": "success"}
    polls = (done.stdout + done.stderr).count("Poking callable")
    assert len(emulator.requests("POST")) == 2
    assert len(emulator.requests("GET")) == 2 + polls  # the trigger's two reads, then one for each poll of both


def test_the_names_that_airflow_exports_are_those_that_the_run_id_is_made_of(airflow: Airflow, tmp_path: Path) -> None:
    """A map index is not among them, so a mapped task needs SLIPWAY_RUN_ID."""
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "environ.py").write_text(ENVIRON % str(tmp_path / "found"))
    airflow("dags", "test", "environ", dags=dags)
    names = {line.partition("=")[0] for line in (tmp_path / "found").read_text().splitlines()}
    assert {"AIRFLOW_CTX_DAG_ID", "AIRFLOW_CTX_TASK_ID", "AIRFLOW_CTX_DAG_RUN_ID"} <= names
    assert not [name for name in names if "MAP" in name]


def test_the_pod_operator_fails_at_once_at_a_final_code_and_only_there(airflow: Airflow) -> None:
    from shared.exit_codes import ExitCode

    codes = ",".join(str(int(code)) for code in ExitCode)
    command = [airflow.binaries / "python", "-c", POD, ROOT / "schedulers/airflow_kubernetes_dag.py", codes]
    environ = {**airflow.environ, "AIRFLOW_HOME": str(airflow.folder)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("None") == "again"
    assert found.pop("0") == "done"
    assert found == {str(int(code)): "again" if code.retry else "final" for code in ExitCode if code}


@pytest.mark.usefixtures("ends_once_looked_at")
def test_what_the_documentation_gives_to_paste_looks_until_the_sync_has_ended(
    airflow: Airflow, paste: Any, emulator: Any, connector: str
) -> None:
    done = airflow("dags", "test", connector, dags=paste("airflow_dag.py").parent)
    assert done.returncode == 0, done.stdout[-3000:]
    assert {name: task.state for name, task in airflow.tasks().items()} == {"trigger": "success", "check": "success"}
    assert "exit 255: the sync is running" in done.stdout + done.stderr
    assert airflow.xcom("check")["status"] == "succeeded"
    assert len(emulator.requests("POST")) == 1


def test_what_the_documentation_gives_to_paste_does_not_try_again_where_that_is_no_use(
    airflow: Airflow, paste: Any, emulator: Any, connector: str
) -> None:
    dags = paste("airflow_dag.py").parent
    emulator.outcomes(connector, {"result": "failure"})
    airflow("dags", "test", connector, dags=dags)
    assert {name: task.state for name, task in airflow.tasks().items()} == {"trigger": "success", "check": "failed"}
    emulator.set(connector, paused=True)
    airflow("dags", "test", connector, dags=dags)
    assert airflow.tasks()["trigger"] == Task("failed", 1)
    assert len(emulator.requests("POST")) == 1


def test_what_the_documentation_gives_to_paste_tries_an_unreachable_api_again(
    airflow: Airflow, paste: Any, emulator: Any, connector: str
) -> None:
    emulator.answers("GET", f"/v1/connections/{connector}", {"status": 503})
    airflow("dags", "test", connector, dags=paste("airflow_dag.py").parent)
    assert airflow.tasks()["trigger"] == Task("success", 2)
    assert airflow.tasks()["check"].state == "success"
    assert len(emulator.requests("POST")) == 1


@pytest.mark.parametrize(
    ("connection", "state"),
    [("749c19dc-4f97-4f30-bb0f-126e53506960", "success"), ("5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f", "failed")],
)
def test_what_the_documentation_gives_to_paste_takes_airbyte_with_the_changes_that_it_names(
    airflow: Airflow, paste: Any, emulator: Any, connector: str, connection: str, state: str
) -> None:
    emulator.reset(sync_seconds=0)
    file = paste("airflow_dag.py")
    changes = {
        "fivetran/": "airbyte/",
        "FIVETRAN_CONNECTOR_ID=connector_id": 'AIRBYTE_CONNECTION_ID=connector_id, AIRBYTE_WAIT="FALSE"',
        f'trigger("{connector}")': f'trigger("{connection}")',
    }
    for given, changed in changes.items():
        assert given in file.read_text()
        file.write_text(file.read_text().replace(given, changed))
    host, port = emulator.url.removeprefix("http://").split(":")
    airflow.environ = {**airflow.environ, "AIRBYTE_SERVER_HOST": host, "AIRBYTE_SERVER_PORT": port}
    done = airflow("dags", "test", connector, dags=file.parent)
    said = done.stdout + done.stderr
    assert {name: task.state for name, task in airflow.tasks().items()} == {"trigger": "success", "check": state}, said
    assert [row["path"] for row in emulator.requests("POST")].count("/api/v1/connections/sync") == 1
