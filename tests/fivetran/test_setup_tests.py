"""run_setup_tests: each test's status and the exit code that follows."""

from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.files import saved


def test_setup_tests_that_pass_are_0_and_one_that_fails_is_218(blueprint: Blueprint, emulator: Emulator) -> None:
    failed = blueprint("fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="cautious_handshake")
    assert failed.code == 218
    assert "Certificate must be trusted" in failed.result["message"]
    assert "| Validate Certificate" in failed.stderr
    passed = blueprint(
        "fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="cautious_handshake", FIVETRAN_TRUST_CERTIFICATES="TRUE"
    )
    assert passed.code == 0
    assert [row["body"] for row in emulator.requests("POST")] == [{}, {"trust_certificates": True}]
    assert saved(blueprint, "setup_tests_cautious_handshake_response.json")["data"]["setup_tests"]


@pytest.mark.parametrize(("status", "code"), [("JOB_FAILED", 218), ("WARNING", 0), ("LEVITATED", 215)])
def test_a_setup_tests_status_decides(blueprint: Blueprint, emulator: Emulator, status: str, code: int) -> None:
    tests = [{"title": "One", "status": status, "message": "said so"}]
    body = {
        "code": "Success",
        "data": {"id": "speak_inexpensive", "status": {"setup_state": "connected"}, "setup_tests": tests},
    }
    emulator.answers("POST", "/v1/*/test", {"json": body})
    assert blueprint("fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="speak_inexpensive").code == code


@pytest.mark.parametrize(
    ("setup_state", "tests", "code"),
    [("incomplete", [{"title": "One", "status": "PASSED"}], 218), ("connected", [], 0), ("connected", None, 0)],
)
def test_tests_that_pass_are_no_success_where_the_setup_does_not_work(
    blueprint: Blueprint, emulator: Emulator, setup_state: str, tests: Any, code: int
) -> None:
    found = {"id": "speak_inexpensive", "status": {"setup_state": setup_state}, "setup_tests": tests}
    emulator.answers("POST", "/v1/*/test", {"json": {"code": "Success", "data": found}})
    assert blueprint("fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="speak_inexpensive").code == code


def test_tests_of_another_connector_say_nothing_about_this_one(blueprint: Blueprint, emulator: Emulator) -> None:
    found = {"id": "other_connector", "status": {"setup_state": "connected"}, "setup_tests": []}
    emulator.answers("POST", "/v1/*/test", {"json": {"code": "Success", "data": found}})
    done = blueprint("fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="speak_inexpensive")
    assert done.code == 223
    assert "answered about other_connector" in done.result["message"]
