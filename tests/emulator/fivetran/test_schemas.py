"""Schemas, resync, connector types, transformations, state, sync history."""

from __future__ import annotations

import pytest

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"
SCHEMAS = f"{PATH}/schemas"


def table(emulated, name, schema="sales"):
    return emulated.data("GET", SCHEMAS)["schemas"][schema]["tables"][name]


def test_a_configuration_lists_only_columns_that_somebody_has_set(emulated):
    assert table(emulated, "customers")["columns"].keys() == {"phone"}
    assert table(emulated, "orders")["columns"] == {}
    live = emulated.data("GET", f"{SCHEMAS}/sales/tables/customers/columns")["columns"]
    assert live.keys() == {"id", "name", "email", "phone", "created_at"}
    assert (live["phone"]["hashed"], live["email"]["hashed"], live["id"]["is_primary_key"]) == (
        True,
        False,
        True,
    )


def test_there_is_none_before_the_first_sync_or_reload(emulated):
    path = "/v1/connections/unopened_parcel"
    for method, rest in [("GET", ""), ("PATCH", ""), ("GET", "/hubspot/tables/deal/columns")]:
        answer = emulated.ask(method, f"{path}/schemas{rest}", json={})
        assert (answer.status_code, answer.json["code"]) == (404, "NotFound_SchemaConfig")
    emulated.ask("POST", f"{path}/sync")
    emulated.wait(5)
    assert "deal" in emulated.data("GET", f"{path}/schemas")["schemas"]["hubspot"]["tables"]


def test_a_change_is_a_merge(emulated):
    before = emulated.data("GET", SCHEMAS)
    body = {"schemas": {"sales": {"enabled": True, "tables": {"orders": {"enabled": False}}}}}
    answer = emulated.ask("PATCH", SCHEMAS, json=body)
    assert answer.json["message"] == "Schema configuration has been modified"
    before["schemas"]["sales"]["tables"]["orders"]["enabled"] = False
    assert answer.json["data"] == before == emulated.data("GET", SCHEMAS)


def test_a_column_of_the_source_is_listed_once_it_is_set(emulated):
    columns = {"email": {"enabled": True, "hashed": True}}
    body = {"schemas": {"sales": {"enabled": True, "tables": {"customers": {"enabled": True, "columns": columns}}}}}
    emulated.data("PATCH", SCHEMAS, json=body)
    assert table(emulated, "customers")["columns"].keys() == {"phone", "email"}
    assert emulated.data("GET", f"{SCHEMAS}/sales/tables/customers/columns")["columns"]["email"]["hashed"] is True


def test_one_schema_one_table_one_column(emulated):
    emulated.data("PATCH", f"{SCHEMAS}/inventory", json={"enabled": False})
    emulated.data("PATCH", f"{SCHEMAS}/sales/tables/orders", json={"enabled": True, "sync_mode": "HISTORY"})
    emulated.data("PATCH", f"{SCHEMAS}/sales/tables/refunds/columns/amount", json={"enabled": False})
    assert emulated.data("GET", SCHEMAS)["schemas"]["inventory"]["enabled"] is False
    assert table(emulated, "orders")["sync_mode"] == "HISTORY"
    assert table(emulated, "refunds")["columns"]["amount"]["enabled"] is False


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"schemas": {"Sales": {"enabled": True}}}, 404),
        ("/sales/tables/Orders", {"enabled": True}, 404),
        ("/sales/tables/orders/columns/nobody", {"enabled": True}, 404),
        ("", {"schema_change_handling": "ALLOW"}, 400),
        ("", {"is_type_locked": "no"}, 400),
        ("", {"schemas": []}, 400),
        ("/sales", {"enabled": "yes"}, 400),
        ("/pg_meta/tables/replication_slots", {"enabled": False}, 400),
        ("/sales/tables/returns_2019", {"enabled": True}, 400),
        ("/sales/tables/orders/columns/id", {"enabled": False}, 400),
        ("/sales/tables/orders/columns/id", {"enabled": True, "hashed": True}, 400),
        ("/sales/tables/orders", {"enabled": True, "sync_mode": "SOMETIMES"}, 400),
        ("/inventory/tables/stock", {"enabled": True, "sync_mode": "HISTORY"}, 400),
        ("/inventory", {"enabled": None}, 400),
        ("/sales/tables/orders", {"enabled": True, "sync_mode": None}, 400),
        ("", {"schema_change_handling": None}, 400),
    ],
)
def test_changes_that_are_refused_change_nothing(emulated, path, body, status):
    before = emulated.data("GET", SCHEMAS)
    assert emulated.ask("PATCH", SCHEMAS + path, json=body).status_code == status
    assert emulated.data("GET", SCHEMAS) == before


