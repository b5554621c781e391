"""The Fivetran endpoints' blueprint, envelope, errors and the rules that hold for every call.

Sources: Fivetran REST API, "API Response Codes", "Authentication", "Pagination", "Rate Limiting".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from emulator.fivetran.connector import Connector
from emulator.scenario import as_json, from_json

if TYPE_CHECKING:
    from emulator.fivetran.world import World

Json = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Response])
api = Blueprint("fivetran", __name__, url_prefix="/v1")
LARGEST_PAGE = 1000
SHORT_NUMBER = re.compile(r"[0-9]{1,9}")
NOT_FOUND = "NotFound"
INVALID = "InvalidInput"
CONFLICT = "Conflict"


class ApiError(Exception):
    """An answer that is a refusal."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def endpoint(method: str, path: str) -> Callable[[View], View]:
    """Register a view under its path, and under the older spelling (connectors for connections) as well."""

    def register(view: View) -> View:
        older = path.replace("/connections", "/connectors").replace("/connector-types", "/connectors")
        api.add_url_rule(path, view_func=view, methods=[method], endpoint=view.__name__)
        if older != path:
            api.add_url_rule(older, view_func=view, methods=[method], endpoint=f"{view.__name__}_older")
        return view

    return register


def world() -> World:
    """The account that this request is about."""
    found: World = current_app.extensions["fivetran"].world
    return found


def connection(connection_id: str) -> Connector:
    """A connection, brought to the present; 404 if there is none."""
    found = world().look(connection_id)
    if found is None:
        raise ApiError(404, world().switches.not_found_code, f"Connection with id '{connection_id}' does not exist")
    return found


def success(message: str, data: Any = None, status: int = 200) -> Response:
    """`{"code": "Success", "message": ..., "data": ...}`. Without data there is always a message."""
    found: Json = {"code": "Success"}
    if data is None or world().switches.messages:
        found["message"] = message
    if data is not None:
        found["data"] = data
    return Response(as_json(found), status, content_type="application/json;charset=utf-8")


def failure(status: int, code: str, message: str) -> Response:
    """`{"code": ..., "message": ...}`."""
    found = as_json({"code": code, "message": message})
    return Response(found, status, content_type="application/json;charset=utf-8")


def body(required: bool = False) -> Json:
    """The request's JSON object; {} where there is no body and none is `required`."""
    raw = request.get_data()
    if not raw and not required:
        return {}
    try:
        found = from_json(raw)
    except ValueError:
        raise ApiError(400, INVALID, "Request body is not valid JSON") from None
    if not isinstance(found, dict):
        raise ApiError(400, INVALID, "Request body must be a JSON object")
    return found


def page(rows: Sequence[Any], show: Callable[[Any], Any]) -> Json:
    """One page of a list: `limit` 1 to 1000, default 100; `next_cursor` unless it is the last."""
    limit = request.args.get("limit", "100")
    if not (SHORT_NUMBER.fullmatch(limit) and 1 <= int(limit) <= LARGEST_PAGE):
        raise ApiError(400, INVALID, "Limit must be in the range 1..1000")
    start = skipped(request.args.get("cursor"))
    found: Json = {"items": [show(one) for one in rows[start : start + int(limit)]]}
    if start + int(limit) < len(rows):
        found["next_cursor"] = base64.b64encode(as_json({"skip": start + int(limit)}).encode()).decode()
    return found


def skipped(cursor: str | None) -> int:
    """Where a page begins; 400 for a cursor that is not ours."""
    if not cursor:
        return 0
    try:
        found = from_json(base64.b64decode(cursor, validate=True))["skip"]
    except (ValueError, KeyError, TypeError):
        found = None
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise ApiError(400, INVALID, "Invalid cursor value")
    return found


@api.before_app_request
def check_request() -> None:
    """Credentials first, then the quota, the path, the media types."""
    if not request.path.startswith("/v1/"):
        return
    check_credentials()
    if not world().quota.spend():
        raise ApiError(429, "TooManyRequests", f"No more than {world().switches.quota} requests can be made hourly")
    if request.routing_exception is not None:
        return
    older = "/connectors" in request.path or request.path.rstrip("/").endswith("/force")
    if older and not world().switches.legacy_paths:
        raise ApiError(404, NOT_FOUND, "HTTP 404 Not Found")
    if not any(acceptable(one) for one in request.headers.get("Accept", "*/*").split(",")):
        raise ApiError(406, "NotAcceptable", "Use Accept: application/json or application/json; version=2")
    if request.get_data() and request.mimetype != "application/json":
        raise ApiError(415, "UnsupportedMediaType", "Use Content-Type: application/json")


def check_credentials() -> None:
    """Basic authentication: any non-empty pair, or the only one that the options name."""
    given = request.authorization
    if given is not None and given.type == "basic" and world().knows(given.username or "", given.password or ""):
        return
    raise ApiError(401, world().switches.unauthorized_code, "Authentication failed: check the API key and secret")


def acceptable(media_range: str) -> bool:
    """Whether one member of `Accept` admits our JSON, in the versions that there are."""
    kind, *parameters = (part.strip().lower().replace(" ", "") for part in media_range.split(";"))
    versions = [one for one in parameters if one.startswith("version=")]
    known = kind in ("application/json", "application/*", "*/*")
    return known and versions in ([], ["version=1"], ["version=2"])


@api.after_app_request
def add_quota(response: Response) -> Response:
    """The hourly limit and what is left of it on every answer, `Retry-After` where nothing is."""
    if request.path.startswith("/v1/"):
        quota = world().quota
        if world().switches.rate_limit_headers:
            response.headers["X-Rate-Limit"] = str(world().switches.quota)
            response.headers["X-Rate-Limit-Remaining"] = str(quota.left())
        if response.status_code == 429:
            response.headers["Retry-After"] = str(quota.wait())
    return response


def refuse(error: HTTPException) -> Response:
    """The form of what no endpoint answered."""
    status = error.code or 500
    codes = {404: NOT_FOUND, 405: "MethodNotAllowed", 413: "PayloadTooLarge", 500: "InternalServerError"}
    return failure(status, codes.get(status, "BadRequest"), f"HTTP {status} {error.name}")


@api.app_errorhandler(ApiError)
def answer_error(error: ApiError) -> Response:
    """A refusal as its envelope."""
    return failure(error.status, error.code, str(error))
