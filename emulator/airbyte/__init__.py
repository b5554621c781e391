"""Airbyte: the Configuration API and the public API of one server.

Documented at https://reference.airbyte.com/ and https://docs.airbyte.com/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from emulator.airbyte import configuration_jobs, public_actors  # noqa: F401  # their endpoints register themselves
from emulator.airbyte.api import CLOUD, CONFIGURATION, PUBLIC, api
from emulator.airbyte.authentication import refuse
from emulator.airbyte.configuration_api import configuration
from emulator.airbyte.public_api import public
from emulator.airbyte.sample_connections import ANALYTICS, SHOP
from emulator.airbyte.server_state import ServerState
from emulator.clock import Clock
from emulator.options import Options

ONLY_AIRBYTES = ("applications", "health", "jobs", "sources", "streams", "tags", "workspaces")  # paths below /v1
api.register_blueprint(configuration)
for number, prefix in enumerate(PUBLIC):
    api.register_blueprint(public, url_prefix=prefix, name=f"public_{number}")


class Airbyte:
    """Airbyte's state and endpoints. See `emulator.core.Vendor`."""

    name = "airbyte"
    prefixes: tuple[str, ...] = tuple(f"{prefix}/" for prefix in (CONFIGURATION, *PUBLIC))
    blueprint = api
    hidden_fields: frozenset[str] = frozenset({"client_id", "client_secret", "password", "access_token"})

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options, self._clock = options, clock
        self.reset(options.connectors, options.sync_seconds)

    def reset(self, connectors: int, sync_seconds: float) -> None:
        """Restore the sample server."""
        self.state = ServerState(self._options, self._clock, connectors, sync_seconds)

    def read(self, where: str, section: Any) -> Callable[[], None]:
        """Check a scenario's section and return a function that applies it."""
        return self.state.read(where, section)

    def connector(self, connector_id: str) -> dict[str, Any] | None:
        """Return the raw state of a connection."""
        return self.state.raw_state(connector_id)

    def exports(self, url: str) -> dict[str, str]:
        """Return the client's variables. Credentials given on the command line are not shown."""
        shown = {"AIRBYTE_API_URL": f"{url}{PUBLIC[0]}"}
        if self._options.key is None:
            shown |= {"AIRBYTE_CLIENT_ID": "emulator-client", "AIRBYTE_CLIENT_SECRET": "emulator-secret"}
        return {**shown, "AIRBYTE_CONNECTION_ID": SHOP, "AIRBYTE_WORKSPACE_ID": ANALYTICS}

    def alias(self, path: str, authorization: str) -> str | None:
        """Return Airbyte Cloud's path for a request under /v1 that has a bearer token or a path that only Airbyte has.

        Some clients of Airbyte Cloud cannot be configured with a path other than /v1.
        """
        if not path.startswith("/v1/") or not self.state.switches.cloud_under_v1:
            return None
        is_ours = authorization.startswith("Bearer ") or path.split("/")[2] in ONLY_AIRBYTES
        return CLOUD + path.removeprefix("/v1") if is_ours else None

    def date(self) -> float | None:
        """Return the time of the `Date` header."""
        switches = self.state.switches
        return self._clock.now() + switches.date_skew if switches.date_header else None

    def refuse(self, error: HTTPException) -> Response:
        """Return Airbyte's error answer for a request that no endpoint answered."""
        return refuse(error)
