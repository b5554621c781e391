"""The control endpoints under /_emulator/, used by tests and demonstrations without credentials."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from emulator import scenario as read
from emulator.core import Core, Vendor
from emulator.options import MOST_CONNECTORS
from emulator.scenario import ScenarioError

control = Blueprint("control", __name__, url_prefix="/_emulator")
ENDPOINTS = {
    "GET /_emulator/": "this overview",
    "POST /_emulator/reset": 'the initial state; optional {"sync_seconds": number, "connectors": number}',
    "POST /_emulator/scenario": "merge a scenario",
    "GET /_emulator/requests": "the request log, oldest first",
    "DELETE /_emulator/requests": "clear the request log",
    "GET /_emulator/connectors/{id}": "the raw state of a connector",
    "PATCH /_emulator/connectors/{id}": "change any field of it",
    "POST /_emulator/clock": '{"advance": seconds} moves the time forward, {"still": true} stops it until the reset',
}
SIZES: dict[str, read.Check] = {"sync_seconds": read.seconds, "connectors": read.at_most(MOST_CONNECTORS)}


def core() -> Core:
    """Return the emulator that serves this request."""
    found: Core = current_app.extensions["emulator"]
    return found


def body() -> Any:
    """Return the request's JSON; an empty body means {}."""
    raw = request.get_data()
    if not raw:
        return {}
    try:
        return read.from_json(raw)
    except ValueError as error:
        raise ScenarioError(f"body: not JSON: {error}") from error


@control.errorhandler(ScenarioError)
def answer_scenario_error(error: ScenarioError) -> tuple[Response, int]:
    """Answer 400 with a message that names the invalid key."""
    return jsonify({"error": str(error)}), 400


@control.get("/")
def overview() -> Response:
    """List the endpoints, the time, and the routes that have answers left."""
    one = core()
    return jsonify(
        {
            "endpoints": ENDPOINTS,
            "vendors": [vendor.name for vendor in one.vendors],
            "now": one.clock.now(),
            "requests": one.log.total,
            "routes": one.routes.left(),
        }
    )


@control.post("/reset")
def reset() -> Response:
    """Restore the initial state. Sizes that are not given are taken from the command line."""
    options = core().options
    given = read.checked("reset", body(), SIZES)
    core().reset(given.get("connectors", options.connectors), given.get("sync_seconds", options.sync_seconds))
    return jsonify({"reset": True})


@control.post("/scenario")
def merge_scenario() -> Response:
    """Merge a scenario into the current state."""
    core().apply(body())
    return jsonify({"applied": True})


@control.get("/requests")
def list_requests() -> Response:
    """Return the request log."""
    return jsonify(list(core().log.entries))


@control.delete("/requests")
def clear_requests() -> Response:
    """Clear the request log."""
    core().log.clear()
    return jsonify({"cleared": True})


@control.get("/connectors/<connector_id>")
def show_connector(connector_id: str) -> Response | tuple[Response, int]:
    """Return the raw state of a connector of any vendor."""
    found = owner(connector_id)
    return unknown(connector_id) if found is None else jsonify(found.connector(connector_id))


@control.patch("/connectors/<connector_id>")
def change_connector(connector_id: str) -> Response | tuple[Response, int]:
    """Change fields of a connector, as a scenario does."""
    found = owner(connector_id)
    if found is None:
        return unknown(connector_id)
    core().apply({found.name: {"connectors": {connector_id: body()}}})
    return jsonify(found.connector(connector_id))


@control.post("/clock")
def move_clock() -> Response:
    """Move the clock forward."""
    given = read.checked("clock", body(), {"advance": read.seconds, "still": read.boolean})
    read.moment("clock: the time after it", core().clock.now() + given.get("advance", 0.0))
    core().clock.advance(given.get("advance", 0.0))
    if given.get("still"):
        core().clock.stand_still()
    return jsonify({"now": core().clock.now()})


def owner(connector_id: str) -> Vendor | None:
    """Return the vendor that has the connector, None if there is none."""
    return next((one for one in core().vendors if one.connector(connector_id) is not None), None)


def unknown(connector_id: str) -> tuple[Response, int]:
    """Answer 404 for a connector that no vendor has."""
    return jsonify({"error": f"no vendor has a connector {connector_id!r}"}), 404
