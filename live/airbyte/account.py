"""The Airbyte server to check, and the answers that several checks use.

It is the server that the blueprints would use. On the Configuration API ``AIRBYTE_CONNECTION_ID`` or
``AIRBYTE_WORKSPACE_ID`` selects the connections to check.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from live.report import Checks, NothingThere
from live.shapes import Shapes
from shared.airbyte.api import connect
from shared.airbyte.bearer import PATH
from shared.airbyte.configuration_api import ConfigurationApi
from shared.airbyte.job import Connection, Job
from shared.airbyte.settings import CLIENT, UUID, AirbyteSettings
from shared.http.auth import Auth
from shared.http.response import Answer
from shared.program.run import Run
from shared.settings.declaration import Variable

check = Checks()


class Settings(AirbyteSettings):
    """The variables of every Airbyte blueprint, and the connection or workspace to check."""

    connection_id = Variable("AIRBYTE_CONNECTION_ID", UUID, "a connection to look at", None)
    workspace_id = Variable("AIRBYTE_WORKSPACE_ID", UUID, "a workspace to look at", None)


class Account:
    """Answers that are read once and used by several checks. It is a dry run: a write would not be sent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.settings = Settings({**environ, "SLIPWAY_DRY_RUN": "TRUE"})
        self.run: Run = Run("airbyte/check_live", self.settings, environ)
        self.api = connect(self.run, self.settings)
        self.client = self.api.client
        self.shapes = Shapes()
        self.client.on_answer = self.shapes.add
        self.own = isinstance(self.api, ConfigurationApi)

    @cached_property
    def health(self) -> Answer:
        return self.api.check_health()

    @cached_property
    def connections(self) -> list[Connection]:
        """All connections that can be listed, else the given one. Raise NothingThere if there is none."""
        listed = not self.own or self.settings.workspace_id
        found = list(self.api.list_connections(self.settings.workspace_id).found.values()) if listed else []
        if self.settings.connection_id and not found:
            found = [self.api.get_connection(self.settings.connection_id)]
        if not found:
            raise NothingThere("no connection to look at; set AIRBYTE_CONNECTION_ID or AIRBYTE_WORKSPACE_ID")
        return found

    @cached_property
    def jobs(self) -> tuple[list[Job], Answer]:
        """The newest jobs of one connection. Raise NothingThere if it has none."""
        wanted = self.settings.connection_id or self.connections[0].id
        jobs, answer = self.api.list_jobs(wanted)
        if not jobs:
            raise NothingThere("the connection has no job; AIRBYTE_CONNECTION_ID names another one")
        return jobs, answer

    @cached_property
    def token(self) -> Answer | None:
        """The token endpoint's answer, None without client credentials."""
        if self.settings.credentials != CLIENT:
            return None
        body = {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}
        return self.client.ask(PATH, body, auth=Auth())

    def fetched(self) -> tuple[Answer, Mapping[str, Any], str] | None:
        """Return the token endpoint's answer, its fields and the token; None if there is no token."""
        if self.token is None or not isinstance(self.token.json, Mapping):
            return None
        token = str(self.token.json.get("access_token") or "")
        self.run.redactor.add(token)
        return (self.token, self.token.json, token) if token else None


def reachable(account: Account) -> None:
    """Raise an error if nothing can be checked: credentials refused, unreachable, rate limited."""
    account.api.check_health()
    account.api.check_access()
