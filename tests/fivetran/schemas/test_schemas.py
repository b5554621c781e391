"""get_schemas, update_schemas and reload_schemas against the emulator."""

import json
from typing import Any

import pytest
import responses

from tests.conftest import Blueprint, Emulator
from tests.fivetran.conftest import Play

CONNECTOR = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
PATH = "/v1/connections/speak_inexpensive/schemas"


def tables(emulator: Emulator) -> Any:
    return emulator.connector("speak_inexpensive")["schema_config"]["schemas"]["sales"]["tables"]


def test_schemas_are_shown_as_a_tree(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/get_schemas", **CONNECTOR)
    assert done.code == 0
    assert "| sales: enabled\n|   customers: enabled, SOFT_DELETE\n|     phone: enabled, hashed\n" in done.stderr
    assert "fixed (SYSTEM_TABLE)" in done.stderr
    assert done.result["data"]["tables"] == 8
    assert (
        "schemas"
        in json.loads(blueprint.file("responses", "schemas_speak_inexpensive_response.json").read_text())["data"]
    )


def test_columns_that_nobody_has_set_are_read_from_the_source_where_asked(blueprint: Blueprint) -> None:
    plain = blueprint("fivetran/get_schemas", **CONNECTOR, FIVETRAN_TABLE="sales.customers")
    assert "email" not in plain.stderr
    live = blueprint(
        "fivetran/get_schemas", **CONNECTOR, FIVETRAN_TABLE="sales.customers", FIVETRAN_LIVE_COLUMNS="TRUE"
    )
    assert "|     email: enabled\n" in live.stderr
    found = json.loads(blueprint.file("responses", "columns_speak_inexpensive_response.json").read_text())
    assert "email" in found["sales.customers"]["data"]["columns"]


def test_a_tree_too_long_for_a_terminal_is_cut(blueprint: Blueprint, emulator: Emulator) -> None:
    many = {f"t{number}": {"enabled": True, "columns": {}} for number in range(1500)}
    emulator.answers(
        "GET", PATH, {"json": {"code": "Success", "data": {"schemas": {"s": {"enabled": True, "tables": many}}}}}
    )
    done = blueprint("fivetran/get_schemas", **CONNECTOR)
    assert done.code == 0
    assert done.stderr.count("\n") < 1010
    assert len(done.stdout) < 2000
    assert done.result["data"]["tables"] == 1500


def test_before_the_first_sync_there_is_none_and_reload_makes_it(blueprint: Blueprint) -> None:
    given = {"FIVETRAN_CONNECTOR_ID": "unopened_parcel"}
    none = blueprint("fivetran/get_schemas", **given)
    assert none.code == 204
    assert "run reload_schemas" in none.result["message"]
    reloaded = blueprint("fivetran/reload_schemas", **given)
    assert (reloaded.code, reloaded.result["data"]["tables"]) == (0, 3)
    assert blueprint.file("responses", "reload_schemas_unopened_parcel_response.json").exists()
    assert blueprint("fivetran/get_schemas", **given).code == 0


@pytest.mark.parametrize("mode", ["PRESERVE", "INCLUDE", "EXCLUDE"])
def test_reload_sends_the_mode(blueprint: Blueprint, emulator: Emulator, mode: str) -> None:
    assert blueprint("fivetran/reload_schemas", **CONNECTOR, FIVETRAN_EXCLUDE_MODE=mode).code == 0
    assert emulator.requests("POST")[0]["body"] == {"exclude_mode": mode}


def test_a_slow_reload_is_waited_for(alone: Any) -> None:
    with responses.RequestsMock() as api:
        api.post("https://api.fivetran.com" + PATH + "/reload", json={"code": "Success", "data": {"schemas": {}}})
        assert alone("fivetran/reload_schemas", **CONNECTOR).code == 0
        assert [call.request.req_kwargs["timeout"][1] for call in api.calls] == [300]


def test_a_change_that_has_to_stop_a_sync_first_is_given_as_long(alone: Any) -> None:
    sales = {"sales": {"enabled": True, "tables": {"orders": {"enabled": True}}}}
    with responses.RequestsMock() as api:
        for method in (api.get, api.patch):
            method("https://api.fivetran.com" + PATH, json={"code": "Success", "data": {"schemas": sales}})
        alone("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders")
        waits = [call.request.req_kwargs["timeout"][1] for call in api.calls]
    assert waits == [60, 300]


def test_the_short_form_changes_what_it_names_and_nothing_else(blueprint: Blueprint, emulator: Emulator) -> None:
    before = tables(emulator)
    done = blueprint(
        "fivetran/update_schemas",
        **CONNECTOR,
        FIVETRAN_ENABLE="sales.order_archive, sales.orders",
        FIVETRAN_DISABLE="sales.refunds",
        FIVETRAN_HASH="sales.customers.email",
        FIVETRAN_SYNC_MODE="sales.orders=history",
    )
    assert done.code == 0, done.stderr
    (sent,) = emulator.requests("PATCH")
    assert sent["body"] == {
        "schemas": {
            "sales": {
                "enabled": True,
                "tables": {
                    "order_archive": {"enabled": True},
                    "refunds": {"enabled": False},
                    "customers": {"enabled": True, "columns": {"email": {"enabled": True, "hashed": True}}},
                    "orders": {"enabled": True, "sync_mode": "HISTORY"},
                },
            }
        }
    }
    after = tables(emulator)
    assert after["returns_2019"] == before["returns_2019"]
    assert after["customers"]["columns"]["email"]["hashed"] is True
    assert done.result["data"]["changes"] == 4
    assert "| sales.order_archive" in done.stderr
    assert blueprint.file("responses", "update_schemas_speak_inexpensive_response.json").exists()


def test_the_apis_own_rule_on_enabled_is_kept(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.switches(schema_enabled_required=True)
    assert blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_UNHASH="sales.customers.phone").code == 0
    assert tables(emulator)["customers"]["columns"]["phone"]["hashed"] is False


def test_a_patch_of_the_apis_form_is_taken(blueprint: Blueprint, emulator: Emulator) -> None:
    patch = {"schemas": {"sales": {"tables": {"order_archive": {"enabled": True}}}}}
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_SCHEMA_PATCH=json.dumps(patch))
    assert done.code == 0
    assert tables(emulator)["order_archive"]["enabled"] is True


