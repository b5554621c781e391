"""Answers of endpoints that are missing in the copy of Fivetran's document: its other parts tell their fields."""

from __future__ import annotations

import pytest

TEXT, FLAG, MAYBE, THING = str, bool, (str, type(None)), dict
USER = {
    **dict.fromkeys(("id", "email", "role", "created_at"), TEXT),
    **dict.fromkeys(("given_name", "family_name", "picture", "phone", "logged_in_at"), MAYBE),
    **dict.fromkeys(("verified", "invited", "active"), FLAG),
}
DESTINATION = {
    **dict.fromkeys(("id", "group_id", "service", "region", "time_zone_offset", "setup_status"), TEXT),
    "config": THING,
}
PROJECT = dict.fromkeys(("id", "type", "created_at", "created_by_id", "group_id"), TEXT)
SHAPES = {
    "/v1/users": USER,
    "/v1/destinations": DESTINATION,
    "/v1/destinations/projected_sickle": DESTINATION,
    "/v1/connections/speak_inexpensive/sync-history": {
        "sync_id": TEXT,
        "start": MAYBE,
        "end": MAYBE,
        "status": TEXT,
        "stages": THING,
    },
    "/v1/connections/stubborn_kettle/errors": {
        **dict.fromkeys(("type", "title", "message", "created_at"), TEXT),
        "reason": MAYBE,
    },
    "/v1/transformation-projects": PROJECT,
    "/v1/transformation-projects/wooden_abacus": {**PROJECT, "status": TEXT, "errors": list, "project_config": THING},
}


@pytest.mark.parametrize("path", SHAPES)
def test_an_answer_has_these_fields_and_no_others(emulated, path):
    emulated.switch(connection_errors=200)
    emulated.ask("POST", "/v1/connections/speak_inexpensive/sync")
    emulated.wait(1)
    data = emulated.data("GET", path)
    rows = data.get("items", [data])
    assert rows
    for row in rows:
        assert row.keys() == SHAPES[path].keys()
        for name, kind in SHAPES[path].items():
            assert isinstance(row[name], kind), name


def test_the_setup_tests_of_a_destination_fail_where_it_is_not_connected(emulated):
    def tested(group_id):
        return emulated.data("POST", f"/v1/destinations/{group_id}/test")["setup_tests"][0]["status"]

    assert tested("projected_sickle") == "PASSED"
    emulated.scenario(groups={"projected_sickle": {"setup_status": "broken"}})
    assert tested("projected_sickle") == "FAILED"


def test_users_may_be_limited_to_active_ones(emulated):
    def active(query):
        return [one["active"] for one in emulated.data("GET", f"/v1/users{query}")["items"]]

    assert (active(""), active("?active=true"), active("?active=false")) == ([True, False], [True], [False])
    assert emulated.ask("GET", "/v1/users?active=maybe").status_code == 400
    assert emulated.data("GET", "/v1/users?limit=1").keys() == {"items", "next_cursor"}


def test_a_key_may_be_refused_the_lists(emulated):
    emulated.switch(list_forbidden=True)
    for path in ("users", "connections", "groups/projected_sickle/connections"):
        answer = emulated.ask("GET", f"/v1/{path}")
        assert (answer.status_code, answer.json["code"]) == (403, "Forbidden")
    emulated.details("speak_inexpensive")
    message = emulated.ask("GET", "/v1/users").json["message"]
    assert message == "Access denied. Required permission: ACCOUNT_READ"


def test_not_every_account_has_the_history_and_the_errors(emulated):
    path = "/v1/connections/stubborn_kettle"
    assert emulated.ask("GET", f"{path}/errors").json == {"code": "NotFound", "message": "HTTP 404 Not Found"}
    for status, code in ((403, "Forbidden"), (404, "NotFound")):
        emulated.switch(sync_history=status, connection_errors=status)
        for name in ("sync-history", "errors"):
            answer = emulated.ask("GET", f"{path}/{name}")
            assert (answer.status_code, answer.json["code"]) == (status, code)
    emulated.switch(connection_errors=200)
    assert emulated.data("GET", "/v1/connections/speak_inexpensive/errors") == {"items": []}
    item = emulated.data("GET", f"{path}/errors")["items"][0]
    assert (item["type"], item["reason"]) == ("unknown_sync_failure", "Access denied to bucket partner-files")


def test_the_parameters_of_a_type_may_be_refused_or_say_less(emulated):
    path = "/v1/metadata/connector-types/hubspot"
    assert emulated.data("GET", path)["auth"]["required"] == ["refresh_token"]
    emulated.switch(type_required=False)
    found = emulated.data("GET", path)
    assert "required" not in found["config"] | found["auth"]
    for status, code in ((403, "Forbidden"), (404, "NotFound")):
        emulated.switch(type_details=status)
        answer = emulated.ask("GET", path)
        assert (answer.status_code, answer.json["code"]) == (status, code)


def test_what_is_not_there(emulated):
    for path, code in (("destinations", "NotFound_Destination"), ("transformation-projects", "NotFound")):
        answer = emulated.ask("GET", f"/v1/{path}/nobody")
        assert (answer.status_code, answer.json["code"]) == (404, code)
        assert "nobody" in answer.json["message"]
