"""Turn Fivetran's answers into data or errors.

The envelope is ``{"code", "message", "data"}``; only ``code`` is always present. Errors are told apart by their status,
rarely by their code: https://fivetran.com/docs/rest-api/getting-started/api-response-codes
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shared import timestamps
from shared.errors import RequestRefused, UnknownId, Unreachable
from shared.http.response import Answer
from shared.http.statuses import error_for
from shared.redaction import one_line

Unknown = str | Callable[[bool], str]
"""The message of a 404: which id is unknown. If it is a function, True allows it to read a list of similar ids."""


def data(answer: Answer, unknown: Unknown = "") -> Mapping[str, Any]:
    """Return ``data`` of a successful answer. Raise Unreachable for a 200 without it."""
    accepted(answer, unknown)
    found = answer.json.get("data") if isinstance(answer.json, Mapping) else None
    if not isinstance(found, Mapping):
        raise Unreachable(
            f"an answer of {answer.status} without data; is FIVETRAN_API_URL right?", answer, vendor="Fivetran"
        )
    return found


def accepted(answer: Answer, unknown: Unknown = "") -> Answer:
    """Return ``answer`` if it is a success, else raise its error."""
    envelope = answer.json if isinstance(answer.json, Mapping) else {}
    kind = error_for(answer.status)
    if kind is None:
        if not envelope:
            raise Unreachable(f"an answer of {answer.status} that is no JSON object", answer, vendor="Fivetran")
        return answer
    code, message = (one_line(str(envelope.get(key) or ""), 300) for key in ("code", "message"))
    if code.startswith("NotFound_") and answer.status < 500:
        kind = UnknownId
    elif code == "NotFound" and answer.status == 404 and not re.search("does not exist|with id", message):
        kind = RequestRefused  # the code NotFound alone, with the message "HTTP 404 Not Found", means an unknown route
    if kind is UnknownId and callable(unknown):
        unknown = unknown(bool(code))
    if unknown and answer.status == 404 and not code:  # the API itself always sends a code
        unknown = f"{unknown}, or FIVETRAN_API_URL is not the API's address, which ends in /v1"
    detail = f"({' '.join(part for part in (str(answer.status), code) if part)}{': ' + message if message else ''})"
    raise kind(f"{_explained(answer, str(unknown) if kind is UnknownId else '')} {detail}", answer, vendor="Fivetran")


def _explained(answer: Answer, unknown: str) -> str:
    """Return what the status means for the user and what to change; ``unknown`` if given."""
    if unknown:
        return unknown
    if 300 <= answer.status < 400:
        return (
            f"the server redirects to {one_line(answer.headers.get('Location', 'nowhere'), 300)}; set FIVETRAN_API_URL"
        )
    return {
        401: "the API key or secret is wrong or revoked; check FIVETRAN_API_KEY and FIVETRAN_API_SECRET",
        403: "the key is not allowed to do this; give it the permission, or use another key",
        404: "the API has no such route; check FIVETRAN_API_URL, and FIVETRAN_LEGACY_API: it chooses between "
        "/connections and the paths from before the rename, which may be gone",
        409: "this conflicts with what the connector is doing now",
        429: "too many requests for this account; try again later, or ask for less",
    }.get(answer.status, "the request was refused" if answer.status < 500 else "the API has an error of its own")


def about(wanted: str, found: str, answer: Answer) -> None:
    """Raise Unreachable if an answer is about another id than asked, since later requests would use that id."""
    if found.casefold() != wanted.casefold():
        text = f"asked about {wanted}, the API answered about {one_line(found, 100)}; is FIVETRAN_API_URL right?"
        raise Unreachable(text, answer, vendor="Fivetran")


def moment(data: Mapping[str, Any], field: str) -> datetime | None:
    """Return a timestamp field, None if it is null or absent. Raise Unreachable if it is not a timestamp."""
    if data.get(field) is None:
        return None
    try:
        return timestamps.parse(str(data[field]))
    except ValueError as error:
        raise Unreachable(f"{field} is no time: {error}", vendor="Fivetran") from None


def plain_text(value: Any) -> str:
    """Return a value of the API as plain text: without HTML tags, objects as ``key: value``, lists with commas."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {text}" for key, item in value.items() if (text := plain_text(item)))
    if isinstance(value, list):
        return ", ".join(filter(None, map(plain_text, value)))
    if not isinstance(value, str):
        return "" if value is None else str(value)
    if "<" not in value and "&" not in value:
        return value
    from html import unescape  # imported late: few messages need it

    return " ".join(unescape(re.sub(r"</?[A-Za-z][^<>]{0,300}>", " ", value)).split())
