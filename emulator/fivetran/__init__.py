"""Fivetran's REST API, version 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from emulator.clock import Clock
from emulator.fivetran import (  # the endpoints register themselves
    connections,
    creation,
    insight,
    metadata,
    schemas,
    setup,
    transformations,
    triggers,
    updates,
)
from emulator.fivetran.api import api, refuse
from emulator.fivetran.world import World, raw_state
from emulator.options import Options

ENDPOINTS = (connections, creation, insight, metadata, schemas, setup, transformations, triggers, updates)


class Fivetran:
    """The vendor as the core sees it."""

    name = "fivetran"
    prefixes: tuple[str, ...] = ("/v1/",)
    blueprint = api
    hidden_fields: frozenset[str] = frozenset()

    def __init__(self, options: Options, clock: Clock) -> None:
        self._options, self._clock = options, clock
        self.reset(options.connectors, options.sync_seconds)

    def reset(self, connectors: int, sync_seconds: float) -> None:
        """A fresh account."""
        self.world = World(self._options, self._clock, connectors, sync_seconds)

    def read(self, where: str, section: Any) -> Callable[[], None]:
        """Check a scenario's section; what is returned applies it."""
        return self.world.read(where, section)

    def connector(self, connector_id: str) -> dict[str, Any] | None:
        """The raw state of a connection."""
        found = self.world.look(connector_id)
        return None if found is None else raw_state(found, self.world.at())

    def exports(self, url: str) -> dict[str, str]:
        """What a client needs to find this account. Credentials that were given are not shown."""
        shown = {"FIVETRAN_API_URL": f"{url}/v1"}
        if self._options.key is None:
            shown |= {"FIVETRAN_API_KEY": "emulator-key", "FIVETRAN_API_SECRET": "emulator-secret"}
        return {**shown, "FIVETRAN_CONNECTOR_ID": next(iter(self.world.connectors))}

    def date(self) -> float | None:
        """The `Date` header's clock, which may differ from the one of the stamps."""
        switches = self.world.switches
        return self._clock.now() + switches.date_skew if switches.date_header else None

    def refuse(self, error: HTTPException) -> Response:
        """The form of what no endpoint answered."""
        return refuse(error)
