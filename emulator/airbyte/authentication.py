"""Authentication of both Airbyte APIs, and the answers if it fails or no endpoint matches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Response, request
from werkzeug.exceptions import HTTPException

from emulator.airbyte.api import CLOUD, CONFIGURATION, PUBLIC, answer, api, body, current_server, is_cloud
from emulator.airbyte.errors import Refused, hal
from emulator.scenario import as_json

GRANT_TYPE = "client_credentials"
NGINX_401 = "<html>\n<head><title>401 Authorization Required</title></head>\n<body>401</body>\n</html>\n"


@api.before_app_request
def check_permission() -> None:
    """Check credentials as each API's switch says. The token and health endpoints need none."""
    path = request.path.rstrip("/")
    public = next((prefix for prefix in PUBLIC if path.startswith(prefix + "/")), None)
    if public is None and not path.startswith(CONFIGURATION + "/"):
        return
    switches = current_server().switches
    how = switches.configuration_auth if public is None else switches.public_auth
    needs_token = not path.endswith(("/applications/token", "/health"))
    if public == CLOUD:
        how = "bearer"
    if how == "basic":
        check_basic()
    elif how == "bearer" and needs_token:
        check_bearer()
    if public is not None and needs_token and switches.load_shedding:
        switches.load_shedding -= 1
        raise Refused(429, {"message": "You are being rate limited."})


def check_basic() -> None:
    """Check Basic authentication, as a proxy in front of all endpoints does, health included."""
    given = request.authorization
    tokens = current_server().tokens
    if given is None or given.type != "basic" or not tokens.accepts(given.username or "", given.password or ""):
        raise Refused(401, NGINX_401, "text/html")


def check_bearer() -> None:
    """Check the access token."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not current_server().tokens.is_valid(token.strip()):
        raise hal(401, "Unauthorized", "Unauthorized")


@api.app_errorhandler(Refused)
def answer_refusal(error: Refused) -> Response:
    """Answer an error. Its nulls are kept."""
    if isinstance(error.body, str):
        found = Response(error.body, error.status, content_type=error.content_type)
        found.headers["WWW-Authenticate"] = 'Basic realm="Airbyte"'
        return found
    return Response(as_json(error.body), error.status, content_type=error.content_type)


def refuse(error: HTTPException) -> Response:
    """Return the error answer if no endpoint answered: no route, wrong method, a bug."""
    status = error.code or 500
    if status == 404 and is_cloud():
        return answer({"message": "The current request is not defined by this API.", "code": 404}, 404)
    if status == 500:
        return answer({"errorId": str(uuid4())}, 500)
    names = {404: ("Not Found", "Page Not Found"), 405: ("Method Not Allowed", "Method not allowed")}
    name, message = names.get(status, (error.name, error.name))
    return answer_refusal(hal(status, name, message))


@api.after_app_request
def add_cloud_headers(response: Response) -> Response:
    """Add the headers of the gateway in front of Airbyte Cloud."""
    if is_cloud():
        response.headers["Server"] = "envoy"
        response.headers["Via"] = "1.1 google"
    return response


def given_credentials() -> tuple[str, str]:
    """Return `client_id` and `client_secret` of a token request, sent as JSON or, if the switch allows it, as a form.

    A grant type may be absent or given in either spelling; another one than client_credentials is an error.
    """
    if request.mimetype == "application/x-www-form-urlencoded" and current_server().switches.form_tokens:
        found: Mapping[str, Any] = request.form
    elif request.mimetype == "application/json":
        found = body()
    else:
        raise hal(401, "Unauthorized", "Unauthorized")
    if any(found.get(name, GRANT_TYPE) != GRANT_TYPE for name in ("grant_type", "grant-type")):
        raise hal(400, "Bad Request", "Failed to convert argument [grantType]")
    return str(found.get("client_id") or ""), str(found.get("client_secret") or "")


def new_token() -> str:
    """Issue a token for valid credentials, or raise a 400 as Core does, or a 401."""
    if current_server().tokens.accepts(*given_credentials()):
        return current_server().tokens.issue()
    if current_server().switches.bad_credentials_status == 401:
        raise Refused(401, {"errorId": str(uuid4())})
    raise hal(400, "Bad Request", "Invalid client id or token")
