"""The requests of all blueprints, checked against Fivetran's OpenAPI document if a copy of it is there."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Blueprint, Emulator
from tests.emulator.openapi import operation, problems, read_document

CONNECTOR = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
RUNS: list[tuple[str, dict[str, str]]] = [
    ("check_credentials", {}),
    ("check_freshness", {"FIVETRAN_MAX_AGE": "1d"}),
    ("check_sync_status", CONNECTOR),
    (
        "create_connect_card",
        {**CONNECTOR, "FIVETRAN_REDIRECT_URI": "https://example.com", "FIVETRAN_ALL_FIELDS": "TRUE"},
    ),
    (
        "create_connector",
        {
            "FIVETRAN_GROUP_ID": "Marketing",
            "FIVETRAN_SERVICE": "zendesk",
            "FIVETRAN_CONFIG": '{"schema": "tickets", "domain": "ex", "email": "a@b.ex", "api_token": "of-it"}',
            "FIVETRAN_AUTH": '{"refresh_token": "of-the-tests"}',
            "FIVETRAN_PAUSED": "TRUE",
            "FIVETRAN_DESTINATION_SCHEMA_NAMES": "SOURCE_NAMING",
        },
    ),
    ("delete_connector", {**CONNECTOR, "FIVETRAN_CONFIRM_DELETE": "speak_inexpensive"}),
    ("execute_sync", {**CONNECTOR, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}),
    ("execute_sync", {"FIVETRAN_CONNECTOR_ID": "sleepy_lantern", "FIVETRAN_ON_PAUSED": "resume"}),
    ("execute_sync", {"FIVETRAN_CONNECTOR_ID": "fractured_compass", "FIVETRAN_ON_BROKEN": "test"}),
    ("execute_sync", {"FIVETRAN_GROUP_ID": "Warehouse"}),
    ("get_connector", CONNECTOR),
    ("get_connector_type", {"FIVETRAN_SERVICE": "postgres"}),
    ("get_schemas", {**CONNECTOR, "FIVETRAN_TABLE": "sales.orders", "FIVETRAN_LIVE_COLUMNS": "TRUE"}),
    ("list_connector_types", {}),
    ("list_connectors", {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SCHEMA": "shop"}),
    ("list_groups", {}),
    ("list_transformations", {"FIVETRAN_GROUP_ID": "Marketing"}),
    ("reload_schemas", {**CONNECTOR, "FIVETRAN_EXCLUDE_MODE": "PRESERVE"}),
    ("resync_connector", CONNECTOR),
    ("resync_connector", {**CONNECTOR, "FIVETRAN_SCOPE": '{"sales": ["orders"]}'}),
    ("run_setup_tests", {**CONNECTOR, "FIVETRAN_TRUST_CERTIFICATES": "TRUE", "FIVETRAN_TRUST_FINGERPRINTS": "TRUE"}),
    (
        "create_transformation_project",
        {
            "FIVETRAN_GROUP_ID": "Warehouse",
            "FIVETRAN_GIT_REMOTE_URL": "git@github.com:example/dbt.git",
            "FIVETRAN_GIT_BRANCH": "main",
            "FIVETRAN_GIT_FOLDER": "dbt",
            "FIVETRAN_DBT_VERSION": "1.9.4",
            "FIVETRAN_DEFAULT_SCHEMA": "analytics",
            "FIVETRAN_CUSTOM_FIELDS": '{"project_config": {"threads": 4, "environment_vars": ["DBT_A=secret-a"]}}',
        },
    ),
    (
        "create_transformation",
        {
            "FIVETRAN_PROJECT_ID": "wooden_abacus",
            "FIVETRAN_TRANSFORMATION_NAME": "orders",
            "FIVETRAN_RUN_AFTER": "speak_inexpensive",
            "FIVETRAN_PAUSED": "FALSE",
        },
    ),
    (
        "update_transformation",
        {
            "FIVETRAN_TRANSFORMATION_ID": "reluctant_harvest",
            "FIVETRAN_RUN_TIME": "05:30",
            "FIVETRAN_RUN_DAYS": "MONDAY",
            "FIVETRAN_RUN_AFTER": "speak_inexpensive",
        },
    ),
    ("update_transformation", {"FIVETRAN_TRANSFORMATION_ID": "reluctant_harvest", "FIVETRAN_RUN_INTERVAL": "6h"}),
    ("update_transformation", {"FIVETRAN_TRANSFORMATION_ID": "reluctant_harvest", "FIVETRAN_RUN_CRON": "0 5 * * *"}),
    ("cancel_transformation", {"FIVETRAN_TRANSFORMATION_ID": "reluctant_harvest"}),
    ("run_transformation", {"FIVETRAN_TRANSFORMATION_ID": "reluctant_harvest", "FIVETRAN_FULL_REFRESH": "TRUE"}),
    (
        "update_connector",
        {
            **CONNECTOR,
            "FIVETRAN_SCHEDULE_TYPE": "auto",
            "FIVETRAN_PAUSED": "FALSE",
            "FIVETRAN_HISTORICAL_SYNC": "TRUE",
            "FIVETRAN_SYNC_FREQUENCY": "1440",
            "FIVETRAN_DAILY_SYNC_TIME": "05:00",
        },
    ),
    (
        "update_schemas",
        {
            **CONNECTOR,
            "FIVETRAN_ENABLE": "sales.order_archive",
            "FIVETRAN_DISABLE": "inventory,sales.refunds.amount",
            "FIVETRAN_HASH": "sales.customers.email",
            "FIVETRAN_SYNC_MODE": "sales.orders=HISTORY",
            "FIVETRAN_SCHEMA_CHANGE_HANDLING": "ALLOW_COLUMNS",
        },
    ),
]


PROJECT_CONFIG = {"git_remote_url", "git_branch", "folder_path", "dbt_version", "default_schema"} | {
    "threads",
    "target_name",
    "environment_vars",
}


def test_every_blueprint_is_among_them() -> None:
    files = {file.stem for file in Path(ROOT, "blueprints", "fivetran").glob("[a-z]*.py")}
    assert {name for name, _ in RUNS} == files


@pytest.mark.parametrize(("name", "variables"), RUNS)
def test_what_is_sent_is_documented(
    blueprint: Blueprint, emulator: Emulator, name: str, variables: dict[str, str]
) -> None:
    document = read_document()
    done = blueprint(f"fivetran/{name}", **variables)
    assert done.code not in (201, 206, 249), done.result["message"]
    assert {row["status"] for row in emulator.requests()} - {201} == {200}, done.result["message"]
    for row in emulator.requests():
        check(document, row)


def check(document: Any, row: dict[str, Any]) -> None:
    """Check a request's path, query and body."""
    if row["path"].startswith("/v1/destinations/"):
        return  # Destination Details is missing in this copy of the document
    if row["path"].startswith("/v1/transformation-projects"):  # so are these; their fields are on Fivetran's pages
        assert row["query"].keys() <= {"cursor", "limit"}
        body = row["body"] or {}
        assert body.keys() <= {"group_id", "type", "run_tests", "project_config"}
        assert body.get("project_config", {}).keys() <= PROJECT_CONFIG
        return
    if row["path"].endswith("/sync-history"):  # so is this; its parameters are on Fivetran's page
        assert row["query"].keys() <= {"start_time", "end_time", "cursor", "limit"}
        return
    documented = operation(document, row["method"], row["path"])
    known = {one["name"] for one in documented["parameters"] if one["in"] == "query"}
    assert row["query"].keys() <= known, row["path"]
    if "requestBody" not in documented:
        assert row["body"] is None, row["path"]
        return
    schema = documented["requestBody"]["content"]["application/json"]["schema"]
    assert problems(document, schema, row["body"]) == [], row["path"]
    reference = schema.get("$ref", "").rpartition("/")[2]
    fields = document["components"]["schemas"].get(reference, {}).get("properties", row["body"])
    assert row["body"].keys() <= {*fields, *CUT}, json.dumps(row["body"])


CUT = {"config", "auth", "transformation_config"}  # the fields of each service and project are missing in this copy
