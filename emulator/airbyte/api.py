"""What both of Airbyte's APIs share: who may call, bodies, and the forms in which things are refused.

Sources: Airbyte's OpenAPI documents (config.yaml, api_documentation_*.yaml, api-problems.yaml) and what its server
does where they are silent. Fields that are null are left out of every answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from emulator.scenario import Json, as_json, from_json

if TYPE_CHECKING:
    from emulator.airbyte.world import World

api = Blueprint("airbyte", __name__)
CONFIGURATION = "/api/v1"
PUBLIC = ("/api/public/v1", "/cloud/v1")
"""Airbyte Cloud has the public API under /v1, which on this port is Fivetran's: it is /cloud/v1 here."""
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PROBLEMS = "https://reference.airbyte.com/reference/errors#"
NGINX_401 = "<html>\n<head><title>401 Authorization Required</title></head>\n<body>401</body>\n</html>\n"


class Refused(Exception):
    """An answer that is a refusal."""

    def __init__(self, status: int, body: Mapping[str, Any] | str, content_type: str = "application/json") -> None:
        super().__init__(str(body))
        self.status, self.body, self.content_type = status, body, content_type


def world() -> World:
    """The server that this request is about."""
    found: World = current_app.extensions["airbyte"].world
    return found


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """JSON without nulls."""
    return Response(as_json(present(body)), status, content_type="application/json")


def present(value: Any) -> Any:
    """`value` without the fields that are null, at any depth."""
    if isinstance(value, Mapping):
        return {key: present(one) for key, one in value.items() if one is not None}
    return [present(one) for one in value] if isinstance(value, list) else value


def hal(status: int, name: str, message: str) -> Refused:
    """The framework's own form of an error."""
    link = {"self": {"href": request.path, "templated": False}}
    return Refused(status, {"message": name, "_links": link, "_embedded": {"errors": [{"message": message}]}})


def problem(status: int, title: str, detail: str, data: Mapping[str, Any] | None = None) -> Refused:
    """The public API's form of an error."""
    return Refused(
        status, {"status": status, "type": f"{PROBLEMS}{title}", "title": title, "detail": detail, "data": data}
    )


def known_exception(status: int, message: str, exception: str, plain: bool = False) -> Refused:
    """The Configuration API's form of an error: since 2.0 without the message, unless it is `plain`."""
    error_id = str(uuid4())
    if world().switches.error_bodies == "new":
        return Refused(status, {"message": message if plain else None, "errorId": error_id})
    stack = [f"{exception}: {message}", "\tat io.airbyte.server.handlers"]
    body = {
        "message": message,
        "exceptionClassName": exception,
        "exceptionStack": stack,
        "rootCauseExceptionStack": stack,
    }
    return Refused(status, body)


def body() -> Json:
    """The request's JSON object."""
    try:
        found = from_json(request.get_data() or b"null")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise hal(400, "Bad Request", "Required Body [body] not specified")
    return found


@api.before_app_request
def check_permission() -> None:
    """Each API has its own way to ask who is calling; the token endpoints and health ask nobody."""
    path = request.path.rstrip("/")
    public = next((prefix for prefix in PUBLIC if path.startswith(prefix + "/")), None)
    if public is None and not path.startswith(CONFIGURATION + "/"):
        return
    switches = world().switches
    how = switches.configuration_auth if public is None else switches.public_auth
    if public == "/cloud/v1":
        how = "bearer"
    if how == "basic":
        check_basic()
    elif how == "bearer" and not path.endswith(("/applications/token", "/health")):
        check_bearer()


def check_basic() -> None:
    """A proxy before everything, health included."""
    given = request.authorization
    if given is None or given.type != "basic" or not world().tokens.knows(given.username or "", given.password or ""):
        raise Refused(401, NGINX_401, "text/html")


def check_bearer() -> None:
    """An access token that is still good."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not world().tokens.lets_in(token.strip()):
        raise hal(401, "Unauthorized", "Unauthorized")


@api.app_errorhandler(Refused)
def answer_refusal(error: Refused) -> Response:
    """A refusal in its own form."""
    if isinstance(error.body, str):
        found = Response(error.body, error.status, content_type=error.content_type)
        found.headers["WWW-Authenticate"] = 'Basic realm="Airbyte"'
        return found
    return answer(error.body, error.status)


def refuse(error: HTTPException) -> Response:
    """The form of what no endpoint answered."""
    status = error.code or 500
    if status == 500:
        return answer({"errorId": str(uuid4())}, 500)
    names = {404: ("Not Found", "Page Not Found"), 405: ("Method Not Allowed", "Method not allowed")}
    name, message = names.get(status, (error.name, error.name))
    return answer_refusal(hal(status, name, message))


def given_credentials() -> tuple[str, str]:
    """`client_id` and `client_secret` of a token request, as JSON or a form; a grant type is not asked for."""
    if request.mimetype == "application/x-www-form-urlencoded":
        found: Mapping[str, Any] = request.form
    elif request.mimetype == "application/json":
        found = body()
    else:
        raise hal(401, "Unauthorized", "Unauthorized")
    return str(found.get("client_id") or ""), str(found.get("client_secret") or "")


def new_token() -> str:
    """A token for good credentials; for others 400 as Core answers, or 401."""
    if world().tokens.knows(*given_credentials()):
        return world().tokens.issue()
    if world().switches.bad_credentials_status == 401:
        raise Refused(401, {"errorId": str(uuid4())})
    raise hal(400, "Bad Request", "Invalid client id or token")
