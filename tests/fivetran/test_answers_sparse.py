"""Answers with only the required fields: no message has a gap or Python's None in it."""

import re
from typing import Any

import pytest

from shared.errors import InvalidInput
from shared.fivetran.connector import Connector
from shared.fivetran.schemas.tree import _label
from shared.fivetran.update import check_against
from tests.conftest import Blueprint, Emulator

BARE = {"id": "a_b", "status": {}}
TWO_TYPES = {"items": [{"id": "x"}, {"id": "y"}]}
HOLE = re.compile(
    r"\bNone\b|\b(is|of|schema|every|account|to|a)  |\b(is|of schema|belonging to)( and\b|$)", re.MULTILINE
)


@pytest.mark.parametrize(
    ("name", "path", "data", "said"),
    [
        ("get_connector", "/v1/connections/a_b", BARE, "it syncs by itself; the API does not say how often"),
        ("get_connector", "/v1/connections/a_b", {**BARE, "sync_frequency": "often"}, "the API does not say how often"),
        ("delete_connector", "/v1/connections/a_b", BARE, "a_b was deleted: a connector"),
        ("execute_sync", "/v1/connections/a_b", BARE, "a_b is in no known setup and in no known state"),
        ("get_connector_type", "/v1/metadata/connector-types/postgres", {"id": "postgres"}, "postgres takes 0"),
        ("check_credentials", "/v1/account/info", {}, "the key is accepted: the API does not name its owner"),
        ("check_credentials", "/v1/account/info", {"account_id": "x"}, "the key is accepted: account x"),
        ("check_credentials", "/v1/account/info", {"user_id": "y"}, "the key is accepted: belonging to y"),
        ("list_connector_types", "/v1/metadata/connector-types", TWO_TYPES, "0 of 2 connector types"),
        ("list_connectors", "/v1/groups", {"items": [{"id": "warehouse"}]}, "names no group that this key can see"),
        ("run_setup_tests", "/v1/connections/a_b/test", {"id": "a_b", "status": {}}, "the setup is in no known state"),
    ],
)
def test_a_sparse_answer_makes_whole_sentences(
    blueprint: Blueprint, emulator: Emulator, name: str, path: str, data: dict[str, Any], said: str
) -> None:
    emulator.answers("*", path, {"json": {"code": "Success", "data": data}, "times": "always"})
    emulator.answers("DELETE", "/v1/connections/a_b", {"json": {"code": "Success"}})
    emulator.answers("*", "/v1/connections/a_b*", {"json": {"code": "Success", "data": data}, "times": "always"})
    given = {
        **{"FIVETRAN_CONNECTOR_ID": "a_b", "FIVETRAN_CONFIRM_DELETE": "a_b", "FIVETRAN_SERVICE": "postgres"},
        **{"FIVETRAN_TYPE_NAME": "one"},
        **({"FIVETRAN_GROUP_ID": "Nona"} if name == "list_connectors" else {}),
    }
    done = blueprint(f"fivetran/{name}", **given)
    talk = done.result["message"] + "\n" + done.stderr
    assert said in talk
    assert not HOLE.search("\n".join(line for line in talk.splitlines() if not line.startswith("|"))), talk


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({"allowed": False}, "sales: enabled, fixed"),
        ({"allowed": False, "reason": None, "reason_code": "SYSTEM_TABLE"}, "sales: enabled, fixed (SYSTEM_TABLE)"),
    ],
)
def test_what_is_fixed_without_a_reason_is_fixed(settings: dict[str, Any], label: str) -> None:
    assert _label("sales", {"enabled": True, "enabled_patch_settings": settings}) == label


def test_a_frequency_that_the_api_does_not_say_is_said_so_in_a_refusal() -> None:
    with pytest.raises(InvalidInput, match="a_b has none that the API says"):
        check_against(Connector(BARE), {"daily_sync_time": "03:00"})


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"service": "postgres", "schema": "shop"}, "postgres connector of schema shop"),
        ({"service": "postgres", "schema": None}, "postgres connector"),
        ({"schema": "shop"}, "connector of schema shop"),
        ({}, "connector"),
    ],
)
def test_a_connector_is_called_by_what_is_known_of_it(fields: dict[str, Any], title: str) -> None:
    assert Connector({**BARE, **fields}).title == title
