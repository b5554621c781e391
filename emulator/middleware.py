"""WSGI middleware around the endpoints: checks the host, logs the request, applies scripted answers."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from emulator.clock import http_date
from emulator.core import Core
from emulator.scripted_answer import Delivery, ScriptedAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DELIVERY = "emulator.delivery"
MISDIRECTED = "This emulator answers only under the host names that it serves.\n"
FOREIGN_PAGE = "This emulator answers no requests of web pages.\n"


class Middleware:
    """A WSGI application around the endpoints. They run under the core's lock; waiting happens outside it."""

    def __init__(self, core: Core, app: WSGIApplication) -> None:
        self.core = core
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        delivery = environ[DELIVERY] = Delivery(date=http_date(self.core.clock.now()))
        request = Request(environ)
        if not self.is_served(request.headers.get("Host", ""), environ["SERVER_PORT"]):
            return Response(MISDIRECTED, status=421)(environ, start_response)
        if is_foreign_page(request):
            return Response(FOREIGN_PAGE, status=403)(environ, start_response)
        body = request.get_data()  # outside the lock, so that a slow client delays nobody else
        environ["wsgi.input"] = BytesIO(body)
        with self.core.lock:
            path = self.core.alias(request.path, request.headers.get("Authorization", ""))
        if path != request.path:
            environ["emulator.path"], environ["PATH_INFO"] = request.path, path
            request = Request(environ)
        if request.path.startswith("/_emulator"):
            return self.ask(request)(environ, start_response)
        return self.answer(request, delivery)(environ, start_response)

    def answer(self, request: Request, delivery: Delivery) -> Response:
        """Return the endpoint's answer, or the scripted one that replaces it."""
        core = self.core
        target = request.environ.get("RAW_URI") or request.full_path.rstrip("?")
        with core.lock:
            owner = core.owner(request.path)
            hidden = owner.hidden_fields if owner else frozenset()
            entry = core.log.open(request.method, target, request.headers, request.get_data(), hidden)
            given = core.routes.next(request.method, entry["path"]) or ScriptedAnswer()
            resets = core.resets
        if given.delay:
            core.sleep(given.delay)
        with core.lock:
            if core.resets != resets:  # the state that the request was meant for is gone
                delivery.reset = True
                return Response()
            response = self.ask(request) if given.takes_effect else Response()
        if delivery.hold:
            core.sleep(delivery.hold)
        if given.body is not None:
            response = Response(given.body, given.status or 200, content_type=given.content_type)
            if given.content_type is None:
                response.headers.pop("Content-Type", None)
        with core.lock:
            date = owner.date() if owner else core.clock.now()
            delivery.date = None if date is None else http_date(date)
            set_headers(response, delivery, given.headers)
            delivery.hang, delivery.reset = given.hang, given.reset is not None
            delivery.drip, delivery.interval, delivery.truncated = given.drip, given.interval, given.truncated
            core.log.close(entry, None if delivery.hang or delivery.reset else response.status_code)
        return response

    def ask(self, request: Request) -> Response:
        """Return the endpoint's answer."""
        request.environ["wsgi.input"] = BytesIO(request.get_data())
        with self.core.lock:
            return Response.from_app(self.app, request.environ, buffered=True)

    def is_served(self, host: str, port: str) -> bool:
        """Return whether a `Host` header names this emulator (protection against DNS rebinding)."""
        options = self.core.options
        name, _, asked = host.rpartition(":") if host.rpartition(":")[2].isdigit() else (host, "", "80")
        if options.any_address:  # a container's port may be mapped to another one
            return name in options.names or is_address(name.strip("[]"))
        return name in options.names and asked == port


def is_foreign_page(request: Request) -> bool:
    """Return whether a web page of another origin sent the request, as pages may do without the user's knowledge.

    Browsers add `Origin` to every request that can change something, and `Sec-Fetch-Site` to all.
    """
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != f"http://{request.headers.get('Host')}"
    return foreign or request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")


def is_address(name: str) -> bool:
    """Return whether a host is a literal IP address, which DNS cannot redirect."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def set_headers(response: Response, delivery: Delivery, headers: dict[str, str | None]) -> None:
    """Replace headers of the response; None removes one, `Date` included."""
    for name, value in headers.items():
        if name.lower() == "date":
            delivery.date = value
        elif value is None:
            response.headers.pop(name, None)
        else:
            response.headers[name] = value
    if delivery.date is not None:
        response.headers["Date"] = delivery.date
