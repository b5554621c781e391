"""The parts that the vendors share: clock, lock, request log and scripted answers. They depend on no vendor."""

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
from emulator.routes import MOST_ROUTES, Routes, read_routes


class Vendor(Protocol):
    """A vendor's state and endpoints. The caller holds the core's lock during every call."""

    name: str  # its key in scenarios
    prefixes: tuple[str, ...]  # of the vendor's paths, for example "/v1/"
    blueprint: Blueprint
    hidden_fields: frozenset[str]  # credentials in request bodies, which the request log masks

    def reset(self, connectors: int, sync_seconds: float) -> None:
        """Restore the initial state."""

    def read(self, where: str, section: Any) -> Callable[[], None]:
        """Check the vendor's section of a scenario and return a function that applies it, or raise ScenarioError."""

    def connector(self, connector_id: str) -> dict[str, Any] | None:
        """Return the raw state of a connector, None if this vendor does not have it."""

    def exports(self, url: str) -> dict[str, str]:
        """Return environment variables that point a client at `url` (without a trailing slash)."""

    def alias(self, path: str, authorization: str) -> str | None:
        """Return the vendor's own path if a request to another vendor's path is meant for this vendor, else None."""

    def date(self) -> float | None:
        """Return seconds since the epoch for the `Date` header, None to leave it out."""

    def refuse(self, error: HTTPException) -> Response:
        """Return the vendor's error answer if no endpoint answered: no route, wrong method, a bug (500)."""


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
        self.resets = 0
        self.log = RequestLog(options.log)
        self.routes = Routes()
        self.vendors = vendors(options, clock)
        self.apply(options.scenario)

    def reset(self, connectors: int, sync_seconds: float) -> None:
        """Restore the initial state: sample data, the command line's scenario, an empty request log.

        Requests that are still delayed by a scripted answer never take effect.
        """
        self.resets += 1
        self.clock.reset()
        self.log.clear()
        self.routes.all.clear()
        for vendor in self.vendors:
            vendor.reset(connectors, sync_seconds)
        self.apply(self.options.scenario)

    def apply(self, scenario: Any) -> None:
        """Merge a scenario. If any part of it is invalid, nothing changes."""
        names = {vendor.name: vendor for vendor in self.vendors}
        found = read.an_object("scenario", scenario, (*names, "routes"))
        routes = read_routes("routes", found.get("routes", []))
        if len(routes) + len(self.routes.left()) > MOST_ROUTES:
            raise read.ScenarioError(f"routes: more than {MOST_ROUTES} would have answers left")
        changes = [names[key].read(key, one) for key, one in found.items() if key != "routes"]
        for change in changes:
            change()
        self.routes.add(routes)

    def alias(self, path: str, authorization: str) -> str:
        """Return the path under which a request is served: its own, or that of the vendor that it is meant for."""
        found = (one.alias(path, authorization) for one in self.vendors)
        return next((one for one in found if one is not None), path)

    def owner(self, path: str) -> Vendor | None:
        """Return the vendor that serves a path, None if there is none."""
        return next((one for one in self.vendors if path.startswith(one.prefixes)), None)
