"""A trigger in an earlier step, which has left its record."""

from typing import Any

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
FAILING = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
NEVER_RUN = "e1f2a3b4-c5d6-4e7f-9081-a2b3c4d5e6f7"
LONG = {"seconds": 60}


def trigger(airbyte: Any, connection_id: str = SHOP, run_id: str | None = "run-1") -> int:
    done = airbyte("execute_sync", connection_id, AIRBYTE_WAIT="FALSE", SLIPWAY_RUN_ID=run_id)
    assert done.code == 0, done.stderr
    number: int = done.result["job_id"]
    return number
