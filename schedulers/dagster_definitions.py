"""Slipway under Dagster: an asset per connector, the result as its materialization's metadata, and a sensor that
observes how old the data is, no matter who synced it.

Needs slipway-blueprints where the code location runs, a working folder that retries share (SLIPWAY_DATA), and the
credentials in the environment. ``dagster dev -f dagster_definitions.py``; SLIPWAY_CONNECTORS names the
connectors, separated by commas.
"""

import json
import os
from pathlib import Path
from typing import Any

import dagster as dg

import slipway

FOLDER = os.environ.get("SLIPWAY_DATA", "/srv/slipway")
CONNECTORS = os.environ.get("SLIPWAY_CONNECTORS", "speak_inexpensive").split(",")
PAUSE = float(os.environ.get("SLIPWAY_RETRY_DELAY", "60"))
CHECKS = 240


def blueprint(context: dg.OpExecutionContext, name: str, **variables: str) -> dict[str, Any]:
    """Run a blueprint and return its result. Its stderr goes to the step's log.

    Raise RetryRequested if trying again may help, else a Failure that is not retried.
    """
    try:
        return slipway.run(name, check=True, cwd=FOLDER, log=context.log.info, **variables).fields
    except slipway.TryAgain as ended:
        raise dg.RetryRequested(max_retries=CHECKS, seconds_to_wait=PAUSE) from ended
    except slipway.Failed as ended:
        raise dg.Failure(str(ended), metadata=metadata(ended.result.fields), allow_retries=False) from ended


def metadata(result: dict[str, Any]) -> dict[str, Any]:
    """Return the result's fields, which Dagster shows beside the asset."""
    return {name: value for name, value in result.items() if value is not None}


def asset_name(connector_id: str) -> str:
    return connector_id.replace("-", "_")


def connector_asset(connector_id: str) -> dg.AssetsDefinition:
    """Return an asset of two steps, so that a retry of the check never triggers a new sync after a failed one."""
    name = asset_name(connector_id)

    @dg.op(name=f"trigger_{name}")
    def trigger(context: dg.OpExecutionContext) -> str:
        # A retry of the step has the same run, a re-execution the same root run: both join the sync that they started.
        run_id = f"{context.run.root_run_id or context.run.run_id}-{connector_id}"
        blueprint(context, "fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector_id, SLIPWAY_RUN_ID=run_id)
        return run_id

    @dg.op(name=f"check_{name}")
    def check(context: dg.OpExecutionContext, upstream: str) -> dg.Output[str]:
        result = blueprint(context, "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS=upstream)
        return dg.Output(result["succeeded_at"], metadata=metadata(result))

    @dg.graph_asset(name=name, group_name="fivetran", kinds={"fivetran"})
    def synced() -> Any:
        return check(trigger())

    return synced


@dg.sensor(minimum_interval_seconds=900)
def freshness(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Observe each connector's age and state. It starts nothing, and one call reads them all."""
    ended = slipway.run(
        "fivetran/check_freshness",
        cwd=FOLDER,
        log=context.log.info,
        FIVETRAN_CONNECTOR_ID=",".join(CONNECTORS),
        SLIPWAY_RETRY_TIMEOUT=20,  # a tick may take a minute
    )
    rows = (ended.fields.get("data") or {}).get("rows")
    if not rows:
        raise RuntimeError(f"check_freshness exited with {ended.code}: {ended.message}")
    read = [json.loads(line) for line in Path(FOLDER, rows).read_text("utf-8").splitlines()]
    seen = [dg.AssetObservation(asset_name(row["connector_id"]), metadata=metadata(row)) for row in read]
    return dg.SensorResult(asset_events=seen)


defs = dg.Definitions(assets=[connector_asset(connector_id) for connector_id in CONNECTORS], sensors=[freshness])
