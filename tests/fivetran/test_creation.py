"""create_connector: the requests, the search after a lost answer, and the secrets."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.files import everything, saved

POSTGRES = {
    "schema_prefix": "new_shop",
    "host": "db.example.com",
    "port": 5432,
    "user": "fivetran",
    "password": "password-of-the-source",
    "database": "shop",
}

LOST = {"status": 502, "html": "<h1>lost</h1>", "handled": True}


def create(blueprint: Blueprint, **more: str | None) -> Any:
    given: dict[str, str | None] = {
        "FIVETRAN_GROUP_ID": "Warehouse",
        "FIVETRAN_SERVICE": "postgres",
        "FIVETRAN_CONFIG": json.dumps(POSTGRES),
    }
    return blueprint("fivetran/create_connector", **{**given, **more})


def test_a_connector_is_created_with_what_was_given_and_nothing_else(
    blueprint: Blueprint, emulator: Emulator, tmp_path: Path
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(POSTGRES))
    done = create(
        blueprint,
        FIVETRAN_CONFIG=None,
        FIVETRAN_CONFIG_FILE=str(file),
        FIVETRAN_PAUSED="TRUE",
        FIVETRAN_SYNC_FREQUENCY="60",
        FIVETRAN_DESTINATION_SCHEMA_NAMES="SOURCE_NAMING",
        FIVETRAN_CUSTOM_FIELDS='{"networking_method": "Directly", "paused": false}',
    )
    assert done.code == 0, done.stderr
    (sent,) = emulator.requests("POST")
    assert sent["body"] == {
        "group_id": "projected_sickle",
        "service": "postgres",
        "config": sent["body"]["config"],
        "paused": True,
        "sync_frequency": 60,
        "destination_schema_names": "SOURCE_NAMING",
        "networking_method": "Directly",
        "run_setup_tests": True,
    }
    created = done.result["connector_id"]
    assert emulator.connector(created)["paused"] is True
    assert saved(blueprint, f"create_{created}_response.json")["data"]["id"] == created
    for text in (done.stdout, done.stderr, everything(blueprint)):
        assert POSTGRES["password"] not in text


def test_config_and_auth_are_never_echoed_not_even_by_a_dry_run_or_a_refusal(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    auth = json.dumps({"client_access": {"client_id": "the-client", "client_secret": "the-client-secret"}})
    dry = create(blueprint, FIVETRAN_AUTH=auth, SLIPWAY_DRY_RUN="TRUE")
    assert (dry.code, dry.result["status"]) == (0, "dry_run")
    echo = {"status": 400, "json": {"code": "InvalidInput", "message": "bad password-of-the-source, the-client-secret"}}
    emulator.answers("POST", "/v1/connections", echo)
    refused = create(blueprint, FIVETRAN_AUTH=auth)
    assert refused.code == 201
    for text in (dry.stdout, dry.stderr, refused.stdout, refused.stderr, everything(blueprint)):
        assert "password-of-the-source" not in text
        assert "the-client" not in text


def test_failed_setup_tests_of_a_new_connector_are_218_with_its_id(blueprint: Blueprint, emulator: Emulator) -> None:
    done = create(blueprint, FIVETRAN_SERVICE="hubspot", FIVETRAN_CONFIG='{"schema": "crm"}')
    assert done.code == 218
    assert "was created" in done.result["message"]
    assert emulator.connector(done.result["connector_id"])["setup_state"] == "incomplete"


def test_a_connect_card_for_a_new_connector_is_only_in_a_private_file(blueprint: Blueprint) -> None:
    done = create(blueprint, FIVETRAN_REDIRECT_URI="https://app.example.com/back?id=7", FIVETRAN_ALL_FIELDS="TRUE")
    assert done.code == 0
    name = f"create_{done.result['connector_id']}_response.json"
    card = saved(blueprint, name)["data"]["connect_card"]
    assert stat.S_IMODE(blueprint.file("responses", name).stat().st_mode) == 0o600
    assert card["token"] not in done.stdout + done.stderr
    assert "setup tests were not run" in done.result["message"]


def test_an_unknown_service_is_204_with_the_nearest(blueprint: Blueprint) -> None:
    done = create(blueprint, FIVETRAN_SERVICE="postgrass")
    assert done.code == 204
    assert "did you mean postgres" in done.result["message"]


def test_a_creation_whose_answer_was_lost_is_found_and_not_repeated(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", "/v1/connections", LOST)
    done = create(blueprint)
    assert done.code == 0, done.stderr
    assert done.result["connector_schema"] == "new_shop"
    assert len(emulator.requests("POST")) == 1


def test_a_creation_that_was_lost_on_the_way_is_202_and_not_repeated(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", "/v1/connections", {"reset": "before"})
    done = create(blueprint, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 202
    assert len(emulator.requests("POST")) == 1


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FIVETRAN_CONFIG", '{"password": "******"}', "the API's mask"),
        ("FIVETRAN_AUTH", '{"token": "****"}', "the API's mask"),
        ("FIVETRAN_CONFIG", '["a"]', "not an object"),
        ("FIVETRAN_CONFIG", "{", "is not JSON"),
        ("FIVETRAN_DAILY_SYNC_TIME", "05:00", "FIVETRAN_SYNC_FREQUENCY=1440"),
        ("FIVETRAN_HIDE_SETUP_GUIDE", "TRUE", "FIVETRAN_REDIRECT_URI is required"),
        ("FIVETRAN_REDIRECT_URI", "ftp://a.example", "no http or https URL"),
        ("FIVETRAN_SERVICE", "post/gres", "is not an id"),
    ],
)
def test_bad_input_is_206_and_sends_nothing(
    blueprint: Blueprint, emulator: Emulator, variable: str, value: str, said: str
) -> None:
    done = create(blueprint, **{variable: value})
    assert done.code == 206
    assert said in done.result["message"]
    assert emulator.requests() == []
