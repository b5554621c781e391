"""Connect to the server of the settings: one of Airbyte's two APIs, with one kind of credentials."""

from typing import TYPE_CHECKING, TypeAlias, Union
from urllib.parse import urlsplit

from shared.airbyte.job import Connection
from shared.airbyte.settings import BASIC, CLIENT, CLOUD_URL, TOKEN, AirbyteSettings, Server
from shared.artifacts.known_authority import KnownAuthority
from shared.http.auth import Auth, BasicAuth
from shared.http.client import Client
from shared.program.run import Run

if TYPE_CHECKING:
    from shared.airbyte.configuration_api import ConfigurationApi
    from shared.airbyte.public_api import PublicApi

Api: TypeAlias = Union["ConfigurationApi", "PublicApi"]  # a run imports only the one that it uses


def connect(run: Run, settings: AirbyteSettings) -> Api:
    """Return the API. Its client is registered with the run, which reports the number of calls."""
    server = settings.server
    run.say(f"Airbyte: {server}")
    run.note(server=server.url, api="public" if server.public else "configuration")
    client = Client(
        vendor="Airbyte",
        base_url=server.url,
        accept="application/json" if not server.public else "application/json, text/plain;q=0.9",
        auth=_auth(run, settings),
        read_timeout=settings.read_timeout,
        retry_timeout=settings.retry_timeout,
        dry_run=settings.dry_run,
        url_variable=server.variable if server.public else f"{server.variable} and AIRBYTE_SERVER_PORT",
        remembered=KnownAuthority(run.artifacts, server.url),
    )
    run.client = client
    if server.public:
        from shared.airbyte.public_api import PublicApi

        return PublicApi(client, server)
    from shared.airbyte.configuration_api import ConfigurationApi

    return ConfigurationApi(client, server)


def _auth(run: Run, settings: AirbyteSettings) -> Auth | None:
    kind = settings.credentials
    if kind in (TOKEN, CLIENT):
        from shared.airbyte.bearer import ClientCredentials, StaticToken
    if kind == TOKEN:
        return StaticToken(str(settings.api_token))
    if kind == CLIENT:
        return ClientCredentials(
            settings.server, str(settings.client_id), str(settings.client_secret), run.redactor.add
        )
    return BasicAuth(str(settings.username), str(settings.password)) if kind == BASIC else None


def page_of(server: Server, connection: Connection) -> str | None:
    """Return the URL of the connection's page in Airbyte's user interface, None if its workspace is not known.

    The API does not return it. This is the form that the user interface uses today.
    """
    if not connection.workspace_id:
        return None
    parts = urlsplit(server.url)
    root = "https://cloud.airbyte.com" if server.url == CLOUD_URL else f"{parts.scheme}://{parts.netloc}"
    return f"{root}/workspaces/{connection.workspace_id}/connections/{connection.id}"
