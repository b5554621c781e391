"""cancel_transformation: only a running one is cancelled, once, and the reading afterwards decides."""

from typing import Any

import pytest
import requests

from tests.conftest import KEY, SECRET, Blueprint, Emulator, Finished, Process
from tests.fivetran.refusal import refused

ID = "reluctant_harvest"
CANCEL = f"/v1/transformations/{ID}/cancel"
CONFLICT = {"status": 409, "json": {"code": "Conflict", "message": "nothing runs"}}


@pytest.fixture(autouse=True)
def running(emulator: Emulator) -> None:
    emulator.switches(transformation_delay=0)
    emulator.scenario(
        {"fivetran": {"transformations": {ID: {"default_outcome": {"result": "SUCCEEDED", "seconds": 9999}}}}}
    )


def start(blueprint: Blueprint | Process, emulator: Emulator) -> None:
    assert blueprint("fivetran/run_transformation", FIVETRAN_TRANSFORMATION_ID=ID).code == 0
    emulator.forget_requests()


def cancel(blueprint: Blueprint | Process, **more: str) -> Finished:
    return blueprint("fivetran/cancel_transformation", **{"FIVETRAN_TRANSFORMATION_ID": ID, **more})


def test_a_run_that_goes_on_is_cancelled(process: Process, emulator: Emulator) -> None:
    start(process, emulator)
    done = cancel(process)
    assert (done.code, done.result["status"], done.result["transformation_status"]) == (0, "cancelled", "CANCELED")
    assert [row["path"] for row in emulator.requests("POST")] == [CANCEL]
    assert process.file("responses", f"cancel_transformation_{ID}_response.json").is_file()


def test_where_nothing_runs_nothing_is_sent(blueprint: Blueprint, emulator: Emulator) -> None:
    done = cancel(blueprint)
    assert (done.code, done.result["status"]) == (0, "nothing_runs")
    assert done.result["message"] == f"nothing to cancel: {ID} is succeeded"
    assert emulator.requests("POST") == []


def test_one_that_somebody_has_cancelled_is_only_waited_for(blueprint: Blueprint, emulator: Emulator) -> None:
    start(blueprint, emulator)
    assert cancel(blueprint, SLIPWAY_DRY_RUN="TRUE").result["data"]["count"] == 1
    requests.post(emulator.url + CANCEL, auth=(KEY, SECRET), timeout=10).raise_for_status()
    emulator.forget_requests()
    done = cancel(blueprint)
    assert (done.code, done.result["status"]) == (0, "cancelled")
    assert emulator.requests("POST") == []


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        ({"reset": "after"}, 0, "cancelled"),
        ({"status": 502, "html": "lost", "handled": True}, 0, "cancelled"),
        ({"reset": "before"}, 223, "unreachable"),
        (CONFLICT, 201, "request_refused"),
        ({**CONFLICT, "handled": True}, 0, "cancelled"),
        ({"json": {"code": "Success", "message": "done"}}, 255, "cancelling"),
    ],
)
def test_what_is_read_afterwards_decides(
    blueprint: Blueprint, emulator: Emulator, answer: dict[str, Any], code: int, status: str
) -> None:
    start(blueprint, emulator)
    emulator.answers("POST", CANCEL, answer)
    done = cancel(blueprint, SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["status"]) == (code, status), done.stderr
    assert len(emulator.requests("POST")) == 1


def test_an_unknown_transformation_is_204(blueprint: Blueprint) -> None:
    refused(cancel(blueprint, FIVETRAN_TRANSFORMATION_ID="nobody"), 204, "names no transformation")
