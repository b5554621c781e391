"""The parts that all Fivetran endpoints share: envelope, errors, authentication, media types and pages.

Documented at https://fivetran.com/docs/rest-api/getting-started/api-response-codes,
https://fivetran.com/docs/rest-api/pagination and https://fivetran.com/docs/rest-api/rate-limiting.
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
    from emulator.fivetran.account import Account

Json = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Response])
api = Blueprint("fivetran", __name__, url_prefix="/v1")
LARGEST_PAGE = 1000
SHORT_NUMBER = re.compile(r"[0-9]{1,9}")
NOT_FOUND = "NotFound"
INVALID = "InvalidInput"
CONFLICT = "Conflict"


class ApiError(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


def endpoint(method: str, path: str) -> Callable[[View], View]:
    """Register a view under its path and under the older one, which says connectors for connections."""

    def register(view: View) -> View:
        older = path.replace("/connections", "/connectors").replace("/connector-types", "/connectors")
        api.add_url_rule(path, view_func=view, methods=[method], endpoint=view.__name__)
        if older != path:
            api.add_url_rule(older, view_func=view, methods=[method], endpoint=f"{view.__name__}_older")
        return view

    return register


def current_account() -> Account:
    """Return the account of the current request."""
    found: Account = current_app.extensions["fivetran"].account
    return found


def connection(connection_id: str) -> Connector:
    """Return a connection, advanced to the current time, or raise a 404."""
    found = current_account().find_connector(connection_id)
    if found is None:
        raise ApiError(
            404, current_account().switches.not_found_code, f"Connection with id '{connection_id}' does not exist"
        )
    return found


def success(message: str | None, data: Any = None, status: int = 200) -> Response:
    """Answer `{"code": "Success", "message": ..., "data": ...}`.

    Details of one object have no message; without data there always is one.
    """
    found: Json = {"code": "Success"}
    if message is not None and (data is None or current_account().switches.messages):
        found["message"] = message
    if data is not None:
        found["data"] = data
    return Response(as_json(found), status, content_type="application/json;charset=utf-8")


def failure(status: int, code: str, message: str) -> Response:
    """Answer `{"code": ..., "message": ...}`."""
    found = as_json({"code": code, "message": message})
    return Response(found, status, content_type="application/json;charset=utf-8")


def require_lists(permission: str) -> None:
    """Raise a 403 if the switch `list_forbidden` plays a key that may read single objects only."""
    if current_account().switches.list_forbidden:
        raise ApiError(403, "Forbidden", f"Access denied. Required permission: {permission}")


def require_feature(status: int) -> None:
    """Raise the error of an endpoint that not every account has, unless the switch's `status` is 200."""
    if status == 403:
        raise ApiError(403, "Forbidden", "Access denied. The account must be allowlisted to use this feature")
    if status == 404:
        raise ApiError(404, NOT_FOUND, "HTTP 404 Not Found")


def body(required: bool = False) -> Json:
    """Return the request's JSON object; {} for an empty body unless one is `required`."""
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
    """Return one page of a list: `limit` 1 to 1000, default 100; no `next_cursor` on the last page."""
    limit = request.args.get("limit", "100")
    if not (SHORT_NUMBER.fullmatch(limit) and 1 <= int(limit) <= LARGEST_PAGE):
        raise ApiError(400, INVALID, "Limit must be in the range 1..1000")
    start = skipped(request.args.get("cursor"))
    found: Json = {"items": [show(one) for one in rows[start : start + int(limit)]]}
    if start + int(limit) < len(rows):
        found["next_cursor"] = base64.b64encode(as_json({"skip": start + int(limit)}).encode()).decode()
    return found


def skipped(cursor: str | None) -> int:
    """Return the index of a page's first row, or raise a 400 for an invalid cursor."""
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
    """Check credentials, then the rate limit, the path and the media types."""
    if not request.path.startswith("/v1/"):
        return
    check_credentials()
    if not current_account().rate_limit.spend():
        raise ApiError(
            429, "TooManyRequests", f"No more than {current_account().switches.quota} requests can be made hourly"
        )
    if request.routing_exception is not None:
        return
    older = "/connectors" in request.path or request.path.rstrip("/").endswith("/force")
    if older and not current_account().switches.legacy_paths:
        raise ApiError(404, NOT_FOUND, "HTTP 404 Not Found")
    if not any(acceptable(one) for one in request.headers.get("Accept", "*/*").split(",")):
        raise ApiError(406, "NotAcceptable", "Use Accept: application/json or application/json; version=2")
    if request.get_data() and request.mimetype != "application/json":
        raise ApiError(415, "UnsupportedMediaType", "Use Content-Type: application/json")


def check_credentials() -> None:
    """Check Basic authentication: any non-empty pair, or the only pair of the options."""
    given = request.authorization
    if (
        given is not None
        and given.type == "basic"
        and current_account().accepts(given.username or "", given.password or "")
    ):
        return
    raise ApiError(
        401, current_account().switches.unauthorized_code, "Authentication failed: check the API key and secret"
    )


def acceptable(media_range: str) -> bool:
    """Return whether one member of `Accept` allows JSON, in version 1 or 2 if it names one."""
    kind, *parameters = (part.strip().lower().replace(" ", "") for part in media_range.split(";"))
    versions = [one for one in parameters if one.startswith("version=")]
    known = kind in ("application/json", "application/*", "*/*")
    return known and versions in ([], ["version=1"], ["version=2"])


@api.after_app_request
def add_rate_limit(response: Response) -> Response:
    """Add the rate limit's headers to an answer, `Retry-After` to a 429."""
    if request.path.startswith("/v1/"):
        limit = current_account().rate_limit
        if current_account().switches.rate_limit_headers:
            response.headers["X-Rate-Limit"] = str(current_account().switches.quota)
            response.headers["X-Rate-Limit-Remaining"] = str(limit.left())
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(limit.wait()))
    return response


def refuse(error: HTTPException) -> Response:
    """Return the error answer if no endpoint answered: no route, wrong method, a bug."""
    status = error.code or 500
    codes = {404: NOT_FOUND, 405: "MethodNotAllowed", 413: "PayloadTooLarge", 500: "InternalServerError"}
    return failure(status, codes.get(status, "BadRequest"), f"HTTP {status} {error.name}")


@api.app_errorhandler(ApiError)
def answer_error(error: ApiError) -> Response:
    """Answer an error."""
    found = failure(error.status, error.code, str(error))
    if error.retry_after is not None:
        found.headers["Retry-After"] = str(error.retry_after)
    return found
