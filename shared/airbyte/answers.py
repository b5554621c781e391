"""Turn answers of both of Airbyte's APIs into data or errors.

https://reference.airbyte.com/reference/errors
"""

from collections.abc import Mapping
from typing import Any

from shared.airbyte.settings import BASIC, CLIENT, NONE, TOKEN, Server
from shared.errors import RequestRefused, UnknownId, Unreachable
from shared.http.response import Answer
from shared.http.statuses import error_for
from shared.redaction import one_line

NO_LONGER_THAN = 300
"""Characters."""
STATE_CONFLICT = "state-conflict"

_REFUSED = {
    NONE: "the server wants credentials; give AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, or AIRBYTE_USERNAME and "
    "AIRBYTE_PASSWORD",
    BASIC: "the server refused AIRBYTE_USERNAME and AIRBYTE_PASSWORD",
    CLIENT: "the server refused a fresh access token; may the application of AIRBYTE_CLIENT_ID do this?",
    TOKEN: "AIRBYTE_API_TOKEN is wrong or has expired; an access token lives only minutes, so give AIRBYTE_CLIENT_ID "
    "and AIRBYTE_CLIENT_SECRET instead, from which new ones are fetched",
}


def data(server: Server, answer: Answer, unknown: str = "") -> Mapping[str, Any]:
    """Return the JSON object of a successful answer. Raise Unreachable if it is anything else."""
    accepted(server, answer, unknown)
    if not isinstance(answer.json, Mapping):
        raise Unreachable(_not_airbyte(server, answer), answer, vendor="Airbyte")
    return answer.json


def accepted(server: Server, answer: Answer, unknown: str = "") -> Answer:
    """Return ``answer`` if it is a success, else raise its error. ``unknown`` is the message of a 404.

    Raise CredentialsRefused (401, 403), UnknownId (404), RateLimited (429), Unreachable (5xx, and a 409 because the
    server ran out of time) or RequestRefused (other 4xx, redirects, and a 404 or 405 for an unknown path, which means a
    wrong address). Airbyte Cloud answers 403 for an unknown id, too, so the message mentions both.
    """
    kind = error_for(answer.status)
    if kind is None:
        return answer
    said = explanation(answer)
    if answer.status == 405 or (kind is UnknownId and (not unknown or not is_about_the_object(answer))):
        kind = RequestRefused
        message = f"{server.url} knows no such path; is this an Airbyte API? Check {server.variable}"
    elif ran_out_of_time(answer):
        kind = Unreachable
        message = "the server gave up on this request after a minute, and may have done it anyway"
    elif answer.status == 403 and unknown:
        message = f"{unknown}, or these credentials are not allowed to do this; Airbyte answers both alike"
    else:
        message = unknown if kind is UnknownId else _explained(server, answer)
        if kind is UnknownId and server.public and not said:
            message += f"; or {server.variable} is not the API's address: that of a server ends in /api/public/v1"
    detail = f"({answer.status}{': ' + said if said else ''})"
    raise kind(f"{message} {detail}", answer, vendor="Airbyte")


def _explained(server: Server, answer: Answer) -> str:
    """Return what the status means for the user, and what to change."""
    if 300 <= answer.status < 400:
        where = one_line(answer.headers.get("Location", "nowhere"), NO_LONGER_THAN)
        return f"the server redirects to {where}; set {server.variable} to where the API is"
    return {
        400: "the request was refused as invalid",
        401: _REFUSED[server.credentials],
        403: "these credentials are not allowed to do this, or the id belongs to a workspace that they cannot see",
        409: "this conflicts with what the connection is doing now",
        422: "the request was refused as invalid",
        429: "too many requests; try again later",
    }.get(answer.status, "the request was refused" if answer.status < 500 else "the API has an error of its own")


def is_about_the_object(answer: Answer) -> bool:
    """Return False for a 404 of a web server or framework for an unknown path: HTML, text or HAL links.

    Airbyte Cloud's gateway says ``The current request is not defined by this API.``
    """
    body = answer.json
    if not isinstance(body, Mapping) or "_links" in body or "path" in body:
        return False
    return "not defined by this API" not in str(body.get("message"))


def ran_out_of_time(answer: Answer) -> bool:
    """Return whether the server ran out of time: 409 ``state-conflict``, "Could not fulfill request".

    It waits one minute for what it started. Other conflicts are refusals (airbyte-platform, August 2026).
    """
    conflict = answer.status == 409 and title(answer) == STATE_CONFLICT
    return conflict and "could not fulfill request" in explanation(answer).casefold()


def title(answer: Answer) -> str:
    """Return the ``title`` of an error (public API), such as ``try-again-later``; empty without one."""
    found = answer.json.get("title") if isinstance(answer.json, Mapping) else None
    return found if isinstance(found, str) else ""


def explanation(answer: Answer) -> str:
    """Return the server's own explanation on one line, empty if there is none.

    The Configuration API has ``message``, since 2.0 often only ``errorId``; the public API ``title``, ``detail`` and
    ``data.message``; the token endpoint HAL with ``_embedded.errors``.
    """
    body = answer.json
    if not isinstance(body, Mapping):
        return ""
    about, embedded = body.get("data"), body.get("_embedded")
    parts = [body.get("title"), about.get("message") if isinstance(about, Mapping) else body.get("detail")]
    errors = embedded.get("errors") if isinstance(embedded, Mapping) else None
    parts += [error.get("message") for error in _objects(errors)]
    parts += [body.get("message") if not errors else None]
    invalid = _objects(body.get("validationErrors"))
    parts += [" ".join(str(one[key]) for key in ("propertyPath", "message") if one.get(key)) for one in invalid]
    if not any(parts) and body.get("errorId"):
        parts = [f"errorId {body['errorId']}, look it up in the server's log"]
    return one_line(": ".join(str(part) for part in parts if part), NO_LONGER_THAN)


def _objects(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _not_airbyte(server: Server, answer: Answer) -> str:
    kind = one_line(answer.headers.get("Content-Type") or "no content type", 60)
    example = "/api/public/v1" if server.public else "port 8000"
    return (
        f"{server.url} answered {answer.status} with {kind} instead of a JSON object; that is no Airbyte API. "
        f"Check {server.variable} (on a server of your own usually {example})"
    )


def names_no_connection(connection_id: str) -> str:
    """Return the message of a 404 for a connection id."""
    return f"{connection_id} (AIRBYTE_CONNECTION_ID) names no connection here; list_connections shows the existing ones"
