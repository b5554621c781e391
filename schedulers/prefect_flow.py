"""Slipway under Prefect 3: trigger a sync, check it until it has ended, pass the result on.

Needs slipway-blueprints where the flow runs, a working folder that trigger and check share (SLIPWAY_DATA), and the
credentials in the environment. ``python prefect_flow.py speak_inexpensive`` runs it once; ``sync.serve()`` or a
deployment schedules it. One task that starts a sync and waits for it: prefect_tasks.py.
"""

import json
import os
import sys
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run

import slipway

FOLDER = os.environ.get("SLIPWAY_DATA", "/srv/slipway")


def blueprint(name: str, **variables: str) -> dict[str, Any]:
    """Run a blueprint and return its result. Its stderr goes to the task run's log."""
    return slipway.run(name, check=True, cwd=FOLDER, log=get_run_logger().info, **variables).fields


async def may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Return whether to try again: False if the same step would fail again. Any other error is retried."""
    return not isinstance(await state.aresult(raise_on_failure=False), slipway.Failed)


DELAY = float(os.environ.get("SLIPWAY_RETRY_DELAY", "60"))


@task(retries=5, retry_delay_seconds=DELAY, retry_condition_fn=may_help)
def trigger(connector_id: str) -> dict[str, Any]:
    # The same for each try of the task and of the flow run, so that a retry joins the sync that it started.
    run_id = f"{flow_run.id}-{connector_id}"
    return blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector_id, SLIPWAY_RUN_ID=run_id)


@task(retries=240, retry_delay_seconds=DELAY, retry_condition_fn=may_help)
def check(triggered: dict[str, Any]) -> dict[str, Any]:
    return blueprint("fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS=triggered["run_id"])


@flow(name="slipway")
def sync(connector_id: str) -> dict[str, Any]:
    """Return the result of the check. ``trigger.map(ids)`` and ``check.map(...)`` do the same for many."""
    return check(trigger(connector_id))


if __name__ == "__main__":
    print(json.dumps(sync(sys.argv[1])))
