"""Every blueprint, and how it is started against the world."""

import json
from typing import NamedTuple

from tests.faults.world import CONNECTION, CONNECTOR, GROUP, REPOSITORY, TRANSFORMATION, WORKSPACE


class Start(NamedTuple):
    """``lost`` is the exit code where the answer to its write is lost: 0 where what it did is found by reading."""

    name: str
    variables: dict[str, str]
    lost: int = 0
    api: str = ""
    running: bool = False

    @property
    def waits(self) -> bool:
        return "FIVETRAN_WAIT" in self.variables or self.name in ("airbyte/execute_sync", "airbyte/check_sync_status")

    @property
    def key(self) -> str:
        return f"{self.name} ({self.api})" if self.api else self.name


ONE = {"FIVETRAN_CONNECTOR_ID": CONNECTOR}
WAITS = {**ONE, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_WAIT_TIMEOUT": "120"}
AIRBYTES = {"AIRBYTE_CONNECTION_ID": CONNECTION, "AIRBYTE_WAIT_TIMEOUT": "120"}


def both(name: str, variables: dict[str, str], *, running: bool = False) -> list[Start]:
    """A blueprint of Airbyte's against either API."""
    return [Start(f"airbyte/{name}", variables, api=api, running=running) for api in ("own", "public")]


STARTS = [
    Start("fivetran/check_credentials", {}),
    Start("fivetran/check_freshness", ONE),
    Start("fivetran/check_sync_status", {**WAITS, "FIVETRAN_EXECUTION_TIME": "five minutes ago"}, running=True),
    Start("fivetran/create_connect_card", {**ONE, "FIVETRAN_REDIRECT_URI": "https://a.example"}, lost=223),
    Start(
        "fivetran/create_connector",
        {
            "FIVETRAN_GROUP_ID": GROUP,
            "FIVETRAN_SERVICE": "postgres",
            "FIVETRAN_CONFIG": json.dumps({"schema": "made", "host": "db"}),
        },
    ),
    Start("fivetran/cancel_transformation", {"FIVETRAN_TRANSFORMATION_ID": TRANSFORMATION}, running=True),
    Start(
        "fivetran/create_transformation",
        {
            "FIVETRAN_PROJECT_ID": "p",
            "FIVETRAN_TRANSFORMATION_NAME": "made",
            "FIVETRAN_RUN_AFTER": CONNECTOR,
        },
    ),
    Start(
        "fivetran/create_transformation_project",
        {
            "FIVETRAN_GROUP_ID": GROUP,
            "FIVETRAN_GIT_REMOTE_URL": REPOSITORY,
            "FIVETRAN_DBT_VERSION": "1.9.4",
            "FIVETRAN_DEFAULT_SCHEMA": "dbt",
        },
    ),
    Start("fivetran/delete_connector", {**ONE, "FIVETRAN_CONFIRM_DELETE": CONNECTOR}),
    Start("fivetran/execute_sync", WAITS),
    Start("fivetran/get_connector", ONE),
    Start("fivetran/get_connector_type", {"FIVETRAN_SERVICE": "postgres"}),
    Start("fivetran/get_schemas", ONE),
    Start("fivetran/list_connector_types", {}),
    Start("fivetran/list_connectors", {}),
    Start("fivetran/list_groups", {}),
    Start("fivetran/list_transformations", {}),
    Start("fivetran/reload_schemas", ONE, lost=223),
    Start("fivetran/resync_connector", WAITS),
    Start("fivetran/run_setup_tests", ONE, lost=223),
    Start("fivetran/run_transformation", {**WAITS, "FIVETRAN_TRANSFORMATION_ID": TRANSFORMATION}),
    Start("fivetran/update_connector", {**ONE, "FIVETRAN_PAUSED": "TRUE"}),
    Start("fivetran/update_transformation", {"FIVETRAN_TRANSFORMATION_ID": TRANSFORMATION, "FIVETRAN_PAUSED": "TRUE"}),
    Start("fivetran/update_schemas", {**ONE, "FIVETRAN_DISABLE": "sales.orders"}),
    *both("cancel_sync", AIRBYTES, running=True),
    *both("check_credentials", AIRBYTES),
    *both("check_freshness", {**AIRBYTES, "AIRBYTE_MAX_AGE": "1d"}),
    *both("check_sync_status", {**AIRBYTES, "AIRBYTE_JOB_ID": "1007", "AIRBYTE_WAIT": "TRUE"}, running=True),
    *both("execute_sync", AIRBYTES),
    *both("list_connections", {"AIRBYTE_WORKSPACE_ID": WORKSPACE}),
]
NEEDS_A_DATE = {"fivetran/check_freshness": 223, "airbyte/check_freshness": 223}
"""Without the server's clock nobody knows how old data is."""
