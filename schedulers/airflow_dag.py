"""Slipway under Airflow 3: trigger a sync, check it until it has ended, pass the result on.

Needs this repository on the workers (SLIPWAY_HOME), a folder that they share (SLIPWAY_DATA), and the credentials in
their environment. Where workers share no folder, see airflow_kubernetes_dag.py: the facts travel by XCom there.

Three DAGs, by how many connectors they serve. API calls an hour, of the 20,000 that a paid Fivetran account has, while
N syncs run that are looked at once a minute:

    slipway_chain    one connector                                      60
    slipway_mapped   a task pair per connector, each looked at alone    60 * N:   18,000 for 300 connectors
    slipway_fleet    one process for all, a call per 1000 connectors    60 * ceil(N / 1000):   60 for 300 connectors

besides two calls for each trigger. Mapped tasks show each connector in the grid and can be retried one by one; from
some dozens on the fleet is the one that leaves quota to others.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

from airflow.sdk import PokeReturnValue, Variable, dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

SLIPWAY = os.environ.get("SLIPWAY_HOME", "/opt/slipway")
PYTHON = os.environ.get("SLIPWAY_PYTHON", sys.executable)  # one that has requirements-run.txt
FOLDER = os.environ.get("SLIPWAY_DATA", "/srv/slipway")

TRY_AGAIN = {130, 143, 221, 222, 223, 255}
"""Exit codes after which the same step, run again later, may end differently. Every other one is final."""

ONCE = {"schedule": None, "catchup": False}
PATIENT = {"retries": 5, "retry_delay": timedelta(seconds=float(os.environ.get("SLIPWAY_RETRY_DELAY", "60")))}
LOOK = {"mode": "reschedule", "poke_interval": float(os.environ.get("SLIPWAY_POKE", "60")), "timeout": 4 * 3600}


def slipway(blueprint: str, **variables: str) -> tuple[int, dict[str, Any]]:
    """Run a blueprint: its exit code and its result. What it says on stderr goes to the task's log."""
    command = [PYTHON, f"{SLIPWAY}/blueprints/{blueprint}.py"]
    done = subprocess.run(command, env={**os.environ, **variables}, cwd=FOLDER, stdout=subprocess.PIPE, text=True)
    return done.returncode, json.loads(done.stdout or "{}")


def failure(blueprint: str, code: int, result: dict[str, Any]) -> AirflowException:
    """The exception that makes Airflow retry, or fail at once where no retry will help."""
    kind = AirflowException if code in TRY_AGAIN else AirflowFailException
    return kind(f"{blueprint} exited with {code}: {result.get('message')}")


def run_id(ti: Any) -> str:
    """The same for each try of this task instance, so that a retry joins the sync that the try before it started.

    The map index is part of it: Airflow exports none to processes, so Slipway cannot find it by itself.
    """
    return f"{ti.dag_id}__{ti.task_id}__{ti.run_id}__{ti.map_index}"


@task(**PATIENT)
def trigger(connector_id: str, ti: Any = None) -> dict[str, Any]:
    code, result = slipway("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector_id, SLIPWAY_RUN_ID=run_id(ti))
    if code:
        raise failure("execute_sync", code, result)
    return result


@task.sensor(**LOOK)
def check(triggered: dict[str, Any], ti: Any = None) -> PokeReturnValue:
    """Frees its worker slot between two looks, and fails at once where the sync has failed or never will end."""
    ids = {"SLIPWAY_UPSTREAM_RUN_IDS": triggered["run_id"], "SLIPWAY_RUN_ID": run_id(ti)}
    code, result = slipway("fivetran/check_sync_status", **ids)
    if code and code not in TRY_AGAIN:
        raise failure("check_sync_status", code, result)
    return PokeReturnValue(is_done=code == 0, xcom_value=result)


@task
def use(result: dict[str, Any]) -> str:
    """What comes after: here it only tells that it has the result."""
    print(f"{result['connector_id']} has new data as of {result['succeeded_at']}")
    return str(result["succeeded_at"])


@dag(dag_id="slipway_chain", params={"connector_id": "speak_inexpensive"}, **ONCE)
def chain() -> None:
    use(check(trigger("{{ params.connector_id }}")))


@dag(dag_id="slipway_mapped", **ONCE)
def mapped() -> None:
    @task
    def connectors() -> list[str]:
        """Ids from the Airflow variable slipway_connectors, separated by commas."""
        return str(Variable.get("slipway_connectors")).split(",")

    use.expand(result=check.expand(triggered=trigger.expand(connector_id=connectors())))


@dag(dag_id="slipway_fleet", **ONCE)
def fleet() -> None:
    check(trigger("{{ var.value.slipway_connectors }}"))


chain()
mapped()
fleet()
