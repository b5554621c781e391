"""The endpoint `POST /v1/connections/{id}/test` and the results of setup tests."""

from __future__ import annotations

from typing import Any

from flask import Response

from emulator.fivetran import connection_responses
from emulator.fivetran.api import INVALID, ApiError, Json, body, connection, current_account, endpoint, success
from emulator.fivetran.connector import Connector
from emulator.fivetran.type_data import SERVICES, Service

WRONG = "wrong"  # a secret of this value fails the login
TRUST = ("trust_certificates", "trust_fingerprints")


@endpoint("POST", "/connections/<connection_id>/test")
def run_setup_tests(connection_id: str) -> Response:
    """Run the setup tests and show the results. Answers 200 even if they fail, 400 without a body."""
    one = connection(connection_id)
    given = body(required=True)
    for key in TRUST:
        if not isinstance(given.get(key, False), bool):
            raise ApiError(400, INVALID, f"Field '{key}' must be a boolean")
    tests = run_tests(one, given)
    return success("Setup tests have been completed", connection_responses.details(one, current_account().at(), tests))


def run_tests(one: Connector, given: Json) -> list[Json]:
    """Run the tests, set `setup_state` by their results, and return them. A trusted certificate stays trusted."""
    if given.get("trust_certificates"):
        one.untrusted = []
    tests = [*certificate_test(one), *(one.setup_tests if one.setup_tests is not None else found_tests(one))]
    if any(test["status"] in ("FAILED", "JOB_FAILED") for test in tests):
        one.setup_state = "incomplete" if one.setup_state == "incomplete" else "broken"
    else:
        one.setup_state = "connected"
        one.tasks = [task for task in one.tasks if task.get("code") != "reconnect"]
    return tests


def certificate_test(one: Connector) -> list[Json]:
    """Return a failed test if a certificate is not trusted yet."""
    if not one.untrusted:
        return []
    message = "Certificate must be trusted before it is used"
    return [{"title": "Validate Certificate", "status": "FAILED", "message": message, "details": one.untrusted}]


def found_tests(one: Connector) -> list[Json]:
    """Return results by the configuration: a missing field or authorization or a wrong secret fails."""
    service = SERVICES.get(one.service)
    problem = login_problem(one, service) if service and one.setup_state == "incomplete" else None
    if problem is None and WRONG in secrets(one.config):
        problem = "Invalid login credentials"
    login = {"title": "Validate Login", "status": "FAILED" if problem else "PASSED", "message": problem or ""}
    rest = {"title": "Check Permissions", "status": "SKIPPED" if problem else "PASSED", "message": ""}
    return [login, rest]


def login_problem(one: Connector, service: Service) -> str | None:
    """Return the error that names what an incomplete connection lacks, None if it lacks nothing."""
    missing = [name for name in service.fields if name not in one.config]
    if missing:
        return f"Missing required field '{missing[0]}'"
    return "Authorize the connection first" if service.auth and not one.auth else None


def secrets(config: Json) -> list[Any]:
    """Return the values of the secrets in a configuration."""
    return [value for key, value in config.items() if connection_responses.SECRET.search(key)]
