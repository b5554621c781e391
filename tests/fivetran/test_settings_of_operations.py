"""Invalid input to each operation: 206, each variable named, nothing sent."""

import pytest

from tests.conftest import Blueprint, Emulator

REQUIRED = {
    "get_connector": ["FIVETRAN_CONNECTOR_ID"],
    "list_connectors": [],
    "list_groups": [],
    "create_connector": ["FIVETRAN_GROUP_ID", "FIVETRAN_SERVICE"],
    "delete_connector": ["FIVETRAN_CONNECTOR_ID", "FIVETRAN_CONFIRM_DELETE"],
    "run_setup_tests": ["FIVETRAN_CONNECTOR_ID"],
    "resync_connector": ["FIVETRAN_CONNECTOR_ID"],
    "create_connect_card": ["FIVETRAN_CONNECTOR_ID", "FIVETRAN_REDIRECT_URI"],
    "list_connector_types": [],
    "get_connector_type": ["FIVETRAN_SERVICE"],
    "get_schemas": ["FIVETRAN_CONNECTOR_ID"],
    "update_schemas": ["FIVETRAN_CONNECTOR_ID", "FIVETRAN_ENABLE"],
    "reload_schemas": ["FIVETRAN_CONNECTOR_ID"],
    "run_transformation": ["FIVETRAN_TRANSFORMATION_ID"],
    "list_transformations": [],
    "create_transformation_project": [
        "FIVETRAN_GROUP_ID",
        "FIVETRAN_GIT_REMOTE_URL",
        "FIVETRAN_DBT_VERSION",
        "FIVETRAN_DEFAULT_SCHEMA",
    ],
    "create_transformation": ["FIVETRAN_PROJECT_ID", "FIVETRAN_RUN_AFTER"],
    "update_transformation": ["FIVETRAN_TRANSFORMATION_ID"],
    "cancel_transformation": ["FIVETRAN_TRANSFORMATION_ID"],
}
ALL = {
    "FIVETRAN_CONNECTOR_ID": "speak_inexpensive",
    "FIVETRAN_GROUP_ID": "Warehouse",
    "FIVETRAN_SERVICE": "postgres",
    "FIVETRAN_CONFIRM_DELETE": "speak_inexpensive",
    "FIVETRAN_REDIRECT_URI": "https://app.example.com/",
    "FIVETRAN_ENABLE": "sales.orders",
    "FIVETRAN_TRANSFORMATION_ID": "reluctant_harvest",
    "FIVETRAN_GIT_REMOTE_URL": "git@github.com:example/dbt.git",
    "FIVETRAN_DBT_VERSION": "1.9.4",
    "FIVETRAN_DEFAULT_SCHEMA": "analytics",
    "FIVETRAN_PROJECT_ID": "wooden_abacus",
    "FIVETRAN_TRANSFORMATION_NAME": "orders",
    "FIVETRAN_RUN_AFTER": "speak_inexpensive",
}
"""All variables that any operation requires. A blueprint ignores those of others."""


@pytest.mark.parametrize("name", REQUIRED)
def test_everything_that_is_missing_is_named_at_once(blueprint: Blueprint, emulator: Emulator, name: str) -> None:
    done = blueprint(f"fivetran/{name}", FIVETRAN_API_KEY=None, FIVETRAN_API_SECRET=" ")
    assert done.code == 206
    for variable in ["FIVETRAN_API_KEY", "FIVETRAN_API_SECRET", *REQUIRED[name]]:
        assert variable in done.result["message"]
    assert emulator.requests() == []


@pytest.mark.parametrize("name", REQUIRED)
def test_an_unknown_argument_is_refused_and_help_names_every_variable(blueprint: Blueprint, name: str) -> None:
    assert blueprint(f"fivetran/{name}", "--force").code == 206
    shown = blueprint(f"fivetran/{name}", "--help", FIVETRAN_API_KEY=None)
    assert shown.code == 0
    for variable in REQUIRED[name]:
        assert variable in shown.stdout


@pytest.mark.parametrize("name", REQUIRED)
def test_a_folder_that_cannot_be_written_is_207_and_nothing_is_sent(
    blueprint: Blueprint, emulator: Emulator, name: str
) -> None:
    (blueprint.cwd / "shipyard-artifacts").write_text("a file")
    assert blueprint(f"fivetran/{name}", **ALL).code == 207
    assert [row["method"] for row in emulator.requests() if row["method"] != "GET"] == []


@pytest.mark.parametrize("name", REQUIRED)
def test_a_dry_run_only_reads_and_touches_no_file(blueprint: Blueprint, emulator: Emulator, name: str) -> None:
    done = blueprint(f"fivetran/{name}", **ALL, SLIPWAY_DRY_RUN="TRUE")
    assert done.code == 0, done.stderr
    assert {row["method"] for row in emulator.requests()} <= {"GET"}
    assert blueprint.files() == set()


@pytest.mark.parametrize("name", REQUIRED)
def test_text_from_the_api_commands_no_runner(blueprint: Blueprint, emulator: Emulator, name: str) -> None:
    message = "::error::\n::set-output name=x::y\r\n##[command]z"
    refusal = {"status": 400, "json": {"code": "::error::", "message": message}, "times": "always"}
    emulator.answers("*", "/v1/*", refusal)
    done = blueprint(f"fivetran/{name}", **ALL)
    assert done.code == 201
    for line in (done.stdout + done.stderr).splitlines():
        assert not line.startswith("::")
        assert "##[" not in line
