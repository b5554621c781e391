"""Changing a connection, its setup tests, creating and deleting, Connect Cards."""

from __future__ import annotations

import pytest

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"
CHEAP = {"run_setup_tests": False}


def test_an_update_shows_the_whole_connection_and_tests_a_changed_configuration(emulated):
    answer = emulated.ask("PATCH", PATH, json={"sync_frequency": 60, "config": {"host": "other.example.com"}})
    assert answer.json["message"] == "Connection has been updated"
    assert answer.json["data"]["sync_frequency"] == 60
    assert {one["status"] for one in answer.json["data"]["setup_tests"]} == {"PASSED"}


@pytest.mark.parametrize(
    "body", [CHEAP, {}, {"run_setup_tests": True}, {"config": {"host": "other.example.com"}, **CHEAP}]
)
def test_without_tests_there_are_no_results(emulated, body):
    data = emulated.data("PATCH", PATH, json={"sync_frequency": 60, **body})
    assert "setup_tests" not in data
    assert data == emulated.details(ID)


@pytest.mark.parametrize(
    "body", [{}, CHEAP, {"trust_certificates": True, "trust_fingerprints": True}, {"historical_sync": True}]
)
def test_nothing_persistent_to_change(emulated, body):
    answer = emulated.ask("PATCH", PATH, json=body)
    assert answer.status_code == 400
    assert answer.json == {"code": "InvalidInput", "message": "No update parameters specified"}


@pytest.mark.parametrize(
    "body",
    [
        {"sync_frequency": 7},
        {"sync_frequency": "60"},
        {"sync_frequency": True},
        {"schedule_type": "sometimes"},
        {"schedule_type": None},
        {"paused": "true"},
        {"paused": None},
        {"run_setup_tests": "no", "paused": False},
        {"config": []},
        {"daily_sync_time": "03:00"},
        {"daily_sync_time": "03:30", "sync_frequency": 1440},
        {"daily_sync_time": "24:00", "sync_frequency": 1440},
        {"daily_sync_time": 3, "sync_frequency": 1440},
        {"networking_method": "Unknown"},
        {"private_link_id": "a"},
        {"service": "share_point"},
        {"data_delay_threshold": -1},
        {"sync_frequency": 60.0},
        {"destination_configuration": {"virtual_warehouse": 5}},
        {"external_secrets_keys_config": {"password": None}},
    ],
)
def test_values_that_are_refused_change_nothing(emulated, body):
    before = emulated.details(ID)
    answer = emulated.ask("PATCH", PATH, json={"pause_after_trial": True, **body})
    assert (answer.status_code, answer.json["code"]) == (400, "InvalidInput")
    assert emulated.details(ID) == before


def test_unknown_fields_are_ignored_or_refused(emulated):
    body = {"paused": False, "historical": True, **CHEAP}
    assert emulated.ask("PATCH", PATH, json=body).status_code == 200
    emulated.switch(unknown_fields="refuse")
    answer = emulated.ask("PATCH", PATH, json=body)
    assert (answer.status_code, answer.json["message"]) == (400, "Unknown field 'historical'")


def test_a_daily_time_goes_with_a_daily_schedule(emulated):
    data = emulated.data("PATCH", PATH, json={"sync_frequency": 1440, "daily_sync_time": "03:00", **CHEAP})
    assert data["daily_sync_time"] == "03:00"
    assert "daily_sync_time" not in emulated.data("PATCH", PATH, json={"sync_frequency": 60, **CHEAP})
    assert "daily_sync_time" not in emulated.data("PATCH", PATH, json={"sync_frequency": 1440, **CHEAP})
    assert (
        emulated.ask("PATCH", "/v1/connections/nightly_lighthouse", json={"daily_sync_time": "05:00"}).status_code
        == 200
    )


def test_a_historical_sync_starts_at_once_and_cancels_a_running_one(emulated):
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(3)
    status = emulated.data("PATCH", PATH, json={"is_historical_sync": True, **CHEAP})["status"]
    assert (status["sync_state"], status["is_historical_sync"]) == ("syncing", True)
    emulated.wait(4)
    assert emulated.state(ID) == "syncing"
    emulated.wait(1)
    assert emulated.details(ID)["status"]["is_historical_sync"] is False
    assert emulated.details(ID)["succeeded_at"] == "2027-01-15T08:00:08.250000Z"


def test_a_historical_sync_of_a_paused_connection_waits_and_shows(emulated):
    path = "/v1/connections/sleepy_lantern"
    status = emulated.data("PATCH", path, json={"is_historical_sync": True, **CHEAP})["status"]
    assert (status["sync_state"], status["is_historical_sync"]) == ("paused", True)
    emulated.data("PATCH", path, json={"paused": False, **CHEAP})
    emulated.wait(5)
    status = emulated.details("sleepy_lantern")["status"]
    assert (status["sync_state"], status["is_historical_sync"]) == ("scheduled", False)