def test_nothing_different_sends_nothing(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_ENABLE="sales.orders")
    assert (done.code, done.result["status"]) == (0, "unchanged")
    assert emulator.requests("PATCH") == []


def test_a_dry_run_shows_the_difference_and_sends_nothing(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders", SLIPWAY_DRY_RUN="TRUE")
    assert (done.code, done.result["status"]) == (0, "dry_run")
    assert "| sales.orders  enabled  yes  no" in done.stderr
    assert emulator.requests("PATCH") == []
    assert blueprint.files() == set()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"FIVETRAN_ENABLE": "sale.orders"}, "did you mean sales?"),
        ({"FIVETRAN_ENABLE": "sales.Orders"}, "did you mean orders"),
        ({"FIVETRAN_HASH": "sales.customers.emial"}, "did you mean email?"),
        ({"FIVETRAN_DISABLE": "pg_meta.replication_slots"}, "it may not be changed (SYSTEM_TABLE)"),
        ({"FIVETRAN_DISABLE": "sales.customers.id"}, "it may not be changed (SYSTEM_COLUMN)"),
        (
            {"FIVETRAN_CONNECTOR_ID": "brisk_metronome", "FIVETRAN_DISABLE": "stripe.api_call_log"},
            "it may not be changed (The table is needed to read the others, OTHER)",
        ),
        ({"FIVETRAN_SYNC_MODE": "inventory.stock=HISTORY"}, "does not support history mode"),
    ],
)
def test_a_name_that_is_not_there_or_may_not_change_is_206(
    blueprint: Blueprint, emulator: Emulator, given: dict[str, str], said: str
) -> None:
    done = blueprint("fivetran/update_schemas", **{**CONNECTOR, **given})
    assert done.code == 206
    assert said in done.result["message"]
    assert emulator.requests("PATCH") == []


def test_a_column_is_looked_up_in_the_source_before_it_is_called_unknown(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_HASH="sales.customers.email,sales.customers.phone")
    paths = [row["path"] for row in emulator.requests("GET")]
    assert paths == [PATH, f"{PATH}/sales/tables/customers/columns"]