def test_a_refusal_in_the_middle_leaves_the_rest_as_it_was(emulated):
    before = emulated.data("GET", SCHEMAS)
    body = {
        "schemas": {
            "sales": {"enabled": False},
            "pg_meta": {"tables": {"replication_slots": {"enabled": False}}},
        }
    }
    answer = emulated.ask("PATCH", SCHEMAS, json=body)
    assert "SYSTEM_TABLE" in answer.json["message"]
    assert emulated.data("GET", SCHEMAS) == before


def test_a_locked_table_may_be_sent_back_as_it_is(emulated):
    body = {"schemas": {"pg_meta": {"enabled": True, "tables": {"replication_slots": {"enabled": True}}}}}
    assert emulated.ask("PATCH", SCHEMAS, json=body).status_code == 200


def test_why_something_is_locked_is_said_in_words_where_the_code_says_nothing(emulated):
    assert table(emulated, "replication_slots", "pg_meta")["enabled_patch_settings"] == {
        "allowed": False,
        "reason_code": "SYSTEM_TABLE",
    }
    columns = emulated.data("GET", f"{SCHEMAS}/sales/tables/orders/columns")["columns"]
    assert columns["id"]["enabled_patch_settings"] == {"allowed": False, "reason_code": "SYSTEM_COLUMN"}
    path = "/v1/connections/intrinsic_coolness/schemas"
    log = emulated.data("GET", path)["schemas"]["salesforce"]["tables"]["api_call_log"]
    assert log["enabled_patch_settings"] == {
        "allowed": False,
        "reason_code": "OTHER",
        "reason": "The table is needed to read the others",
    }
    answer = emulated.ask("PATCH", f"{path}/salesforce/tables/api_call_log", json={"enabled": False})
    assert answer.json["message"].endswith("OTHER, The table is needed to read the others")


def test_columns_of_some_tables_cannot_be_chosen(emulated):
    path = "/v1/connections/intrinsic_coolness/schemas/salesforce/tables/api_call_log/columns/called_at"
    assert emulated.ask("PATCH", path, json={"enabled": False}).status_code == 400


@pytest.mark.parametrize(("handling", "default"), [("ALLOW_ALL", True), ("ALLOW_COLUMNS", False), ("BLOCK_ALL", False)])
def test_schema_change_handling(emulated, handling, default):
    data = emulated.data("PATCH", SCHEMAS, json={"schema_change_handling": handling, "is_type_locked": True})
    assert (data["schema_change_handling"], data["enable_new_by_default"]) == (handling, default)
    assert "is_type_locked" not in data


def test_enabled_may_be_required_at_each_level(emulated):
    body = {"schemas": {"sales": {"tables": {"orders": {"enabled": False}}}}}
    emulated.switch(schema_enabled_required=True)
    assert emulated.ask("PATCH", SCHEMAS, json=body).status_code == 400
    emulated.switch(schema_enabled_required=False)
    assert emulated.ask("PATCH", SCHEMAS, json=body).status_code == 200


def test_a_conflict_goes_away_when_tried_again(emulated):
    emulated.switch(schema_conflicts=2)
    found = [emulated.ask("PATCH", f"{SCHEMAS}/inventory", json={"enabled": False}) for _ in range(3)]
    assert [one.status_code for one in found] == [409, 409, 200]
    assert found[0].json["code"] == "Conflict"


@pytest.mark.parametrize(
    ("mode", "orders", "archive"),
    [(None, True, False), ("PRESERVE", True, False), ("INCLUDE", True, True), ("EXCLUDE", False, False)],
)
def test_reload_and_its_modes(emulated, mode, orders, archive):
    answer = emulated.ask("POST", f"{SCHEMAS}/reload", json={"exclude_mode": mode} if mode else None)
    assert answer.json["message"] == "Schema configuration has been reloaded"
    assert (table(emulated, "orders")["enabled"], table(emulated, "order_archive")["enabled"]) == (
        orders,
        archive,
    )
    assert table(emulated, "replication_slots", "pg_meta")["enabled"] is True
    assert emulated.ask("POST", f"{SCHEMAS}/reload", json={"exclude_mode": "ALL"}).status_code == 400


