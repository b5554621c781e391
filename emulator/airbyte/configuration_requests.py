"""Reading requests to the Configuration API, and its error answers."""

from __future__ import annotations

from uuid import uuid4

from emulator.airbyte.api import body, current_server
from emulator.airbyte.connection import UUID, Connection, stream_descriptor
from emulator.airbyte.errors import Refused, forbidden
from emulator.airbyte.job import Job

NOT_FOUND = "io.airbyte.commons.server.errors.IdNotFoundKnownException"
INTERNAL = "io.airbyte.commons.server.errors.UncaughtException"


def uuid_of(field: str) -> str:
    """Return a UUID of the body, or raise an error answer."""
    found = str(body().get(field) or "")
    if not UUID.fullmatch(found):
        raise invalid(field)
    return found.lower()


def texts_of(field: str, required: bool = False) -> list[str]:
    """Return a list of texts of the body; [] if it is absent and not `required`."""
    found = body().get(field)
    if found is None and not required:
        return []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise invalid(field)
    return found


def page_of(rows: list[Job]) -> list[Job]:
    """Return the page that `pagination` asks for, by default the first 20 rows."""
    given = body().get("pagination") or {}
    if not isinstance(given, dict):
        raise invalid("pagination")
    size, first = (given.get(key, default) for key, default in (("pageSize", 20), ("rowOffset", 0)))
    if not all(type(one) is int and one >= 0 for one in (size, first)):
        raise invalid("pagination")
    return rows[first : first + size]


def connection() -> Connection:
    """Return the connection of the body, or raise an error answer."""
    return known(uuid_of("connectionId"))


def known(connection_id: str) -> Connection:
    """Return a connection, or raise a 404, or a 403 if the role is checked first."""
    found = current_server().find(connection_id)
    if found is not None:
        return found
    if current_server().switches.unknown_connection_forbidden:
        raise forbidden(data=False)
    raise known_exception(404, f"Could not find configuration for STANDARD_SYNC: {connection_id}.", NOT_FOUND)


def streams_of(one: Connection, required: bool = False) -> list[str]:
    """Return the streams of the body that the connection has; [] if none are given and none are `required`."""
    given = body().get("streams")
    if given is None and not required:
        return []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given) or required > bool(given):
        raise invalid("streams")
    wanted = [(each.get("streamName"), each.get("streamNamespace")) for each in given]
    descriptors = {name: stream_descriptor(name) for name in one.streams}
    return [name for name, each in descriptors.items() if (each["name"], each.get("namespace")) in wanted]


def job() -> Job:
    """Return the job of the body, or raise a 500 as the server does, or a 404 as documented."""
    number = body().get("id")
    found = current_server().jobs.get(number) if type(number) is int else None
    if found is not None:
        return found
    if current_server().switches.unknown_job == 404:
        raise known_exception(404, f"Could not find job with id: {number}", NOT_FOUND)
    raise known_exception(500, "Internal Server Error: Could not find job with id", INTERNAL)


def known_exception(status: int, message: str, exception: str, plain: bool = False) -> Refused:
    """Return this API's form of an error: since 2.0 without the message, unless it is `plain`."""
    error_id = str(uuid4())
    if current_server().switches.error_bodies == "new":
        return Refused(status, {"message": message, "errorId": error_id} if plain else {"errorId": error_id})
    stack = [f"{exception}: {message}", "\tat io.airbyte.server.handlers"]
    body = {
        "message": message,
        "exceptionClassName": exception,
        "exceptionStack": stack,
        "rootCauseExceptionStack": stack,
    }
    return Refused(status, body)


def invalid(field: str) -> Refused:
    """Return a 400 without a message, or on older servers a 422 that names the field."""
    if current_server().switches.error_bodies == "new":
        return known_exception(400, "", INTERNAL)
    errors = [{"propertyPath": field, "invalidValue": None, "message": "must not be null"}]
    return Refused(422, {"message": "Some properties contained invalid input.", "validationErrors": errors})
