"""The emulator's answers, checked against Fivetran's OpenAPI document if a copy of it is there."""

from __future__ import annotations

import re

import pytest

from tests.emulator.fivetran.test_api_shapes import SHAPES
from tests.emulator.openapi import CALLS, operation, problems


@pytest.fixture(scope="module")
def answers(document):
    """The document, with answers that may have only the fields that it names and those that were cut from the copy."""
    cut = {
        "ConnectorResponseV1": ("config", "external_secrets_keys_config"),
        "TransformationResponse": ("transformation_config",),
    }
    found = closed(document)
    for name in ("ConnectionTask", "ConnectionWarning"):  # recorded answers have objects here, too
        found["components"]["schemas"][name]["properties"]["details"] = {}
    for name, fields in cut.items():
        found["components"]["schemas"][name]["properties"] |= {key: {"type": "object"} for key in fields}
    return found


def closed(node):
    """Return a schema in which objects may have only the named fields."""
    if isinstance(node, list):
        return [closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {key: closed(one) for key, one in node.items()}
    return {"additionalProperties": False, **found} if isinstance(found.get("properties"), dict) else found


ELSEWHERE = {re.sub(r"(?<=/)[a-z]+_[a-z]+", "{}", path) for path in SHAPES}
UNDOCUMENTED = {
    ("POST", "/v1/connections/{}/force"),
    ("POST", "/v1/destinations/{}/test"),
    ("POST", "/v1/transformation-projects"),
    ("POST", "/v1/connections/{}/schemas/{}/tables/{}/resync"),
    *(("GET", path) for path in ELSEWHERE),
}


def test_every_endpoint_is_held_against_the_document(document, emulated):
    rules = [one for one in emulated.app.url_map.iter_rules() if one.rule.startswith("/v1/")]
    ours = {
        (method, re.sub(r"<\w+>", "{}", one.rule))
        for one in rules
        for method in one.methods - {"HEAD", "OPTIONS"}
        if not one.endpoint.endswith("_older")
    }
    templates = {
        (one, re.sub(r"{\w+}", "{}", path)) for path, each in document["paths"].items() for one in map(str.upper, each)
    }
    assert ours - templates == UNDOCUMENTED
    called = {id(operation(document, method, path)) for method, path, _ in CALLS}
    assert len(called) == len(ours & templates)


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_an_answer_has_the_documented_shape(document, answers, emulated, method, path, body):
    answer = emulated.ask(method, path, json=body)
    documented = operation(answers, method, path)
    assert str(answer.status_code) in documented["responses"]
    schema = documented["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    assert "code" in schema["required"]
    assert problems(answers, schema, answer.json) == []
    if body is not None and "requestBody" in documented:
        sent = operation(document, method, path)["requestBody"]["content"]["application/json"]["schema"]
        assert problems(document, sent, body) == []


STATES = [
    *("speak_inexpensive", "intrinsic_coolness", "gratuitous_bounty", "sleepy_lantern", "fractured_compass"),
    *("unwritten_letter", "stubborn_kettle", "postponed_voyage", "unopened_parcel", "brisk_metronome"),
    *("patient_turnstile", "nightly_lighthouse", "handmade_widget", "cautious_handshake"),
]


@pytest.mark.parametrize("connection_id", STATES)
@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"missing_stamps": "absent", "timestamp_digits": 0},
        {"messages": False},
        {"unset_fields": "null", "list_nulls": False},
    ],
)
def test_every_member_of_the_account_has_the_documented_shape(answers, emulated, connection_id, switches):
    emulated.switch(**switches)
    path = f"/v1/connections/{connection_id}"
    schema = operation(answers, "GET", path)["responses"]["200"]["content"]["application/json"]["schema"]
    for act in (None, "/sync", "/resync"):
        if act:
            emulated.ask("POST", path + act)
        for seconds in (0, 5):
            emulated.wait(seconds)
            assert problems(answers, schema, emulated.ask("GET", path).json) == []


def test_details_have_every_documented_key(document, emulated):
    emulated.switch(unset_fields="null")
    documented = document["components"]["schemas"]["ConnectorResponseV1"]["properties"].keys()
    for connection_id in STATES:
        shown = emulated.details(connection_id)
        assert documented - shown.keys() == {"setup_tests"}
        status = document["components"]["schemas"]["ConnectorStatusResponse"]["properties"].keys()
        assert status - shown["status"].keys() <= {"schema_status"}


def test_the_validator_would_notice(answers, emulated):
    path = "/v1/connections/speak_inexpensive"
    schema = operation(answers, "GET", path)["responses"]["200"]["content"]["application/json"]["schema"]
    answer = emulated.ask("GET", path).json
    for key, wrong in [("sync_frequency", "360"), ("created_at", None), ("status", {}), ("colour", "red")]:
        assert problems(answers, schema, {**answer, "data": {**answer["data"], key: wrong}}) != []
