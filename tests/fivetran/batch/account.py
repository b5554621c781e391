"""Six connectors of the emulator's account, and the files that a batch of them leaves."""

import json
from typing import Any

from tests.conftest import Blueprint, Emulator, Finished, Process

SIX = "speak_inexpensive,sleepy_lantern,gratuitous_bounty,fractured_compass,stubborn_kettle,handmade_widget"
TWO = "speak_inexpensive,gratuitous_bounty"
WAIT = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}

TWO_AT_A_TIME = {"FIVETRAN_CONCURRENCY": "2", "SLIPWAY_READ_TIMEOUT": "60", "SLIPWAY_RETRY_TIMEOUT": "60"}
"""Two calls at a time, with timeouts so long that a busy machine does not end a run before the test stops it."""


def rows(blueprint: Blueprint | Process, result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    lines = (blueprint.cwd / result["data"]["rows"]).read_text().splitlines()
    return {row["connector_id"]: row for row in map(json.loads, lines)}


def statuses(blueprint: Blueprint | Process, done: Finished) -> dict[str, str]:
    return {key: row["status"] for key, row in rows(blueprint, done.result).items()}


def posts(emulator: Emulator) -> list[str]:
    return [row["path"].split("/")[-2] for row in emulator.requests("POST")]


def killed_on_the_way(process: Process, emulator: Emulator, **variables: str) -> list[str]:
    """Kill a batch after it has sent 22 triggers. The last two took effect, but their answers were not read."""
    emulator.answers(
        "POST", "/v1/connections/*/sync", {"pass": True, "times": 20}, {"hang": 60, "handled": True, "times": 2}
    )
    running = process.start("fivetran/execute_sync", **TWO_AT_A_TIME, **variables)
    process.until(running, lambda: len(posts(emulator)) == 22)
    running.kill()
    running.communicate()
    return posts(emulator)
