"""Slipway under Airflow 3: trigger a sync, check it until it has ended, pass the result on.

Needs slipway-blueprints beside Airflow, a folder that the workers share (SLIPWAY_DATA), and the credentials in their
environment. If workers share no folder, see airflow_kubernetes_dag.py, which passes the facts by XCom.

There are three DAGs, for different numbers of connectors. API calls per hour (a paid Fivetran account has 20,000)
while N syncs run that are checked once a minute:

    slipway_chain    one connector                                      60
    slipway_mapped   a task pair per connector, each checked alone      60 * N:   18,000 for 300 connectors
    slipway_fleet    one process for all, a call per 1000 connectors    60 * ceil(N / 1000):   60 for 300 connectors

in addition to two calls for each trigger. Mapped tasks show each connector in the grid and can be retried one by one;
with more than a few dozen connectors, the fleet leaves quota for other programs.
"""

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import PokeReturnValue, Variable, dag, task
from airflow.sdk.exceptions import AirflowFailException

import slipway

FOLDER = os.environ.get("SLIPWAY_DATA", "/srv/slipway")

ONCE = {"schedule": None, "catchup": False}
RETRIES = {"retries": 5, "retry_delay": timedelta(seconds=float(os.environ.get("SLIPWAY_RETRY_DELAY", "60")))}
POKES = {"mode": "reschedule", "poke_interval": float(os.environ.get("SLIPWAY_POKE", "60")), "timeout": 4 * 3600}


def blueprint(name: str, **variables: str) -> dict[str, Any]:
    """Run a blueprint and return its result. Its stderr is printed into the task's log.

    A final exit code raises AirflowFailException, which fails the task at once. After slipway.TryAgain Airflow
    retries the task.
    """
    try:
        return slipway.run(name, check=True, cwd=FOLDER, log=print, **variables).fields
    except slipway.Failed as failed:
        raise AirflowFailException(str(failed)) from failed


def run_id(ti: Any) -> str:
    """Return the same id for each try of this task instance, so that a retry joins the sync that it started.

    It includes the map index, which Airflow does not export to processes, so that Slipway cannot find it by itself.
    """
    return f"{ti.dag_id}__{ti.task_id}__{ti.run_id}__{ti.map_index}"


@task(**RETRIES)
def trigger(connector_id: str, ti: Any = None) -> dict[str, Any]:
    return blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector_id, SLIPWAY_RUN_ID=run_id(ti))


@task.sensor(**POKES)
def check(triggered: dict[str, Any], ti: Any = None) -> PokeReturnValue:
    """Free the worker slot between two checks. Fail at once if the sync has failed or will never end."""
    ids = {"SLIPWAY_UPSTREAM_RUN_IDS": triggered["run_id"], "SLIPWAY_RUN_ID": run_id(ti)}
    try:
        return PokeReturnValue(is_done=True, xcom_value=blueprint("fivetran/check_sync_status", **ids))
    except slipway.TryAgain:
        return PokeReturnValue(is_done=False)


@task
def use(result: dict[str, Any]) -> str:
    """Use the result. Replace this by your next step."""
    print(f"{result['connector_id']} has new data as of {result['succeeded_at']}")
    return str(result["succeeded_at"])


@dag(dag_id="slipway_chain", params={"connector_id": "speak_inexpensive"}, **ONCE)
def chain() -> None:
    use(check(trigger("{{ params.connector_id }}")))


@dag(dag_id="slipway_mapped", **ONCE)
def mapped() -> None:
    @task
    def connectors() -> list[str]:
        """Return the ids in the Airflow variable slipway_connectors, which are separated by commas."""
        return str(Variable.get("slipway_connectors")).split(",")

    use.expand(result=check.expand(triggered=trigger.expand(connector_id=connectors())))


@dag(dag_id="slipway_fleet", **ONCE)
def fleet() -> None:
    check(trigger("{{ var.value.slipway_connectors }}"))


chain()
mapped()
fleet()
