"""Waits of a week, on a clock that only sleeps advance.

Tokens expire, a quota is used up and renewed, syncs are rescheduled again and again, a connector is deleted during the
wait.

``make test`` waits for some hours only.
"""

from typing import Any

import pytest

from tests.airbyte.conftest import SHOP, Airbyte
from tests.conftest import Blueprint, Emulator
from tests.fivetran.batch.account import TWO, statuses
from tests.soak import SHARE, tell

HOUR, DAY, WEEK = 3600.0, 86400.0, 604800.0
LONG = max(HOUR * 9, (WEEK - DAY / 2) * min(SHARE, 1.0))
"""Seconds that a sync takes."""
ID = "speak_inexpensive"
WAITS = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_WAIT_TIMEOUT": str(int(WEEK))}
EVERY = {"FIVETRAN_POLL_INTERVAL": "600"}


def waited(what: str, blueprint: Blueprint, emulator: Emulator, count: int = 1) -> None:
    days, asked = sum(blueprint.slept) / DAY, len(emulator.requests())
    print(f"weeks: {count} {what}: {days:.2f} days in {len(blueprint.slept)} sleeps, {asked} requests")
    tell({"waits": 1, "days waited": round(days), "requests": asked, what: count})


@pytest.mark.parametrize("lifetime", [180.0, 900.0])
def test_a_token_that_expires_hundreds_of_times_ends_no_wait(
    emulator: Emulator, blueprint: Blueprint, lifetime: float
) -> None:
    airbyte = Airbyte("public", emulator, blueprint)
    airbyte.switch(token_seconds=lifetime)
    airbyte.outcomes(SHOP, {"seconds": LONG})
    interval = 300 if SHARE else 600
    given: dict[str, Any] = {"AIRBYTE_WAIT_TIMEOUT": str(int(WEEK)), "AIRBYTE_POLL_INTERVAL": str(interval)}
    done = airbyte("execute_sync", SHOP, **given)
    assert done.code == 0, done.stderr[-2000:]
    assert sum(blueprint.slept) >= LONG
    tokens = sum(row["path"].endswith("/applications/token") for row in emulator.requests())
    assert tokens >= LONG / (lifetime + interval) * 0.9  # each was used until shortly before its end, then renewed
    assert airbyte.triggers() == 1
    assert "(401" not in done.stderr  # without the bracket it may be the port
    waited("tokens", blueprint, emulator, tokens)


@pytest.mark.parametrize("ids", [ID, TWO], ids=["single", "batch"])
def test_a_quota_that_runs_out_each_hour_and_comes_back_ends_no_wait(
    emulator: Emulator, blueprint: Blueprint, ids: str
) -> None:
    emulator.switches(quota=8)
    for one in ids.split(","):
        emulator.outcomes(one, {"result": "success", "seconds": LONG})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ids, **WAITS, FIVETRAN_POLL_INTERVAL="300")
    assert done.code == 0, done.stderr[-2000:]
    assert sum(blueprint.slept) >= LONG
    turned_away = sum(row["status"] == 429 for row in emulator.requests())
    assert turned_away > LONG / HOUR / 2
    assert len(emulator.requests("POST")) == len(ids.split(","))
    waited("answers of 429", blueprint, emulator, turned_away)


def test_a_sync_that_is_put_off_for_days_is_started_again_each_time(emulator: Emulator, blueprint: Blueprint) -> None:
    """With a manual schedule Fivetran does not start it again by itself."""
    times = int(LONG // HOUR) - 2
    put_off = {"result": "rescheduled", "seconds": 60, "after": HOUR - 60}
    emulator.outcomes(ID, *[put_off] * times, {"result": "success", "seconds": HOUR})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ID, **WAITS, **EVERY)
    assert done.code == 0, done.stderr[-2000:]
    assert len(emulator.requests("POST")) == times + 1
    waited("syncs put off", blueprint, emulator, times)


@pytest.mark.parametrize("ids", [ID, TWO], ids=["single", "batch"])
def test_a_connector_that_is_deleted_in_the_middle_of_a_wait_ends_it_with_204(
    emulator: Emulator, blueprint: Blueprint, ids: str
) -> None:
    for one in ids.split(","):
        emulator.outcomes(one, {"result": "success", "seconds": LONG})

    def delete() -> None:
        answer = emulator._session.delete(f"{emulator.url}/v1/connections/{ID}", auth=("key", "secret"), timeout=10)
        assert answer.ok

    blueprint.during[20] = delete
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ids, **WAITS, **EVERY)
    assert done.code == 204, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    if ids == TWO:
        assert statuses(blueprint, done) == {ID: "unknown_id", "gratuitous_bounty": "succeeded"}
        assert sum(blueprint.slept) >= LONG
    else:
        assert len(blueprint.slept) == 20
    waited("connectors deleted in the middle", blueprint, emulator)
