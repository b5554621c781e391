"""The control endpoints under /_emulator/: for tests and demonstrations, without credentials."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from emulator import scenario as read
from emulator.core import Core, Vendor
from emulator.options import MOST_CONNECTORS
from emulator.scenario import ScenarioError

control = Blueprint("control", __name__, url_prefix="/_emulator")
ENDPOINTS = {
    "GET /_emulator/": "this",
    "POST /_emulator/reset": 'a fresh world; optional {"sync_seconds": number, "connectors": number}',
    "POST /_emulator/scenario": "merge a scenario",
    "GET /_emulator/requests": "what was asked, oldest first",
    "DELETE /_emulator/requests": "forget what was asked",
    "GET /_emulator/connectors/{id}": "the raw state of a connector",
    "PATCH /_emulator/connectors/{id}": "change any field of it",
    "POST /_emulator/clock": '{"advance": seconds} moves the time forward',
}
SIZES: dict[str, read.Check] = {"sync_seconds": read.seconds, "connectors": read.at_most(MOST_CONNECTORS)}


def core() -> Core:
    """The emulator that serves this request."""
    found: Core = current_app.extensions["emulator"]
    return found


def body() -> Any:
    """The request's JSON; an empty body stands for {}."""
    raw = request.get_data()
    if not raw:
        return {}
    try:
        return read.from_json(raw)
    except ValueError as error:
        raise ScenarioError(f"body: no JSON: {error}") from error


@control.errorhandler(ScenarioError)
def say_what_is_wrong(error: ScenarioError) -> tuple[Response, int]:
    """400 with the key that is wrong."""
    return jsonify({"error": str(error)}), 400


@control.get("/")
def overview() -> Response:
    """What there is, and how it stands."""
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
    """A fresh world and an empty request log; sizes that are not given are the command line's."""
    options = core().options
    given = read.checked("reset", body(), SIZES)
    core().reset(given.get("connectors", options.connectors), given.get("sync_seconds", options.sync_seconds))
    return jsonify({"reset": True})


@control.post("/scenario")
def merge_scenario() -> Response:
    """Merge a scenario into what there is."""
    core().apply(body())
    return jsonify({"applied": True})


@control.get("/requests")
def list_requests() -> Response:
    """The request log."""
    return jsonify(list(core().log.entries))


@control.delete("/requests")
def clear_requests() -> Response:
    """Empty the request log."""
    core().log.clear()
    return jsonify({"cleared": True})


@control.get("/connectors/<connector_id>")
def show_connector(connector_id: str) -> Response | tuple[Response, int]:
    """The raw state of a connector of any vendor."""
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
    """Let time pass."""
    given = read.checked("clock", body(), {"advance": read.seconds})
    read.moment("clock: the time after it", core().clock.now() + given.get("advance", 0.0))
    core().clock.advance(given.get("advance", 0.0))
    return jsonify({"now": core().clock.now()})


def owner(connector_id: str) -> Vendor | None:
    """The vendor that has the connector."""
    return next((one for one in core().vendors if one.connector(connector_id) is not None), None)


def unknown(connector_id: str) -> tuple[Response, int]:
    """404 in words."""
    return jsonify({"error": f"no vendor has a connector {connector_id!r}"}), 404
