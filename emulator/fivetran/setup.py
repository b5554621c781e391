"""Setup tests. Source: Fivetran REST API, "Run connection setup tests"."""

from __future__ import annotations

from typing import Any

from flask import Response

from emulator.fivetran import serialise
from emulator.fivetran.api import INVALID, ApiError, Json, body, connection, endpoint, success, world
from emulator.fivetran.connector import Connector
from emulator.fivetran.services import SERVICES, Service

WRONG = "wrong"  # a secret of this value fails the login
TRUST = ("trust_certificates", "trust_fingerprints")


@endpoint("POST", "/connections/<connection_id>/test")
def run_setup_tests(connection_id: str) -> Response:
    """Run them and show the results; 200 also where they fail. `{}` is a body, no body is 400."""
    one = connection(connection_id)
    given = body(required=True)
    for key in TRUST:
        if not isinstance(given.get(key, False), bool):
            raise ApiError(400, INVALID, f"Field '{key}' must be a boolean")
    tests = run_tests(one, given)
    return success("Setup tests have been completed", serialise.details(one, world().at(), tests))


def run_tests(one: Connector, given: Json) -> list[Json]:
    """The results; they decide `setup_state`. A certificate that is trusted once stays so."""
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
    """Nothing where no certificate waits to be trusted."""
    if not one.untrusted:
        return []
    message = "Certificate must be trusted before it is used"
    return [{"title": "Validate Certificate", "status": "FAILED", "message": message, "details": one.untrusted}]


def found_tests(one: Connector) -> list[Json]:
    """Of what was configured: a missing field, a missing authorization or a wrong secret fails."""
    service = SERVICES.get(one.service)
    problem = login_problem(one, service) if service and one.setup_state == "incomplete" else None
    if problem is None and WRONG in secrets(one.config):
        problem = "Invalid login credentials"
    login = {"title": "Validate Login", "status": "FAILED" if problem else "PASSED", "message": problem or ""}
    rest = {"title": "Check Permissions", "status": "SKIPPED" if problem else "PASSED", "message": ""}
    return [login, rest]


def login_problem(one: Connector, service: Service) -> str | None:
    """What a connection that never worked still lacks."""
    missing = [name for name in service.fields if name not in one.config]
    if missing:
        return f"Missing required field '{missing[0]}'"
    return "Authorize the connection first" if service.auth and not one.auth else None


def secrets(config: Json) -> list[Any]:
    """The values of the secrets in a configuration."""
    return [value for key, value in config.items() if serialise.SECRET.search(key)]
