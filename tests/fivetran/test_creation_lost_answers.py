"""A creation whose answer is lost, odd or refused: nothing is created twice, and a created id is not lost."""

import json
import stat
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator, Finished

CREATE = "/v1/connections"
CONFIG = {"schema_prefix": "new_shop", "host": "db.example.com", "port": 5432, "user": "u", "password": "pass-of-it"}
LOST = {"reset": "after"}


def create(blueprint: Blueprint, **more: str | None) -> Finished:
    given: dict[str, str | None] = {
        "FIVETRAN_GROUP_ID": "Warehouse",
        "FIVETRAN_SERVICE": "postgres",
        "FIVETRAN_CONFIG": json.dumps({**CONFIG, "database": "shop"}),
    }
    return blueprint("fivetran/create_connector", **{**given, **more})


@pytest.mark.parametrize("data", [{}, {"id": "new_one"}, {"id": "new_one", "status": {}, "succeeded_at": "never"}])
def test_an_answer_that_holds_no_connector_is_a_lost_one(
    blueprint: Blueprint, emulator: Emulator, data: dict[str, Any]
) -> None:
    emulator.answers("POST", CREATE, {"status": 201, "json": {"code": "Success", "data": data}, "handled": True})
    done = create(blueprint)
    assert done.code == 0, done.stderr
    assert done.result["connector_schema"] == "new_shop"
    assert len(emulator.requests("POST")) == 1


@pytest.mark.parametrize("fault", [{"status": 403, "json": {"code": "Forbidden"}}, {"status": 503, "html": "busy"}])
def test_a_failed_read_at_the_new_connector_does_not_undo_it(
    blueprint: Blueprint, emulator: Emulator, fault: dict[str, Any]
) -> None:
    emulator.answers("POST", CREATE, LOST)
    emulator.answers("GET", f"{CREATE}/*", {**fault, "times": "always"})
    done = create(blueprint, SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["retry"]) == (202, False)
    assert len(emulator.requests("POST")) == 1


def test_what_somebody_else_creates_meanwhile_is_not_taken_for_ours(blueprint: Blueprint, emulator: Emulator) -> None:
    page = {"status": 200, "json": {"code": "Success", "data": {"items": []}}}
    theirs = {"id": "their_own", "service": "postgres", "schema": "other_shop", "status": {}}
    after = {"status": 200, "json": {"code": "Success", "data": {"items": [theirs]}}}
    emulator.answers("POST", CREATE, {"reset": "before"})
    emulator.answers("GET", CREATE, page, {**after, "times": "always"})
    done = create(blueprint, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 202, done.result


def test_an_id_of_the_api_that_is_no_file_name_loses_nothing(blueprint: Blueprint, emulator: Emulator) -> None:
    data = {"id": "../../" + "x" * 300, "service": "postgres", "status": {"setup_state": "connected"}}
    emulator.answers("POST", CREATE, {"status": 201, "json": {"code": "Success", "data": data}})
    done = create(blueprint)
    assert done.code == 0, done.stderr
    (file,) = done.result["files"]
    assert (blueprint.cwd / file).is_file()


@pytest.mark.parametrize("fault", [{"status": 403, "json": {"code": "Forbidden"}}, {"status": 503, "html": "busy"}])
def test_the_apis_own_refusal_stays_where_the_service_cannot_be_looked_up(
    blueprint: Blueprint, emulator: Emulator, fault: dict[str, Any]
) -> None:
    emulator.answers("POST", CREATE, {"status": 400, "json": {"code": "InvalidInput", "message": "no such host"}})
    emulator.answers("GET", "/v1/metadata/*", {**fault, "times": "always"})
    done = create(blueprint, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 201
    assert "no such host" in done.result["message"]


def test_an_unknown_service_stays_unknown_where_the_list_of_them_fails(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    fault = {"status": 403, "json": {"code": "Forbidden"}, "times": "always"}
    emulator.answers("GET", "/v1/metadata/connector-types", fault)
    done = blueprint("fivetran/get_connector_type", FIVETRAN_SERVICE="postgrass")
    assert done.code == 204


def test_a_card_that_was_lost_with_its_answer_is_not_said_to_be_saved(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", CREATE, LOST)
    done = create(blueprint, FIVETRAN_REDIRECT_URI="https://app.example.com/back")
    assert done.code == 0, done.stderr
    assert "create_connect_card makes another" in done.stderr
    file = blueprint.file("responses", f"create_{done.result['connector_id']}_response.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_card_by_custom_fields_is_refused(blueprint: Blueprint, emulator: Emulator) -> None:
    fields = {"connect_card_config": {"redirect_uri": "https://app.example.com/back"}}
    done = create(blueprint, FIVETRAN_CUSTOM_FIELDS=json.dumps(fields))
    assert done.code == 206
    assert "FIVETRAN_REDIRECT_URI" in done.result["message"]
    assert emulator.requests() == []


def test_custom_fields_hold_where_no_variable_is_given(blueprint: Blueprint, emulator: Emulator) -> None:
    fields = {"run_setup_tests": False, "sync_frequency": 1440}
    done = create(blueprint, FIVETRAN_CUSTOM_FIELDS=json.dumps(fields), FIVETRAN_DAILY_SYNC_TIME="05:00")
    assert done.code == 0, done.stderr
    (sent,) = emulator.requests("POST")
    assert (sent["body"]["run_setup_tests"], sent["body"]["daily_sync_time"]) == (False, "05:00")


def test_auth_in_custom_fields_is_not_echoed(blueprint: Blueprint, emulator: Emulator) -> None:
    echo = {"status": 400, "json": {"code": "InvalidInput", "message": "bad the-user-of-it"}}
    emulator.answers("POST", CREATE, echo)
    done = create(blueprint, FIVETRAN_CUSTOM_FIELDS='{"auth": {"user": "the-user-of-it"}}')
    assert done.code == 201
    assert "the-user-of-it" not in done.stdout + done.stderr
