"""An answer that does not say whether a trigger took effect counts as lost. A redirect to elsewhere is a refusal.

1xx and 303 are such answers, too. The emulator cannot send 1xx: tests/http/test_body.py tests it.
"""

import json
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator

ID = "speak_inexpensive"
RUN = {"SLIPWAY_RUN_ID": "run-1", "SLIPWAY_RETRY_TIMEOUT": "10"}
OPERATIONS: dict[str, tuple[str, dict[str, str], str]] = {
    "sync": ("fivetran/execute_sync", {"FIVETRAN_CONNECTOR_ID": ID}, "/v1/connections/*/sync"),
    "batch": (
        "fivetran/execute_sync",
        {"FIVETRAN_CONNECTOR_ID": f"{ID},stubborn_kettle", "FIVETRAN_CONCURRENCY": "1"},
        "/v1/connections/*/sync",
    ),
    "resync": ("fivetran/resync_connector", {"FIVETRAN_CONNECTOR_ID": ID}, "/v1/connections/*/resync"),
    "transformation": (
        "fivetran/run_transformation",
        {"FIVETRAN_TRANSFORMATION_ID": "reluctant_harvest"},
        "/v1/transformations/*/run",
    ),
}


def states(blueprint: Blueprint, operation: str) -> list[str]:
    """Return the states in the records."""
    if operation == "transformation":
        (path,) = blueprint.file("variables", "x").parent.glob("*_transformation.json")
        return [json.loads(path.read_text())["state"]]
    found = json.loads(blueprint.file("variables", "run-1_force_sync.json").read_text())["connectors"]
    return [one["state"] for one in found]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("status", [303, 504])
def test_what_arrived_is_found_and_a_retry_sends_nothing(
    blueprint: Blueprint, emulator: Emulator, operation: str, status: int
) -> None:
    name, given, path = OPERATIONS[operation]
    emulator.answers("POST", path, {"status": status, "empty": True, "handled": True, "times": "always"})
    done = blueprint(name, **given, **RUN)
    assert done.code == 0, done
    assert set(states(blueprint, operation)) == {"accepted"}
    sent = len(emulator.requests("POST"))
    assert blueprint(name, **given, **RUN).code == 0
    assert len(emulator.requests("POST")) == sent == (2 if operation == "batch" else 1)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("status", [303, 504])
def test_where_nothing_shows_it_is_unknown_and_never_refused(
    blueprint: Blueprint, emulator: Emulator, operation: str, status: int
) -> None:
    name, given, path = OPERATIONS[operation]
    emulator.answers("POST", path, {"status": status, "empty": True, "times": "always"})
    assert blueprint(name, **given, **RUN).code == 202
    assert set(states(blueprint, operation)) == {"unknown"}


@pytest.mark.parametrize("operation", ["sync", "resync", "transformation"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_elsewhere_is_a_refusal(
    blueprint: Blueprint, emulator: Emulator, operation: str, status: int
) -> None:
    name, given, path = OPERATIONS[operation]
    elsewhere: dict[str, Any] = {"status": status, "empty": True, "headers": {"Location": "https://elsewhere.example"}}
    emulator.answers("POST", path, elsewhere)
    assert blueprint(name, **given, **RUN).code == 201


# -- a retry while the earlier try's request may still arrive ---------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_retry_looks_for_what_its_earlier_try_sent_before_it_sends_anything(
    blueprint: Blueprint, emulator: Emulator, operation: str
) -> None:
    """The first try's request arrives while the retry looks for it. It is joined, not sent again."""
    name, given, path = OPERATIONS[operation]
    emulator.answers("POST", path, {"reset": "before", "times": "always"})
    assert blueprint(name, **given, **RUN).code == 202
    sent = len(emulator.requests("POST"))

    def arrives() -> None:
        if operation == "transformation":
            emulator.scenario({"fivetran": {"transformations": {"reluctant_harvest": {"status": "RUNNING"}}}})
        else:
            for one in given["FIVETRAN_CONNECTOR_ID"].split(","):
                emulator.set(one, sync_state="syncing")

    blueprint.during[3] = arrives
    done = blueprint(name, **given, **RUN)
    assert done.code == 0, done
    assert "checking whether it arrived" in done.stderr
    assert len(emulator.requests("POST")) == sent
    assert set(states(blueprint, operation)) <= {"accepted", "unknown"}


def test_a_retry_sends_it_where_nothing_has_shown_for_half_a_minute(blueprint: Blueprint, emulator: Emulator) -> None:
    name, given, path = OPERATIONS["sync"]
    emulator.answers("POST", path, {"reset": "before"})
    patient = {**RUN, "SLIPWAY_RETRY_TIMEOUT": "60"}
    assert blueprint(name, **given, **patient).code == 202
    done = blueprint(name, **given, **patient)
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert sum(blueprint.slept) == 30
    assert len(emulator.requests("POST")) == 2
