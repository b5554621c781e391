"""Slipway under Prefect 3: trigger a sync, check it until it has ended, pass the result on.

Needs this repository where the flow runs (SLIPWAY_HOME), a working folder that trigger and check share (SLIPWAY_DATA),
and the credentials in the environment. ``python prefect_flow.py speak_inexpensive`` runs it once; ``sync.serve()`` or a
deployment schedules it.
"""

import json
import os
import subprocess
import sys
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run

SLIPWAY = os.environ.get("SLIPWAY_HOME", "/opt/slipway")
PYTHON = os.environ.get("SLIPWAY_PYTHON", sys.executable)  # one that has requirements-run.txt
FOLDER = os.environ.get("SLIPWAY_DATA", "/srv/slipway")

TRY_AGAIN = {130, 143, 221, 222, 223, 255}
"""Exit codes after which the same step, run again later, may end differently. Every other one is final."""


class Ended(Exception):
    """A blueprint that did not exit with 0."""

    def __init__(self, blueprint: str, code: int, result: dict[str, Any]) -> None:
        super().__init__(f"{blueprint} exited with {code}: {result.get('message')}")
        self.code = code


def slipway(blueprint: str, **variables: str) -> dict[str, Any]:
    """Run a blueprint: its result, or Ended."""
    done = subprocess.run(
        [PYTHON, f"{SLIPWAY}/blueprints/{blueprint}.py"],
        env={**os.environ, **variables},
        cwd=FOLDER,
        capture_output=True,
        text=True,
    )
    for line in done.stderr.splitlines():
        get_run_logger().info("%s", line)
    result: dict[str, Any] = json.loads(done.stdout or "{}")
    if done.returncode:
        raise Ended(blueprint, done.returncode, result)
    return result


async def may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Whether to try again: the exit code says so. An error that is none of Slipway's is tried again too."""
    try:
        await state.aresult()
    except Ended as ended:
        return ended.code in TRY_AGAIN
    except Exception:
        return True
    return False


DELAY = float(os.environ.get("SLIPWAY_RETRY_DELAY", "60"))


@task(retries=5, retry_delay_seconds=DELAY, retry_condition_fn=may_help)
def trigger(connector_id: str) -> dict[str, Any]:
    # The same for each try, of the task and of the flow run, so that a retry joins the sync that it started.
    run_id = f"{flow_run.id}-{connector_id}"
    return slipway("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector_id, SLIPWAY_RUN_ID=run_id)


@task(retries=240, retry_delay_seconds=DELAY, retry_condition_fn=may_help)
def check(triggered: dict[str, Any]) -> dict[str, Any]:
    return slipway("fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS=triggered["run_id"])


@flow(name="slipway")
def sync(connector_id: str) -> dict[str, Any]:
    """The result of the check; ``trigger.map(ids)`` and ``check.map(...)`` do the same for many."""
    return check(trigger(connector_id))


if __name__ == "__main__":
    print(json.dumps(sync(sys.argv[1])))
