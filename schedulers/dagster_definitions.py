"""Slipway under Dagster: an asset per connector, the result as its materialization's metadata.

Needs this repository where the code location runs (SLIPWAY_HOME), a working folder that retries share (SLIPWAY_DATA),
and the credentials in the environment. ``dagster dev -f dagster_definitions.py``; SLIPWAY_CONNECTORS names the
connectors, separated by commas.
"""

import json
import os
import subprocess
import sys
from typing import Any

import dagster as dg

SLIPWAY = os.environ.get("SLIPWAY_HOME", "/opt/slipway")
PYTHON = os.environ.get("SLIPWAY_PYTHON", sys.executable)  # one that has requirements-run.txt
FOLDER = os.environ.get("SLIPWAY_DATA", "/srv/slipway")
CONNECTORS = os.environ.get("SLIPWAY_CONNECTORS", "speak_inexpensive").split(",")
PAUSE = float(os.environ.get("SLIPWAY_RETRY_DELAY", "60"))
LOOKS = 240

TRY_AGAIN = {130, 143, 221, 222, 223, 255}
"""Exit codes after which the same step, run again later, may end differently. Every other one is final."""


def slipway(context: dg.OpExecutionContext, blueprint: str, **variables: str) -> dict[str, Any]:
    """Run a blueprint: its result. Raises RetryRequested where trying again may help, else Failure, which never is."""
    done = subprocess.run(
        [PYTHON, f"{SLIPWAY}/blueprints/{blueprint}.py"],
        env={**os.environ, **variables},
        cwd=FOLDER,
        capture_output=True,
        text=True,
    )
    for line in done.stderr.splitlines():
        context.log.info(line)
    result: dict[str, Any] = json.loads(done.stdout or "{}")
    if done.returncode in TRY_AGAIN:
        raise dg.RetryRequested(max_retries=LOOKS, seconds_to_wait=PAUSE)
    if done.returncode:
        raise dg.Failure(
            f"{blueprint} exited with {done.returncode}: {result.get('message')}",
            metadata=metadata(result),
            allow_retries=False,
        )
    return result


def metadata(result: dict[str, Any]) -> dict[str, Any]:
    """The result's fields as Dagster shows them beside the asset."""
    return {name: value for name, value in result.items() if value is not None}


def connector_asset(connector_id: str) -> dg.AssetsDefinition:
    """Two steps, so that a retry of the check never triggers: a sync that failed in between would be started again."""
    name = connector_id.replace("-", "_")

    @dg.op(name=f"trigger_{name}")
    def trigger(context: dg.OpExecutionContext) -> str:
        # A retry of the step has the same run, re-executing a failed run the same root: both join what they started.
        run_id = f"{context.run.root_run_id or context.run.run_id}-{connector_id}"
        slipway(context, "fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector_id, SLIPWAY_RUN_ID=run_id)
        return run_id

    @dg.op(name=f"check_{name}")
    def check(context: dg.OpExecutionContext, upstream: str) -> dg.Output[str]:
        result = slipway(context, "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS=upstream)
        return dg.Output(result["succeeded_at"], metadata=metadata(result))

    @dg.graph_asset(name=name, group_name="fivetran", kinds={"fivetran"})
    def synced() -> Any:
        return check(trigger())

    return synced


defs = dg.Definitions(assets=[connector_asset(connector_id) for connector_id in CONNECTORS])