def test_config_is_merged_and_its_secrets_masked(emulated):
    config = emulated.data("PATCH", PATH, json={"config": {"password": "new", "host": "other.example.com"}})["config"]
    assert (config["host"], config["password"], config["user"]) == ("other.example.com", "******", "fivetran")
    assert emulated.control("GET", f"connectors/{ID}")["config"]["password"] == "new"


def test_auth_is_taken_and_never_shown(emulated):
    data = emulated.data("PATCH", PATH, json={"auth": {"refresh_token": "very-hidden"}, **CHEAP})
    assert "auth" not in data
    assert "very-hidden" not in emulated.ask("GET", PATH).text


def test_setup_tests_need_a_body_but_nothing_in_it(emulated):
    assert emulated.ask("POST", f"{PATH}/test").status_code == 400
    answer = emulated.ask("POST", f"{PATH}/test", json={})
    assert answer.json["message"] == "Setup tests have been completed"
    assert [one["status"] for one in answer.json["data"]["setup_tests"]] == ["PASSED", "PASSED"]
    assert emulated.ask("POST", f"{PATH}/test", json={"trust_certificates": "yes"}).status_code == 400


@pytest.mark.parametrize(
    ("status", "setup"),
    [
        ("PASSED", "connected"),
        ("SKIPPED", "connected"),
        ("WARNING", "connected"),
        ("FAILED", "broken"),
        ("JOB_FAILED", "broken"),
    ],
)
def test_what_the_tests_find_decides_the_setup_state(emulated, status, setup):
    test = {"title": "Validate Login", "status": status, "message": "as told", "details": ["anything"]}
    emulated.scenario(connectors={ID: {"setup_tests": [test]}})
    answer = emulated.ask("POST", f"{PATH}/test", json={})
    assert answer.status_code == 200
    assert answer.json["data"]["setup_tests"] == [test]
    assert emulated.details(ID)["status"]["setup_state"] == setup


def test_a_setup_that_never_worked_stays_incomplete(emulated):
    path = "/v1/connections/unwritten_letter"
    data = emulated.data("POST", f"{path}/test", json={})
    assert data["setup_tests"][0]["status"] == "FAILED"
    assert data["status"]["setup_state"] == "incomplete"
    data = emulated.data("PATCH", path, json={"config": {"accounts": ["1"]}, "auth": {"refresh_token": "t"}})
    assert data["status"]["setup_state"] == "connected"


def test_a_broken_setup_that_passes_again_is_connected(emulated):
    emulated.scenario(connectors={"fractured_compass": {"setup_tests": None}})
    status = emulated.data("POST", "/v1/connections/fractured_compass/test", json={})["status"]
    assert (status["setup_state"], status["tasks"]) == ("connected", [])


def test_a_certificate_must_be_trusted_once(emulated):
    path = "/v1/connections/cautious_handshake/test"
    first = emulated.data("POST", path, json={})
    assert (first["setup_tests"][0]["status"], first["status"]["setup_state"]) == ("FAILED", "broken")
    assert first["setup_tests"][0]["details"][0].keys() == {"name", "hash"}
    trusted = emulated.data("POST", path, json={"trust_certificates": True})
    assert {one["status"] for one in trusted["setup_tests"]} == {"PASSED", "SKIPPED", "WARNING"}
    assert emulated.data("POST", path, json={})["status"]["setup_state"] == "connected"


NEW = {
    "group_id": "decent_dropsy",
    "service": "stripe",
    "config": {"schema": "till", "api_key": "sk_live"},
}


def test_a_connection_is_created_tested_and_syncs(emulated):
    answer = emulated.ask("POST", "/v1/connections", json=NEW)
    assert (answer.status_code, answer.json["message"]) == (201, "Connection has been created")
    data = answer.json["data"]
    assert data["config"] == {"schema": "till", "api_key": "******"}
    assert (data["schema"], data["status"]["setup_state"], data["succeeded_at"]) == (
        "till",
        "connected",
        None,
    )
    assert {one["status"] for one in data["setup_tests"]} == {"PASSED"}
    emulated.ask("POST", f"/v1/connections/{data['id']}/sync")
    emulated.wait(5)
    assert emulated.details(data["id"])["succeeded_at"] == "2027-01-15T08:00:05.250000Z"