@pytest.mark.parametrize(("handling", "enabled"), [("ALLOW_ALL", True), ("BLOCK_ALL", False)])
def test_a_reload_keeps_what_is_set_and_finds_what_is_new(emulated, handling, enabled):
    emulated.data("PATCH", SCHEMAS, json={"schema_change_handling": handling, "schemas": {"sales": {"enabled": False}}})
    source = emulated.control("GET", f"connectors/{ID}")["source"]
    source["sales"]["tables"]["vouchers"] = {"columns": {"id": {}}}
    emulated.scenario(connectors={ID: {"source": source}})
    emulated.data("POST", f"{SCHEMAS}/reload", json={})
    data = emulated.data("GET", SCHEMAS)
    assert data["schema_change_handling"] == handling
    assert data["schemas"]["sales"]["enabled"] is False
    assert data["schemas"]["sales"]["tables"]["vouchers"]["enabled"] is enabled
    assert data["schemas"]["sales"]["tables"]["orders"]["enabled"] is True


def test_what_asks_the_source_needs_a_working_connection(emulated):
    path = "/v1/connections/fractured_compass/schemas"
    assert emulated.ask("POST", f"{path}/reload", json={}).status_code == 400
    assert emulated.ask("GET", f"{path}/github/tables/accounts/columns").status_code == 400
    assert emulated.ask("GET", f"{SCHEMAS}/sales/tables/nobody/columns").status_code == 404


def test_a_configuration_can_be_made_before_the_first_sync(emulated):
    path = "/v1/connections/unopened_parcel"
    tables = {
        "contact": {"enabled": False},
        "deal": {"enabled": True, "columns": {"id": {"enabled": True, "hashed": True}}},
    }
    body = {
        "schema_change_handling": "BLOCK_ALL",
        "schemas": {"hubspot": {"enabled": True, "tables": tables}},
    }
    data = emulated.data("POST", f"{path}/schemas", json=body)
    assert data["schemas"]["hubspot"]["tables"]["contact"]["enabled"] is False
    assert data["schemas"]["hubspot"]["tables"]["deal"]["columns"]["id"]["hashed"] is True
    assert emulated.ask("POST", f"{path}/schemas", json=body).status_code == 409
    emulated.ask("POST", f"{path}/sync")
    emulated.wait(5)
    found = emulated.data("GET", f"{path}/schemas")["schemas"]["hubspot"]["tables"]
    assert found["contact"]["enabled"] is False
    assert "api_call_log" in found


def test_pre_creation_needs_schemas(emulated):
    assert emulated.ask("POST", "/v1/connections/unopened_parcel/schemas", json={}).status_code == 400


@pytest.mark.parametrize("body", [None, {}, {"scope": None}, {"scope": {"sales": ["orders"]}}])
def test_a_resync_is_a_historical_sync(emulated, body):
    answer = emulated.ask("POST", f"{PATH}/resync", json=body)
    assert answer.json["message"].startswith("Sync has been successfully triggered")
    status = emulated.details(ID)["status"]
    assert (status["sync_state"], status["is_historical_sync"]) == ("syncing", True)
    emulated.wait(5)
    assert emulated.details(ID)["status"]["is_historical_sync"] is False


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({}, 400),
        ({"sales": []}, 400),
        ({"sales": "orders"}, 400),
        ([], 400),
        ({"sales": ["nobody"]}, 404),
        ({"x": ["y"]}, 404),
    ],
)
def test_a_scope_that_cannot_be(emulated, scope, status):
    assert emulated.ask("POST", f"{PATH}/resync", json={"scope": scope}).status_code == status
    assert emulated.ask("POST", f"{SCHEMAS}/tables/resync", json=scope).status_code in (status, 400)
    assert emulated.state(ID) == "scheduled"


def test_some_services_know_no_tables(emulated):
    path = "/v1/connections/nightly_lighthouse/resync"
    assert emulated.ask("POST", path, json={"scope": {"targets.quarterly": ["accounts"]}}).status_code == 400
    assert emulated.ask("POST", path, json={}).status_code == 200


def test_tables_can_be_resynced(emulated):
    answer = emulated.ask("POST", f"{SCHEMAS}/tables/resync", json={"sales": ["orders", "refunds"]})
    assert answer.json == {"code": "Success", "message": "Re-sync has been triggered successfully"}
    assert emulated.state(ID) == "syncing"
    assert emulated.ask("POST", f"{SCHEMAS}/sales/tables/orders/resync").status_code == 200


