"""What the vendors share: time, lock, request log, next answers. It knows no vendor's nouns."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from flask import Blueprint
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from emulator import scenario as read
from emulator.clock import Clock
from emulator.options import Options
from emulator.request_log import RequestLog
from emulator.routes import Routes, read_routes


class Vendor(Protocol):
    """A vendor's world and its endpoints. All calls come with the core's lock held."""

    name: str  # its key in scenarios
    prefixes: tuple[str, ...]  # of the paths that are its own: "/v1/"
    blueprint: Blueprint
    hidden_fields: frozenset[str]  # of request bodies: credentials that the request log must not show

    def reset(self, connectors: int, sync_seconds: float) -> None:
        """A fresh world."""

    def read(self, where: str, section: Any) -> Callable[[], None]:
        """Check its section of a scenario, raising ScenarioError; what is returned applies it."""

    def connector(self, connector_id: str) -> dict[str, Any] | None:
        """The raw state of one connector, None if it is not the vendor's."""

    def exports(self, url: str) -> dict[str, str]:
        """Environment variables that point a client at `url` (without a trailing slash)."""

    def date(self) -> float | None:
        """Seconds since the epoch for the `Date` header, None to leave it out."""

    def refuse(self, error: HTTPException) -> Response:
        """The vendor's form of an error that no endpoint answered: no route, wrong method, a bug (500)."""


class Core:
    """One emulator."""

    def __init__(
        self,
        options: Options,
        vendors: Callable[[Options, Clock], list[Vendor]],
        clock: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self.options = options
        self.clock = clock
        self.sleep = sleep
        self.lock = threading.RLock()
        self.log = RequestLog(options.log)
        self.routes = Routes()
        self.vendors = vendors(options, clock)
        self.apply(options.scenario)

    def reset(self, connectors: int, sync_seconds: float) -> None:
        """The state of the start: the account, the scenario of the command line, an empty request log."""
        self.clock.reset()
        self.log.clear()
        self.routes.all.clear()
        for vendor in self.vendors:
            vendor.reset(connectors, sync_seconds)
        self.apply(self.options.scenario)

    def apply(self, scenario: Any) -> None:
        """Merge a scenario; with an error in it nothing changes."""
        names = {vendor.name: vendor for vendor in self.vendors}
        found = read.an_object("scenario", scenario, (*names, "routes"))
        routes = read_routes("routes", found.get("routes", []))
        changes = [names[key].read(key, one) for key, one in found.items() if key != "routes"]
        for change in changes:
            change()
        self.routes.all.extend(routes)

    def owner(self, path: str) -> Vendor | None:
        """The vendor whose path it is."""
        return next((one for one in self.vendors if path.startswith(one.prefixes)), None)
