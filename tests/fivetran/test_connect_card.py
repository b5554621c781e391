"""create_connect_card: the card's address is in one private file and nowhere else."""

import json
import stat
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.files import everything, saved

CARD = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "FIVETRAN_REDIRECT_URI": "https://app.example.com/back?id=7"}


def test_a_connect_card_is_only_in_a_private_file(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/create_connect_card", **CARD, FIVETRAN_HIDE_SETUP_GUIDE="TRUE")
    assert done.code == 0
    file = blueprint.file("responses", "connect_card_speak_inexpensive_response.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert done.result["data"]["file"].endswith(file.name)
    card = json.loads(file.read_text())["data"]["connect_card"]
    assert card["token"] not in done.stdout + done.stderr
    assert emulator.requests("POST")[0]["body"] == {
        "connect_card_config": {"redirect_uri": CARD["FIVETRAN_REDIRECT_URI"], "hide_setup_guide": True}
    }


def test_an_open_card_is_redacted_wherever_else_the_api_shows_it(blueprint: Blueprint) -> None:
    blueprint("fivetran/create_connect_card", **CARD)
    private = blueprint.file("responses", "connect_card_speak_inexpensive_response.json")
    token = json.loads(private.read_text())["data"]["connect_card"]["token"]
    private.unlink()
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
    for name in ("get_connector", "run_setup_tests", "check_sync_status", "list_connectors"):
        done = blueprint(f"fivetran/{name}", **given)
        assert token not in done.stdout + done.stderr
    blueprint("fivetran/update_connector", **given, FIVETRAN_PAUSED="FALSE")
    assert token not in everything(blueprint)
    assert saved(blueprint, "connector_speak_inexpensive_response.json")["data"]["connect_card"]["token"] == "******"


def test_a_card_in_an_answer_that_is_no_use_is_private_too(blueprint: Blueprint, emulator: Emulator) -> None:
    body = {"status": 200, "text": '{"code": "Success", "data": {"connect_card": {"token": "half'}
    emulator.answers("POST", "/v1/*/connect-card", body)
    done = blueprint("fivetran/create_connect_card", **CARD)
    assert done.code == 223
    file = blueprint.file("responses", "connect_card_speak_inexpensive_response.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "uri", [7, ["https://fivetran.com/card"], {"a": 1}, "", "\n::set-output name=x::y", "../../card"]
)
def test_a_card_whose_uri_is_none_is_no_card(blueprint: Blueprint, emulator: Emulator, uri: Any) -> None:
    found = {"connector_id": "speak_inexpensive", "connect_card": {"token": "t" * 40, "uri": uri}}
    emulator.answers("POST", "/v1/*/connect-card", {"json": {"code": "Success", "data": found}})
    done = blueprint("fivetran/create_connect_card", **CARD)
    assert done.code == 223
    assert "has no Connect Card" in done.result["message"]


def test_a_card_of_another_connector_is_not_taken(blueprint: Blueprint, emulator: Emulator) -> None:
    card = {"token": "t" * 40, "uri": "https://fivetran.com/connect-card/setup"}
    body = {"code": "Success", "data": {"connector_id": "other_connector", "connect_card": card}}
    emulator.answers("POST", "/v1/*/connect-card", {"json": body})
    assert blueprint("fivetran/create_connect_card", **CARD).code == 223
