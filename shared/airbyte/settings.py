"""The variables of Airbyte blueprints, and the rule that selects server and API."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import BOOLEAN, SECRET, TEXT, URL, Kind, in_address, is_host
from shared.settings.run_settings import RunSettings
from shared.settings.server import plain_http, planted

CLOUD_URL = "https://api.airbyte.com/v1"
LOCAL_HOST = "http://localhost"

TOKEN, CLIENT, BASIC, NONE = "a static token", "client credentials", "Basic authentication", "no credentials"

_HOST = re.compile(r"(?:(https?)://)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])/?", re.ASCII)


_UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


def _uuid(text: str) -> str:
    if re.fullmatch(_UUID, text, re.ASCII):
        return text.lower()
    if len(several := re.findall(_UUID, text, re.ASCII)) > 1 and not text.startswith("http"):
        raise ValueError(f"takes one id, and these are {len(several)}")
    if text.startswith(("http://", "https://")):
        raise ValueError("is the address of a page that does not have this id in it; copy the id itself")
    raise ValueError("is not a UUID; copy it from the address of its page, as in 749c19dc-4f97-4f30-bb0f-126e53506960")


def _host(text: str) -> str:
    if "@" in text:
        raise ValueError("contains a user name or password; give credentials by their own variables")
    match = _HOST.fullmatch(text)
    if match and is_host(match[2]):
        return f"{match[1] or 'http'}://{match[2]}"
    rest = text.partition("://")[2] or text
    if re.fullmatch(r"[^:/]+:\d+/?", rest):
        raise ValueError("has a port; give that by AIRBYTE_SERVER_PORT and only the host here")
    raise ValueError("is no host name; use one like localhost or https://airbyte.example.com, without port and path")


def _port(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or not 1 <= int(text) <= 65535:
        raise ValueError("is no port; use 1 to 65535")
    return int(text)


def _version(text: str) -> str:
    if not re.fullmatch(r"v[0-9]+[a-z0-9]*", text, re.ASCII):
        raise ValueError("is no API version; use one like v1")
    return text


def _job_id(text: str) -> int:
    text = text.removeprefix("#")
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) or int(text) < 1:
        raise ValueError("is no job id; a job id is a whole number, as in 42")
    return int(text)


UUID = Kind("UUID", _uuid, within=in_address(rf"/connections/({_UUID})"))
"""The id of a connection."""
WORKSPACE = Kind("UUID", _uuid, within=in_address(rf"/workspaces/({_UUID})"))
JOB_ID = Kind("number", _job_id, within=in_address(r"[?&]jobId=(\d{1,18})"))


class Server(NamedTuple):
    """The server. ``variable`` is the setting to change if ``url`` is wrong; ``credentials`` is their kind."""

    url: str
    public: bool
    variable: str
    credentials: str

    def __str__(self) -> str:
        cloud = " (Airbyte Cloud)" if self.url == CLOUD_URL else ""
        return f"{'public' if self.public else 'Configuration'} API at {self.url}{cloud}, with {self.credentials}"


class AirbyteAccount(Settings):
    """Credentials, at most one kind."""

    rank = 0
    api_token = Variable(
        "AIRBYTE_API_TOKEN", SECRET, "access token; it expires within minutes, so not for long waits", None
    )
    client_id = Variable("AIRBYTE_CLIENT_ID", SECRET, "client id of an application (User settings, Applications)", None)
    client_secret = Variable("AIRBYTE_CLIENT_SECRET", SECRET, "client secret of that application", None)
    username = Variable("AIRBYTE_USERNAME", TEXT, "user name if the server asks for Basic authentication", None)
    password = Variable("AIRBYTE_PASSWORD", SECRET, "password of that user", None)

    @property
    def credentials(self) -> str:
        """The kind of credentials that is given."""
        if self.api_token:
            return TOKEN
        if self.client_id or self.client_secret:
            return CLIENT
        return BASIC if self.username or self.password else NONE

    def credential_variables(self) -> list[str]:
        """Return the names of the given variables."""
        owned = (self.api_token, self.client_id, self.client_secret, self.username, self.password)
        names = ("API_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")
        return [f"AIRBYTE_{name}" for name, value in zip(names, owned, strict=True) if value]

    def secrets(self) -> list[str]:
        pair = [f"{self.username}:{self.password}"] if self.username and self.password else []
        return [*super().secrets(), *pair]

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        pairs = (("AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET"), ("AIRBYTE_USERNAME", "AIRBYTE_PASSWORD"))
        found = self.credential_variables()
        if self.api_token and not self.api_token.isascii():
            yield Problem("AIRBYTE_API_TOKEN", "has characters that no token has; copy it again")
        for pair in pairs:
            given = [name for name in pair if name in found]
            if len(given) == 1:
                missing = pair[given[0] == pair[0]]
                yield Problem(missing, f"is required with {given[0]}; the two belong together")
        kinds = {"AIRBYTE_API_TOKEN": TOKEN, "AIRBYTE_CLIENT": CLIENT, "AIRBYTE_USERNAME": BASIC, "AIRBYTE_PASS": BASIC}
        several = {kind for name in found for start, kind in kinds.items() if name.startswith(start)}
        if len(several) > 1:
            yield Problem(
                found[0], f"and {', '.join(found[1:])} are several kinds of credentials at once; keep one kind"
            )


class AirbyteSettings(AirbyteAccount, RunSettings):
    """The variables of every Airbyte blueprint."""

    rank = 2
    api_url: Variable[str | None] = Variable(
        "AIRBYTE_API_URL",
        URL,
        "base URL of the public API: http://HOST:8000/api/public/v1 on a server of your own; not given: the "
        "Configuration API of AIRBYTE_SERVER_HOST, else Airbyte Cloud if a token or client credentials are given",
        None,
    )
    server_host: Variable[str | None] = Variable(
        "AIRBYTE_SERVER_HOST",
        Kind("host", _host),
        "host of a server of your own, whose Configuration API is used; https:// before it for TLS; localhost if "
        "neither this nor a URL, a token or client credentials are given",
        None,
    )
    server_port = Variable("AIRBYTE_SERVER_PORT", Kind("port", _port), "the port that this server listens on", 8000)
    api_version = Variable("AIRBYTE_API_VERSION", Kind("version", _version), "version of the Configuration API", "v1")
    allow_http = Variable(
        "AIRBYTE_ALLOW_HTTP", BOOLEAN, "TRUE allows credentials over plain http to another host", False
    )

    @property
    def server(self) -> Server:
        """The server: with a URL the public API there; with a host the Configuration API there; with only a token or
        client credentials Airbyte Cloud; with nothing the Configuration API on localhost."""
        kind = self.credentials
        if self.api_url:
            return Server(self.api_url, True, "AIRBYTE_API_URL", kind)
        if not self.server_host and kind in (TOKEN, CLIENT):
            return Server(CLOUD_URL, True, "AIRBYTE_API_URL", kind)
        url = f"{self.server_host or LOCAL_HOST}:{self.server_port}/api/{self.api_version}"
        return Server(url, False, "AIRBYTE_SERVER_HOST", kind)

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.api_url and urlsplit(self.api_url).path in ("/api/v1", "/api"):
            text = "is the Configuration API's; the public API is under /api/public/v1, or give AIRBYTE_SERVER_HOST"
            yield Problem("AIRBYTE_API_URL", text)
        server = self.server
        if server.credentials == NONE:
            return
        yield from plain_http(server.variable, server.url, bool(self.allow_http), "AIRBYTE_ALLOW_HTTP")
        names = ("API_URL", "SERVER_HOST", "SERVER_PORT", "API_VERSION", "ALLOW_HTTP")
        yield from planted(self.given, [f"AIRBYTE_{name}" for name in names], self.credential_variables())