def test_a_conflict_repeats_the_whole_of_it(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.switches(schema_conflicts=2)
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders")
    assert (done.code, done.result["status"]) == (0, "updated")
    assert [row["method"] for row in emulator.requests()] == ["GET", "PATCH"] * 3


def test_conflicts_without_end_are_an_error(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.switches(schema_conflicts=100)
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders")
    assert done.code == 201
    assert len(emulator.requests("PATCH")) == 5


def test_a_lost_answer_is_looked_for_and_an_outage_before_it_repeated(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("PATCH", PATH, {"reset": "before"}, {"reset": "after"})
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders")
    assert (done.code, done.result["status"]) == (0, "updated")
    assert len(emulator.requests("PATCH")) == 2
    assert tables(emulator)["orders"]["enabled"] is False


@pytest.mark.parametrize(
    ("then", "code", "said"),
    [
        ({"json": {"code": "Success", "data": {"schemas": {}}}}, 206, "there is no schema 'sales'"),
        ({"status": 403, "empty": True}, 200, "not allowed"),
        ({"status": 429, "empty": True}, 222, "too many requests"),
    ],
)
def test_what_ends_it_after_a_lost_answer_does_not_say_that_nothing_was_changed(
    blueprint: Blueprint, emulator: Emulator, then: dict[str, Any], code: int, said: str
) -> None:
    emulator.answers("PATCH", PATH, {"reset": "after"})
    emulator.answers("GET", PATH, {"pass": True}, then)
    given = {"FIVETRAN_DISABLE": "sales.orders", "SLIPWAY_RETRY_TIMEOUT": "0"}
    done = blueprint("fivetran/update_schemas", **CONNECTOR, **given)
    assert done.code == code
    assert "PATCH /connections/speak_inexpensive/schemas failed" in done.result["message"]
    assert "so the change may have been made anyway; then Fivetran" in done.result["message"]
    assert said in done.result["message"]
    assert tables(emulator)["orders"]["enabled"] is False


def test_a_change_whose_answers_are_all_lost_may_have_been_made(play: Play, emulator: Emulator) -> None:
    emulator.answers("PATCH", PATH, {"reset": "before", "times": 4}, {"status": 502, "handled": True})
    done = play("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders")
    assert (done.code, len(emulator.requests("PATCH"))) == (223, 5)
    assert done.result["message"].count("so the change may have been made anyway") == 1
    assert tables(emulator)["orders"]["enabled"] is False


def test_a_refusal_after_a_lost_answer_says_what_was_not_sent(blueprint: Blueprint, emulator: Emulator) -> None:
    config = json.loads(json.dumps(emulator.connector("speak_inexpensive")["schema_config"]))
    orders = config["schemas"]["sales"]["tables"]["orders"]
    orders["enabled_patch_settings"] = {"allowed": False, "reason": "Locked since"}
    emulator.answers("PATCH", PATH, {"reset": "before"})
    emulator.answers("GET", PATH, {"pass": True}, {"json": {"code": "Success", "data": config}})
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders")
    assert done.code == 206
    assert "so this was not sent: " in done.result["message"]
    assert "may have been made" in done.result["message"]
    assert "nothing was sent" not in done.result["message"]


def test_a_change_that_the_answer_does_not_show_is_no_success(blueprint: Blueprint, emulator: Emulator) -> None:
    config = emulator.connector("speak_inexpensive")["schema_config"]
    emulator.answers("PATCH", PATH, {"json": {"code": "Success", "data": config}})
    done = blueprint("fivetran/update_schemas", **CONNECTOR, FIVETRAN_DISABLE="sales.orders")
    assert (done.code, done.result["status"]) == (201, "not_taken")


@pytest.mark.parametrize("name", ["get_schemas", "update_schemas", "reload_schemas"])
def test_a_wrong_key_is_200_and_an_unknown_connector_204(blueprint: Blueprint, name: str) -> None:
    given = {"FIVETRAN_ENABLE": "sales.orders"}
    assert blueprint(f"fivetran/{name}", **CONNECTOR, **given, FIVETRAN_API_KEY="revoked-key").code == 200
    assert blueprint(f"fivetran/{name}", **given, FIVETRAN_CONNECTOR_ID="no_such").code == 204


def test_odd_names_are_quoted_in_paths(blueprint: Blueprint, emulator: Emulator) -> None:
    source = {"my.schema": {"tables": {"odd, name": {"columns": {"a b": {}}}}}}
    emulator.set("unopened_parcel", source=source)
    blueprint("fivetran/reload_schemas", FIVETRAN_CONNECTOR_ID="unopened_parcel")
    done = blueprint(
        "fivetran/update_schemas",
        FIVETRAN_CONNECTOR_ID="unopened_parcel",
        FIVETRAN_HASH='"my.schema"."odd, name"."a b"',
    )
    assert done.code == 0, done.stderr
