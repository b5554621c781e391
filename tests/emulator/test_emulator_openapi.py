"""The answers against Fivetran's own OpenAPI document, where a copy of it is at hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from emulator.fivetran.updates import TEXTS
from tests.emulator.conftest import ROOT

SPECS = Path(os.environ.get("SLIPWAY_SPECS") or ROOT.parent / "shared" / "specs")
ID = "/v1/connections/speak_inexpensive"
NEW = {
    "group_id": "decent_dropsy",
    "service": "stripe",
    "config": {"schema": "till", "secret_key": "sk_live"},
}
CARD = {"connect_card_config": {"redirect_uri": "https://example.com", "hide_setup_guide": True}}
SCHEMA = {
    "enabled": True,
    "tables": {"orders": {"enabled": True, "columns": {"total": {"enabled": True, "hashed": True}}}},
}
CALLS = [
    ("GET", "/v1/account/info", None),
    ("GET", "/v1/connections?limit=5", None),
    ("GET", "/v1/connections?limit=1000", None),
    ("POST", "/v1/connections", NEW),
    (
        "POST",
        "/v1/connections",
        {**NEW, **CARD, "run_setup_tests": False, "destination_schema_names": "SOURCE_NAMING"},
    ),
    ("PATCH", ID, {"sync_frequency": 1440, "daily_sync_time": "05:00"}),
    ("PATCH", ID, {"paused": True, "run_setup_tests": False}),
    ("POST", f"{ID}/sync", {"force": True}),
    ("POST", f"{ID}/resync", {"scope": {"sales": ["orders"]}}),
    ("POST", f"{ID}/test", {}),
    ("POST", "/v1/connections/cautious_handshake/test", {"trust_certificates": True}),
    ("POST", "/v1/connections/fractured_compass/test", {}),
    ("POST", f"{ID}/connect-card", CARD),
    ("DELETE", "/v1/connections/gratuitous_bounty", None),
    ("GET", f"{ID}/schemas", None),
    ("PATCH", f"{ID}/schemas", {"schema_change_handling": "BLOCK_ALL", "schemas": {"sales": SCHEMA}}),
    ("PATCH", f"{ID}/schemas/sales", SCHEMA),
    ("PATCH", f"{ID}/schemas/sales/tables/orders", SCHEMA["tables"]["orders"]),
    ("PATCH", f"{ID}/schemas/sales/tables/orders/columns/total", {"enabled": False}),
    ("POST", f"{ID}/schemas/reload", {"exclude_mode": "PRESERVE"}),
    ("POST", f"{ID}/schemas/tables/resync", {"sales": ["orders"]}),
    ("GET", f"{ID}/schemas/sales/tables/orders/columns", None),
    ("POST", "/v1/connections/unopened_parcel/schemas", {"schemas": {"hubspot": {"enabled": True}}}),
    ("GET", "/v1/connections/handmade_widget/state", None),
    ("PATCH", "/v1/connections/handmade_widget/state", {"state": {"cursor": 1}}),
    ("GET", "/v1/groups", None),
    ("GET", "/v1/groups/decent_dropsy", None),
    ("GET", "/v1/groups/decent_dropsy/connections", None),
    ("GET", "/v1/metadata/connector-types?limit=3", None),
    ("GET", "/v1/metadata/connector-types/google_ads", None),
    ("GET", "/v1/transformations", None),
    ("GET", "/v1/transformations/reluctant_harvest", None),
    ("POST", "/v1/transformations/reluctant_harvest/run", {"full_refresh": True}),
    ("POST", "/v1/transformations/reluctant_harvest/cancel", None),
]


@pytest.fixture(scope="module")
def document():
    """The OpenAPI document."""
    path = SPECS / "fivetran_openapi.json"
    if not path.is_file():
        pytest.skip(f"no copy of Fivetran's OpenAPI document at {path}; SLIPWAY_SPECS names its folder")
    return json.loads(path.read_text(encoding="utf-8"))


def problems(document, schema, value):
    """What is wrong with a value, in words."""
    from openapi_schema_validator import OAS30Validator

    whole = {**schema, "components": document["components"]}
    return [f"{list(one.absolute_path)}: {one.message}" for one in OAS30Validator(whole).iter_errors(value)]


def operation(document, method, path):
    """The operation of a concrete path; one without parameters wins."""
    path = path.partition("?")[0]
    found = [
        one
        for template, one in document["paths"].items()
        if method.lower() in one and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    assert found, f"the document has no {method} {path}"
    return found[0][method.lower()]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_an_answer_has_the_documented_shape(document, emulated, method, path, body):
    answer = emulated.ask(method, path, json=body)
    documented = operation(document, method, path)
    assert str(answer.status_code) in documented["responses"]
    schema = documented["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    assert "code" in schema["required"]
    assert problems(document, schema, answer.json) == []
    if body is not None and "requestBody" in documented:
        sent = documented["requestBody"]["content"]["application/json"]["schema"]
        assert problems(document, sent, body) == []


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
    """`body` with a wrong value in each place, and with each key left out."""
    whole = body if whole is None else whole
    if place:
        yield from (changed(whole, place, wrong) for wrong in WRONG)
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, one in items:
        if isinstance(body, dict):
            yield changed(whole, place, {name: each for name, each in body.items() if name != key})
        yield from mutants(one, whole, (*place, key))


def changed(whole, place, value):
    """A copy of `whole` with `value` in a place."""
    if not place:
        return value
    copy = dict(whole) if isinstance(whole, dict) else list(whole)
    copy[place[0]] = changed(whole[place[0]], place[1:], value)
    return copy


def is_taken_null(body):
    """A null that the schema forbids and that is taken: for a state, as its description says, and for texts, which
    answers show as null.
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


STATES = [
    *("speak_inexpensive", "intrinsic_coolness", "gratuitous_bounty", "sleepy_lantern", "fractured_compass"),
    *("unwritten_letter", "stubborn_kettle", "postponed_voyage", "unopened_parcel", "brisk_metronome"),
    *("patient_turnstile", "nightly_lighthouse", "handmade_widget", "cautious_handshake"),
]


@pytest.mark.parametrize("connection_id", STATES)
@pytest.mark.parametrize("switches", [{}, {"missing_stamps": "absent", "timestamp_digits": 0}, {"messages": False}])
def test_every_member_of_the_account_has_the_documented_shape(document, emulated, connection_id, switches):
    emulated.switch(**switches)
    path = f"/v1/connections/{connection_id}"
    schema = operation(document, "GET", path)["responses"]["200"]["content"]["application/json"]["schema"]
    for act in (None, "/sync", "/resync"):
        if act:
            emulated.ask("POST", path + act)
        for seconds in (0, 5):
            emulated.wait(seconds)
            assert problems(document, schema, emulated.ask("GET", path).json) == []


def test_details_have_every_documented_key(document, emulated):
    documented = document["components"]["schemas"]["ConnectorResponseV1"]["properties"].keys()
    for connection_id in STATES:
        shown = emulated.details(connection_id)
        assert documented - shown.keys() == {"setup_tests"}
        status = document["components"]["schemas"]["ConnectorStatusResponse"]["properties"].keys()
        assert status - shown["status"].keys() <= {"schema_status"}


def test_the_validator_would_notice(document, emulated):
    path = "/v1/connections/speak_inexpensive"
    schema = operation(document, "GET", path)["responses"]["200"]["content"]["application/json"]["schema"]
    answer = emulated.ask("GET", path).json
    for key, wrong in [("sync_frequency", "360"), ("created_at", None), ("status", {})]:
        assert problems(document, schema, {**answer, "data": {**answer["data"], key: wrong}}) != []
