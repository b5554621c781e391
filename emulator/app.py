"""The Flask application: both vendors' endpoints and the control endpoints behind the middleware."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from emulator.airbyte import Airbyte
from emulator.clock import Clock
from emulator.control import control
from emulator.core import Core, Vendor
from emulator.fivetran import Fivetran
from emulator.middleware import Middleware
from emulator.options import Options


def all_vendors(options: Options, clock: Clock) -> list[Vendor]:
    """Return the emulated vendors."""
    return [Fivetran(options, clock), Airbyte(options, clock)]


def create_app(
    options: Options | None = None, clock: Clock | None = None, sleep: Callable[[float], None] = time.sleep
) -> Flask:
    """Create an emulator as a Flask application. Broken connections (`Delivery`) need `emulator.server`."""
    core = Core(options or Options(), all_vendors, clock or Clock(), sleep)
    app = Flask("emulator", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the provider class that Flask uses has it
    app.extensions["emulator"] = core
    app.register_blueprint(control)
    for vendor in core.vendors:
        app.extensions[vendor.name] = vendor
        app.register_blueprint(vendor.blueprint)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        owner = core.owner(request.path)
        if owner is None:
            answer = jsonify({"error": f"{error.code} {error.name}"})
            answer.status_code = error.code or 500
            return answer
        return owner.refuse(error)

    @app.errorhandler(Exception)
    def report(error: Exception) -> Response:
        app.logger.exception("A bug in the emulator")
        return refuse(InternalServerError(original_exception=error))

    app.wsgi_app = Middleware(core, app.wsgi_app)  # type: ignore[method-assign]  # the documented way to wrap it
    return app
