"""Fivetran's REST API, version 1: https://fivetran.com/docs/rest-api/getting-started."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from emulator.clock import Clock
from emulator.fivetran import (  # noqa: F401  # the endpoints register themselves
    connection_state,
    connections,
    connector_types,
    creation,
    destinations,
    groups,
    projects,
    schemas,
    setup_tests,
    sync_history,
    syncs,
    transformation_changes,
    transformations,
    updates,
    users,
)
from emulator.fivetran.account import Account, raw_state
from emulator.fivetran.api import api, refuse
from emulator.options import Options


class Fivetran:
    """Fivetran's state and endpoints. See `emulator.core.Vendor`."""

    name = "fivetran"
    prefixes: tuple[str, ...] = ("/v1/",)
    blueprint = api
    hidden_fields: frozenset[str] = frozenset()

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options, self._clock = options, clock
        self.reset(options.connectors, options.sync_seconds)

    def reset(self, connectors: int, sync_seconds: float) -> None:
        """Restore the sample account."""
        self.account = Account(self._options, self._clock, connectors, sync_seconds)

    def read(self, where: str, section: Any) -> Callable[[], None]:
        """Check a scenario's section and return a function that applies it."""
        return self.account.read(where, section)

    def connector(self, connector_id: str) -> dict[str, Any] | None:
        """Return the raw state of a connection."""
        found = self.account.find_connector(connector_id)
        return None if found is None else raw_state(found, self.account.at())

    def exports(self, url: str) -> dict[str, str]:
        """Return the client's variables. Credentials given on the command line are not shown."""
        shown = {"FIVETRAN_API_URL": f"{url}/v1"}
        if self._options.key is None:
            shown |= {"FIVETRAN_API_KEY": "emulator-key", "FIVETRAN_API_SECRET": "emulator-secret"}
        return {**shown, "FIVETRAN_CONNECTOR_ID": next(iter(self.account.connectors))}

    def alias(self, path: str, authorization: str) -> str | None:
        """Return None: no request to another vendor's path is meant for Fivetran."""
        return None

    def date(self) -> float | None:
        """Return the time of the `Date` header, which may differ from that of the timestamps."""
        switches = self.account.switches
        return self._clock.now() + switches.date_skew if switches.date_header else None

    def refuse(self, error: HTTPException) -> Response:
        """Return Fivetran's error answer for a request that no endpoint answered."""
        return refuse(error)