@pytest.mark.parametrize("status", [200, 409])
def test_a_resync_during_a_sync(emulated, status):
    emulated.switch(resync_while_syncing=status)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(3)
    assert emulated.ask("POST", f"{PATH}/resync").status_code == status
    emulated.wait(2)
    assert emulated.state(ID) == ("syncing" if status == 200 else "scheduled")


def test_a_resync_completes_a_running_sync_first(emulated):
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(3)
    assert emulated.ask("POST", f"{PATH}/resync").status_code == 200
    found = emulated.details(ID)
    assert found["succeeded_at"] == "2027-01-15T08:00:03.250000Z"
    assert (found["status"]["sync_state"], found["status"]["is_historical_sync"]) == ("syncing", True)


@pytest.mark.parametrize(("outcome", "state"), [("failure", "scheduled"), ("rescheduled", "rescheduled")])
def test_a_resync_is_declined_where_the_running_sync_cannot_be_completed(emulated, outcome, state):
    for path in ("resync", "schemas/tables/resync", "schemas/sales/tables/orders/resync"):
        emulated.scenario(connectors={ID: {"outcomes": [outcome], "sync_state": "syncing"}})
        answer = emulated.ask("POST", f"{PATH}/{path}", json={"sales": ["orders"]} if "tables" in path else None)
        assert (answer.status_code, answer.json["code"]) == (409, "Conflict")
        assert emulated.state(ID) == state


def test_a_resync_of_a_paused_connection_waits_until_it_is_enabled(emulated):
    path = "/v1/connections/sleepy_lantern"
    assert emulated.ask("POST", f"{path}/resync").status_code == 200
    emulated.wait(86400)
    assert emulated.state("sleepy_lantern") == "paused"
    emulated.ask("PATCH", path, json={"paused": False, "run_setup_tests": False})
    status = emulated.details("sleepy_lantern")["status"]
    assert (status["sync_state"], status["is_historical_sync"]) == ("syncing", True)


def test_connector_types(emulated):
    items = emulated.data("GET", "/v1/metadata/connector-types?limit=1000")["items"]
    used = {one["service"] for one in emulated.data("GET", "/v1/connections")["items"]}
    assert used <= {one["id"] for one in items}
    assert not [one for one in items if "config" in one or "auth" in one]
    one = emulated.data("GET", "/v1/metadata/connector-types/google_ads")
    assert one["config"]["required"] == ["accounts"]
    assert one["config"]["properties"]["accounts"]["items"] == {"type": "string"}
    assert one["config"]["properties"]["sync_mode"].keys() >= {"enum"}
    assert "schema" not in one["config"]["properties"]
    assert one["auth"]["required"] == ["refresh_token"]
    assert "auth" not in emulated.data("GET", "/v1/metadata/connectors/stripe")
    assert "required" not in emulated.data("GET", "/v1/metadata/connector-types/zendesk")["auth"]
    assert emulated.ask("GET", "/v1/metadata/connector-types/abacus").status_code == 404


RUN = "/v1/transformations/reluctant_harvest"


def test_a_transformation_runs_while_its_old_status_still_shows(emulated):
    before = emulated.data("GET", RUN)
    emulated.switch(transformation_delay=10)
    answer = emulated.ask("POST", f"{RUN}/run", json={"full_refresh": True})
    assert answer.json["message"] == "Transformation with id 'reluctant_harvest' has been started"
    assert emulated.data("GET", RUN) == before
    emulated.wait(10)
    running = emulated.data("GET", RUN)
    assert (running["status"], running["last_ended_at"]) == ("RUNNING", before["last_ended_at"])
    emulated.wait(5)
    after = emulated.data("GET", RUN)
    assert (after["status"], after["last_ended_at"]) == ("SUCCEEDED", "2027-01-15T08:00:15.250000Z")
    assert after["last_started_at"] == "2027-01-15T08:00:10.250000Z"


@pytest.mark.parametrize("result", ["SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELED", "BLOCKED"])
def test_how_a_transformation_ends(emulated, result):
    emulated.scenario(transformations={"reluctant_harvest": {"outcomes": [{"result": result, "seconds": 1}]}})
    before = emulated.data("GET", RUN)
    emulated.ask("POST", f"{RUN}/run")
    assert emulated.data("GET", RUN) == before
    emulated.wait(2)
    after = emulated.data("GET", RUN)
    assert (after["status"], after["last_ended_at"]) == (result, "2027-01-15T08:00:02.250000Z")


