"""The bodies that the emulator accepts, checked against Fivetran's OpenAPI document if a copy of it is there."""

from __future__ import annotations

import pytest

from emulator.fivetran.updates import TEXTS
from tests.emulator.openapi import CALLS, ID, operation, problems

EVERY_FIELD = {
    **{"config": {"host": "db.example.com"}, "auth": {}, "paused": False, "pause_after_trial": True},
    **{"sync_frequency": 1440, "daily_sync_time": "05:00", "schedule_type": "auto", "schema_status": "ready"},
    **{"data_delay_sensitivity": "CUSTOM", "data_delay_threshold": 5, "is_historical_sync": True},
    **{"run_setup_tests": False, "trust_certificates": False, "trust_fingerprints": False},
    **{"networking_method": "Directly", "proxy_agent_id": "a", "private_link_id": "b"},
    **{"hybrid_deployment_agent_id": "c", "external_secrets_manager_id": "d"},
    **{"destination_configuration": {"virtual_warehouse": "LOADING"}},
}
WRONG = (None, True, 7, 1.5, "x", [], {}, ["x"], [7])


def mutants(body, whole=None, place=()):
    """Yield copies of `body` with a wrong value in one place, and with one key left out."""
    whole = body if whole is None else whole
    if place:
        yield from (changed(whole, place, wrong) for wrong in WRONG)
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, one in items:
        if isinstance(body, dict):
            yield changed(whole, place, {name: each for name, each in body.items() if name != key})
        yield from mutants(one, whole, (*place, key))


def changed(whole, place, value):
    """Return a copy of `whole` with `value` in one place."""
    if not place:
        return value
    copy = dict(whole) if isinstance(whole, dict) else list(whole)
    copy[place[0]] = changed(whole[place[0]], place[1:], value)
    return copy


def is_taken_null(body):
    """Return whether a body has a null that the schema forbids and the emulator accepts.

    For a state, its description allows that. Texts that are null are shown as null in answers.
    """
    return any(one is None and name in ("state", *TEXTS) for name, one in body.items())


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS, ("PATCH", ID, EVERY_FIELD)])
def test_a_body_that_the_document_forbids_is_refused(document, emulated, method, path, body):
    emulated.switch(schema_enabled_required=True)
    documented = operation(document, method, path).get("requestBody")
    schema = documented and documented["content"]["application/json"]["schema"]
    for mutant in mutants(body if schema else {}):
        if problems(document, schema, mutant) and not is_taken_null(mutant):
            assert emulated.ask(method, path, json=mutant).status_code == 400, mutant