def test_a_failed_test_still_creates(emulated):
    body = {**NEW, "config": {"schema": "till", "api_key": "wrong"}}
    answer = emulated.ask("POST", "/v1/connections", json=body)
    assert answer.status_code == 201
    assert answer.json["data"]["status"]["setup_state"] == "incomplete"
    assert answer.json["data"]["setup_tests"][0]["message"] == "Invalid login credentials"


def test_created_without_tests_it_is_incomplete(emulated):
    data = emulated.data("POST", "/v1/connections", json={**NEW, **CHEAP})
    assert "setup_tests" not in data
    assert data["status"]["setup_state"] == "incomplete"


def test_an_application_waits_for_its_authorization(emulated):
    body = {
        "group_id": "decent_dropsy",
        "service": "hubspot",
        "config": {"schema": "crm"},
    }
    data = emulated.data("POST", "/v1/connections", json=body)
    assert data["setup_tests"][0]["message"] == "Authorize the connection first"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**NEW, "group_id": None}, 400, "InvalidInput"),
        ({**NEW, "service": ""}, 400, "InvalidInput"),
        ({**NEW, "service": "abacus"}, 400, "InvalidInput"),
        ({**NEW, "group_id": "nobody"}, 404, "NotFound_Group"),
        ({**NEW, "config": {}}, 400, "InvalidInput"),
        ({**NEW, "config": "schema"}, 400, "InvalidInput"),
        ({**NEW, "sync_frequency": 7}, 400, "InvalidInput"),
        ({**NEW, "destination_schema_names": "MINE"}, 400, "InvalidInput"),
        ({**NEW, "connect_card_config": {}}, 400, "InvalidInput"),
        ({**NEW, "config": {"schema": "google_ads"}}, 409, "Conflict"),
    ],
)
def test_what_is_not_created(emulated, body, status, code):
    before = emulated.data("GET", "/v1/connections")
    answer = emulated.ask("POST", "/v1/connections", json=body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert emulated.data("GET", "/v1/connections") == before


def test_another_group_may_have_the_same_schema(emulated):
    body = {**NEW, "config": {"schema": "stripe", "api_key": "sk_live"}}
    assert emulated.data("POST", "/v1/connections", json=body)["schema"] == "stripe"


def test_a_sheet_is_named_by_schema_and_table(emulated):
    body = {"group_id": "decent_dropsy", "service": "google_sheets", "config": {"schema": "a", "table": "b"}}
    assert emulated.data("POST", "/v1/connections", json=body)["schema"] == "a.b"


def test_a_deleted_connection_is_gone(emulated):
    answer = emulated.ask("DELETE", PATH)
    assert answer.json == {"code": "Success", "message": f"Connection with id '{ID}' has been deleted"}
    assert emulated.ask("GET", PATH).status_code == 404
    assert ID not in str(emulated.data("GET", "/v1/connections"))


def test_a_connect_card_is_good_for_a_day(emulated):
    config = {"redirect_uri": "https://example.com/done?x=1", "hide_setup_guide": True}
    data = emulated.data("POST", f"{PATH}/connect-card", json={"connect_card_config": config})
    assert (data["connector_id"], data["connect_card_config"]) == (ID, config)
    assert data["connect_card"]["token"] in data["connect_card"]["uri"]
    assert emulated.details(ID)["connect_card"] == data["connect_card"]
    emulated.wait(86400)
    assert "connect_card" not in emulated.details(ID)
    emulated.switch(unset_fields="null")
    assert emulated.details(ID)["connect_card"] is None


@pytest.mark.parametrize(
    "config",
    [None, {}, {"redirect_uri": "ftp://example.com"}, {"redirect_uri": "https://a.example", "all_fields": 1}],
)
def test_a_connect_card_that_cannot_be(emulated, config):
    answer = emulated.ask("POST", f"{PATH}/connect-card", json={"connect_card_config": config})
    assert answer.status_code == 400


def test_a_created_connection_may_come_with_its_card(emulated):
    body = {**NEW, **CHEAP, "connect_card_config": {"redirect_uri": "https://example.com"}}
    assert emulated.data("POST", "/v1/connections", json=body)["connect_card"]["uri"].startswith("https://")


@pytest.mark.parametrize("text", ["1440", "60"])
def test_a_sync_frequency_may_be_a_text_where_the_service_takes_it(emulated, text):
    body = {"sync_frequency": text}
    assert emulated.ask("PATCH", PATH, json=body).status_code == 400
    emulated.switch(sync_frequency_text=True)
    assert emulated.data("PATCH", PATH, json=body)["sync_frequency"] == int(text)
    assert emulated.ask("PATCH", PATH, json={"sync_frequency": "often"}).status_code == 400
