"""Every blueprint, with the variables that it is started with against ``World``."""

import json
from typing import NamedTuple

from tests.faults.state import (
    CONNECTION,
    CONNECTIONS,
    CONNECTOR,
    GROUP,
    JOBS,
    MANY,
    REPOSITORY,
    TRANSFORMATION,
    WORKSPACE,
)


class Start(NamedTuple):
    """One way to start a blueprint.

    ``lost``: the exit code if the answer to its write is lost; 0 if it finds by reading what the write did.
    ``running``: something is running before it starts. ``again``: a write that did not arrive is sent again, after a
    reading has shown that nothing was done, or is not needed any more. ``many``: a batch of three connectors or
    connections; faults strike only requests about the second one. ``listed``: an Airbyte batch whose server lists the
    jobs of all connections; faults strike only that list. The other batches have a server without that list.
    """

    name: str
    variables: dict[str, str]
    lost: int = 0
    api: str = ""
    running: bool = False
    many: bool = False
    again: bool = False
    listed: bool = False

    @property
    def waits(self) -> bool:
        return "FIVETRAN_WAIT" in self.variables or self.name in ("airbyte/execute_sync", "airbyte/check_sync_status")

    @property
    def one(self) -> str:
        """The id that the faults of a batch strike."""
        return (CONNECTIONS if self.api else MANY)[1]

    @property
    def next(self) -> str:
        """The id after it."""
        return (CONNECTIONS if self.api else MANY)[2]

    @property
    def about(self) -> tuple[str, ...]:
        """Parts of the requests that faults may strike. Empty: faults may strike every request."""
        if self.listed:
            return "/list_for_workspaces", "workspaceIds=", "POST /api/v1/connections/sync", "POST /api/public/v1/jobs"
        if not self.many:
            return ()
        old = JOBS.get(self.one, 0)
        return (self.one, *(f"{separator}{number}" for separator in "/#" for number in (old, old + 1) if old))

    @property
    def key(self) -> str:
        more = [self.api] if self.api else []
        more += ["the list of many"] if self.listed else ["many"] if self.many else []
        return f"{self.name} ({', '.join(more)})" if more else self.name


ONE = {"FIVETRAN_CONNECTOR_ID": CONNECTOR}
WAITS = {**ONE, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_WAIT_TIMEOUT": "120", "FIVETRAN_POLL_INTERVAL": "10"}
AIRBYTES = {"AIRBYTE_CONNECTION_ID": CONNECTION, "AIRBYTE_WAIT_TIMEOUT": "120", "AIRBYTE_POLL_INTERVAL": "10"}


def both(name: str, variables: dict[str, str], *, running: bool = False, again: bool = False) -> list[Start]:
    """Return the starts of an Airbyte blueprint with each of the two APIs."""
    return [Start(f"airbyte/{name}", variables, api=api, running=running, again=again) for api in ("own", "public")]


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
    Start("fivetran/update_schemas", {**ONE, "FIVETRAN_DISABLE": "sales.orders"}, again=True),
    *both("cancel_sync", AIRBYTES, running=True, again=True),
    *both("check_credentials", AIRBYTES),
    *both("check_freshness", {**AIRBYTES, "AIRBYTE_MAX_AGE": "1d"}),
    *both("check_sync_status", {**AIRBYTES, "AIRBYTE_JOB_ID": "1007", "AIRBYTE_WAIT": "TRUE"}, running=True),
    *both("execute_sync", AIRBYTES),
    *both("list_connections", {"AIRBYTE_WORKSPACE_ID": WORKSPACE}),
]
ONE_BY_ONE = {"FIVETRAN_CONNECTOR_ID": ",".join(MANY), "FIVETRAN_CONCURRENCY": "1"}
"""One call at a time. In parallel it would depend on chance which call uses a connection that is about to be closed."""
MANY_STARTS: dict[str, dict[str, str]] = {
    "fivetran/check_freshness": {},
    "fivetran/check_sync_status": {},
    "fivetran/execute_sync": {},
    "fivetran/update_connector": {"FIVETRAN_CONFIRM_COUNT": str(len(MANY))},
}
STARTS += [
    start._replace(variables={**start.variables, **ONE_BY_ONE, **MANY_STARTS[start.name]}, many=True)
    for start in STARTS
    if start.name in MANY_STARTS
]
MANY_CONNECTIONS = {"AIRBYTE_CONNECTION_ID": ",".join(CONNECTIONS), "AIRBYTE_CONCURRENCY": "1"}
STARTS += [
    start._replace(
        variables={name: value for name, value in start.variables.items() if name != "AIRBYTE_JOB_ID"}
        | MANY_CONNECTIONS,
        many=True,
        listed=listed,
    )
    for start in STARTS
    if start.name in ("airbyte/check_freshness", "airbyte/check_sync_status", "airbyte/execute_sync")
    for listed in (False, True)
]
NEEDS_A_DATE = {"fivetran/check_freshness": 223, "airbyte/check_freshness": 223}
"""Exit codes of blueprints that cannot compute an age without the server's date."""
