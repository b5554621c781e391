"""What comes after a request that may have done something: no failed look replaces what is known of it."""

import json
from typing import Any

import pytest

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
LONG = {"seconds": 60}
BAD_LOOKS = [401, 403, 404, 400, 429, 503]


def state(airbyte: Any, run_id: str = "run-1") -> Any:
    return json.loads(airbyte.file("variables", f"{run_id}_sync.json").read_text())["state"]


def bad(status: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "json": {"message": "not now"}, **more}


@pytest.mark.parametrize("status", BAD_LOOKS)
def test_a_look_of_any_kind_that_fails_does_not_end_the_search_for_a_lost_trigger(public: Any, status: int) -> None:
    public.answer_trigger({"reset": "after"})
    method, path = public.list_path
    public.answers(path, {"pass": True}, bad(status, times=2), method=method)
    done = public("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="3", AIRBYTE_WAIT="FALSE")
    assert (done.code, public.triggers(), state(public)) == (0, 1, "accepted")


@pytest.mark.parametrize("status", [400, 404])
def test_a_lost_trigger_that_cannot_be_looked_for_is_unknown(airbyte: Any, status: int) -> None:
    airbyte.answer_trigger({"reset": "after"})
    method, path = airbyte.list_path
    airbyte.answers(path, {"pass": True}, bad(status, times="always"), method=method)
    done = airbyte("execute_sync", SHOP, SLIPWAY_RUN_ID="run-1", SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, airbyte.triggers(), state(airbyte)) == (202, 1, "unknown")
