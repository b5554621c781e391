"""What a request to the Configuration API names, looked up, and how it is refused where that is not there."""

from __future__ import annotations

from emulator.airbyte.api import UUID, Refused, body, hal, known_exception, world
from emulator.airbyte.connection import Connection
from emulator.airbyte.job import Job

NOT_FOUND = "io.airbyte.commons.server.errors.IdNotFoundKnownException"
INTERNAL = "io.airbyte.commons.server.errors.UncaughtException"


def uuid_of(field: str) -> str:
    """A UUID of the body."""
    found = str(body().get(field) or "")
    if not UUID.fullmatch(found):
        raise invalid(field)
    return found.lower()


def texts_of(field: str, required: bool = False) -> list[str]:
    """A list of texts of the body; [] where none is given and none is `required`."""
    found = body().get(field)
    if found is None and not required:
        return []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise invalid(field)
    return found


def page_of(rows: list[Job]) -> list[Job]:
    """What `pagination` asks for: 20 rows from the first unless it says otherwise."""
    given = body().get("pagination") or {}
    if not isinstance(given, dict):
        raise invalid("pagination")
    size, first = (given.get(key, default) for key, default in (("pageSize", 20), ("rowOffset", 0)))
    if not all(type(one) is int and one >= 0 for one in (size, first)):
        raise invalid("pagination")
    return rows[first : first + size]


def connection() -> Connection:
    """The connection that the body names; 404 if there is none, or 403 first where ids are looked up by role."""
    found = uuid_of("connectionId")
    if found in world().connections:
        return world().connections[found]
    if world().switches.unknown_connection_forbidden:
        raise hal(403, "Forbidden", "Forbidden")
    raise known_exception(404, f"Could not find configuration for STANDARD_SYNC: {found}.", NOT_FOUND)


def job() -> Job:
    """The job that the body names; an unknown one gets 500, or 404 as the document has it."""
    number = body().get("id")
    if type(number) is int and number in world().jobs:
        return world().jobs[number]
    if world().switches.unknown_job == 404:
        raise known_exception(404, f"Could not find job with id: {number}", NOT_FOUND)
    raise known_exception(500, "Internal Server Error: Could not find job with id", INTERNAL)


def invalid(field: str) -> Refused:
    """400 without a word, or 422 with all of it on older servers."""
    if world().switches.error_bodies == "new":
        return known_exception(400, "", INTERNAL)
    errors = [{"propertyPath": field, "invalidValue": None, "message": "must not be null"}]
    return Refused(422, {"message": "Some properties contained invalid input.", "validationErrors": errors})