def test_a_transformation_can_be_canceled(emulated):
    before = emulated.data("GET", RUN)
    emulated.ask("POST", f"{RUN}/cancel")
    assert emulated.data("GET", RUN) == before
    emulated.ask("POST", f"{RUN}/run")
    emulated.ask("POST", f"{RUN}/cancel")
    assert emulated.data("GET", RUN)["status"] == "TERMINATING"
    emulated.wait(1)
    assert emulated.data("GET", RUN)["status"] == "CANCELED"


def test_transformations_are_listed(emulated):
    def ids(query=""):
        return [one["id"] for one in emulated.data("GET", f"/v1/transformations{query}")["items"]]

    assert ids() == ["reluctant_harvest", "mellow_orchard", "crooked_ledger"]
    assert ids("?group_id=decent_dropsy") == ids("?type=QUICKSTART") == ["mellow_orchard"]
    assert emulated.ask("GET", "/v1/transformations/nobody").status_code == 404
    assert emulated.ask("POST", "/v1/transformations/nobody/run").status_code == 404
    assert emulated.ask("POST", f"{RUN}/run", json={"full_refresh": "yes"}).status_code == 400


def test_state_is_for_code_alone_and_not_during_a_sync(emulated):
    path = "/v1/connections/handmade_widget/state"
    assert emulated.data("GET", path) == {"state": {"cursor": "2026-01-01T00:00:00Z"}}
    assert emulated.data("PATCH", path, json={"state": {"cursor": 7}}) == {"state": {"cursor": 7}}
    for nothing in ({}, {"state": None}):
        assert emulated.data("PATCH", path, json=nothing) == {"state": {"cursor": 7}}
    emulated.ask("POST", "/v1/connections/handmade_widget/sync")
    assert emulated.ask("PATCH", path, json={"state": {}}).status_code == 409
    assert emulated.data("GET", path) == {"state": {"cursor": 7}}
    assert emulated.ask("GET", f"{PATH}/state").status_code == 400
    emulated.scenario(connectors={"handmade_widget": {"state": None}})
    assert emulated.ask("GET", path).status_code == 400
    assert emulated.ask("PATCH", path, json={"state": {}}).status_code == 400


def test_the_sync_history_has_every_end(emulated):
    emulated.scenario(connectors={ID: {"outcomes": ["success", "failure", "rescheduled", "success"]}})
    for _ in range(3):
        emulated.ask("POST", f"{PATH}/sync")
        emulated.wait(5)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.ask("POST", f"{PATH}/force")
    items = emulated.data("GET", f"{PATH}/sync-history")["items"]
    assert [one["status"] for one in items] == ["SYNCING", "CANCELED", "RESCHEDULED", "FAILURE_WITH_TASK", "COMPLETED"]
    late = "start_time=2027-01-15T08:00:05.250000Z&limit=1"
    assert len(emulated.data("GET", f"{PATH}/sync-history?{late}")["items"]) == 1
    assert [one["end"] is None for one in items] == [True, False, False, False, False]
    assert ["reason" in one for one in items] == [False] * 5
    emulated.scenario(switches={"history_hours": 5 / 3600})
    assert len(emulated.data("GET", f"{PATH}/sync-history")["items"]) == 3
    for query in ("start_time=yesterday", "start_time=2027-01-01T00:00:00Z&end_time=2027-01-15T00:00:00Z"):
        assert emulated.ask("GET", f"{PATH}/sync-history?{query}").status_code == 400


def test_a_connection_without_schemas_may_be_200(emulated):
    path = "/v1/connections/unopened_parcel/schemas"
    assert emulated.ask("GET", path).json["code"] == "NotFound_SchemaConfig"
    emulated.switch(no_schema_config=200)
    assert "schemas" not in emulated.data("GET", path)


def test_a_reload_names_the_setup_state_that_it_needs(emulated):
    answer = emulated.ask("POST", "/v1/connections/unwritten_letter/schemas/reload")
    assert (answer.status_code, answer.json["code"]) == (400, "InvalidInput")
    assert "('status.setup_state') to be 'connected', but it was 'incomplete'" in answer.json["message"]
