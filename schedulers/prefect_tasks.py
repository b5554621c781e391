"""FivetranSyncTask and AirbyteConnectionTask for Prefect 3, with the arguments and return values that Prefect's had.

    from prefect_tasks import AirbyteConnectionTask, FivetranSyncTask

    sync = FivetranSyncTask(connector_id="speak_inexpensive", retries=3, retry_delay_seconds=60)

    @flow
    def load() -> None:
        secret = Secret.load("fivetran-api-secret").get()
        print(sync(api_key="...", api_secret=secret)["succeeded_at"])

Needs slipway-blueprints where the flow runs. Each call starts a sync and waits until it has ended. ``**kwargs`` are
those of Prefect 3's Task: name, retries, timeout_seconds and so on. A retry joins the sync that it started, and a
failure that would happen again is not retried. Everything else is set by the environment, such as
FIVETRAN_WAIT_TIMEOUT, or the credentials of an Airbyte server that needs some. SLIPWAY_DATA is the folder for files, by
default the flow's working directory.
"""

import os
from typing import Any

from prefect import Task, get_run_logger
from prefect.runtime import task_run

import slipway


class FivetranSyncTask(Task):
    """Start a sync of a Fivetran connector and wait for it. ``connector_id`` is the default of the calls."""

    def __init__(self, connector_id: str | None = None, **kwargs: Any) -> None:
        self.connector_id = connector_id
        super().__init__(self.run, **{"name": "FivetranSyncTask", "retry_condition_fn": may_help, **kwargs})

    def run(
        self, api_key: str, api_secret: str, connector_id: str | None = None, poll_status_every_n_seconds: int = 15
    ) -> dict[str, Any]:
        """Return ``connector_id`` and ``succeeded_at``. Raises slipway.TryAgain or slipway.Failed."""
        result = blueprint(
            "fivetran/execute_sync",
            FIVETRAN_API_KEY=api_key,
            FIVETRAN_API_SECRET=api_secret,
            FIVETRAN_API_KEY_FILE=None,  # the credentials come from the arguments
            FIVETRAN_API_SECRET_FILE=None,
            FIVETRAN_CONNECTOR_ID=connector_id or self.connector_id,
            FIVETRAN_POLL_INTERVAL=poll_status_every_n_seconds,
            FIVETRAN_WAIT=True,
        )
        return {name: result[name] for name in ("connector_id", "succeeded_at")}


class AirbyteConnectionTask(Task):
    """Start a sync of an Airbyte connection and wait for it. The arguments are the defaults of the calls."""

    def __init__(
        self,
        airbyte_server_host: str = "localhost",
        airbyte_server_port: int = 8000,
        airbyte_api_version: str = "v1",
        connection_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.airbyte_server_host = airbyte_server_host
        self.airbyte_server_port = airbyte_server_port
        self.airbyte_api_version = airbyte_api_version
        self.connection_id = connection_id
        super().__init__(self.run, **{"name": "AirbyteConnectionTask", "retry_condition_fn": may_help, **kwargs})

    def run(
        self,
        airbyte_server_host: str | None = None,
        airbyte_server_port: int | None = None,
        airbyte_api_version: str | None = None,
        connection_id: str | None = None,
        poll_interval_s: int = 15,
    ) -> dict[str, Any]:
        """Return ``connection_id`` and ``succeeded_at``. Raises slipway.TryAgain or slipway.Failed."""
        result = blueprint(
            "airbyte/execute_sync",
            AIRBYTE_API_URL=None,  # the server comes from the arguments
            AIRBYTE_SERVER_HOST=airbyte_server_host or self.airbyte_server_host,
            AIRBYTE_SERVER_PORT=airbyte_server_port or self.airbyte_server_port,
            AIRBYTE_API_VERSION=airbyte_api_version or self.airbyte_api_version,
            AIRBYTE_CONNECTION_ID=connection_id or self.connection_id,
            AIRBYTE_POLL_INTERVAL=poll_interval_s,
            AIRBYTE_WAIT=True,
        )
        return {name: result[name] for name in ("connection_id", "succeeded_at")}


def blueprint(name: str, **variables: Any) -> dict[str, Any]:
    """Run a blueprint and return its result. Its stderr goes to the task run's log."""
    log = get_run_logger().info if task_run.id else None  # run() may be called without Prefect's engine
    variables["SLIPWAY_RUN_ID"] = task_run.id  # the same at each try
    return slipway.run(name, check=True, cwd=os.environ.get("SLIPWAY_DATA"), log=log, **variables).fields


async def may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Return whether to try again: False if the same step would fail again. Any other error is retried."""
    return not isinstance(await state.aresult(raise_on_failure=False), slipway.Failed)
