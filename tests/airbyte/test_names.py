"""A connection given by its name, with each API."""

from typing import Any

import pytest

from tests.airbyte.conftest import ANALYTICS, FAILING, SHOP

NAME = "Postgres shop to Snowflake"
DAILY = "d4e5f6a7-b8c9-4d0e-8f1a-2b3c4d5e6f70"
TWIN = "00000000-0000-4000-8000-0000000000aa"
BLUEPRINTS = ("execute_sync", "check_sync_status", "cancel_sync", "check_credentials", "check_freshness")
NAMED = {"AIRBYTE_CONNECTION_NAME": NAME, "AIRBYTE_WORKSPACE_ID": ANALYTICS}


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_every_blueprint_about_a_connection_takes_its_name(airbyte: Any, name: str) -> None:
    done = airbyte(name, **NAMED, AIRBYTE_MAX_AGE="1d")
    assert done.code == 0, done.stderr
    assert SHOP in done.stdout


def test_a_chain_by_name(airbyte: Any) -> None:
    assert airbyte("execute_sync", **NAMED, AIRBYTE_WAIT="FALSE").code == 0
    done = airbyte("check_sync_status", **NAMED)
    assert (done.code, done.result["job_id"]) == (0, airbyte.jobs(SHOP)[0]["id"])


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_a_name_that_nobody_has_is_answered_with_the_nearest_and_nothing_is_sent(airbyte: Any, name: str) -> None:
    done = airbyte(name, AIRBYTE_CONNECTION_NAME="postgres shop to snowflak", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert (done.code, airbyte.triggers()) == (204, 0)
    assert f"did you mean {NAME}" in done.result["message"]


def test_nothing_near(airbyte: Any) -> None:
    done = airbyte("execute_sync", AIRBYTE_CONNECTION_NAME="qqq", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert (done.code, airbyte.triggers()) == (204, 0)
    assert done.result["message"].endswith("list_connections shows the existing ones")


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_a_name_that_two_have_is_ambiguous(airbyte: Any, name: str) -> None:
    airbyte.set(TWIN, name=NAME, workspace_id=ANALYTICS)
    done = airbyte(name, **NAMED)
    assert (done.code, airbyte.triggers()) == (206, 0)
    assert f"is the name of several connections in {ANALYTICS}: {TWIN}, {SHOP}" in done.result["message"]


def test_a_deleted_namesake_is_passed_over(airbyte: Any) -> None:
    airbyte.set(TWIN, name=NAME, workspace_id=ANALYTICS, status="deprecated")
    assert airbyte("execute_sync", **NAMED).result["connection_id"] == SHOP


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_an_id_and_a_name_are_one_too_many(airbyte: Any, name: str) -> None:
    done = airbyte(name, FAILING, **NAMED)
    assert (done.code, airbyte.paths()) == (206, [])
    assert "AIRBYTE_CONNECTION_NAME and AIRBYTE_CONNECTION_ID are both given" in done.result["message"]


def test_neither_an_id_nor_a_name(airbyte: Any) -> None:
    done = airbyte("execute_sync", AIRBYTE_WORKSPACE_ID=ANALYTICS)
    assert (done.code, airbyte.paths()) == (206, [])
    assert "AIRBYTE_CONNECTION_ID is required (or AIRBYTE_CONNECTION_NAME)" in done.result["message"]


def test_the_public_api_looks_in_every_workspace_and_the_other_needs_to_know_which(public: Any, own: Any) -> None:
    done = public("execute_sync", AIRBYTE_CONNECTION_NAME="Google Ads to BigQuery")
    assert (done.code, done.result["connection_id"]) == (0, DAILY)
    own.emulator.forget_requests()
    done = own("execute_sync", AIRBYTE_CONNECTION_NAME=NAME)
    assert (done.code, own.paths()) == (206, [])
    assert "AIRBYTE_WORKSPACE_ID is required with AIRBYTE_CONNECTION_NAME" in done.result["message"]
