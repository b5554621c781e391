"""Error answers of both Airbyte APIs.

Problems of the public API are documented at https://reference.airbyte.com/reference/errors; HAL bodies come from the
server's framework, Micronaut.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

PROBLEMS = "https://reference.airbyte.com/reference/errors#"


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, body: Mapping[str, Any] | str, content_type: str = "application/json") -> None:
        super().__init__(str(body))
        self.status, self.body, self.content_type = status, body, content_type


def hal(status: int, name: str, message: str) -> Refused:
    """Return the framework's own form of an error."""
    link = {"self": {"href": request.environ.get("emulator.path", request.path), "templated": False}}
    errors = [{"message": message, "_links": {}, "_embedded": {}}]
    return Refused(status, {"message": name, "_links": link, "_embedded": {"errors": errors}})


def problem(status: int, title: str, detail: str, data: Mapping[str, Any] | None = None) -> Refused:
    """Return the public API's form of an error. Its `documentationUrl` is null and not left out."""
    found = {
        "status": status,
        "type": f"{PROBLEMS}{title}",
        "title": title,
        "detail": detail,
        "documentationUrl": None,
    }
    return Refused(status, found if data is None else {**found, "data": data})


def forbidden(data: bool) -> Refused:
    """Return the 403 for an object that does not exist or that the caller may not use; with `data` as a problem."""
    message = "Caller does not have the required [WORKSPACE_READER] permissions to access the resource(s)."
    if data:
        return problem(403, "forbidden", "You are not allowed to do this.", {"message": message})
    return hal(403, "Forbidden", message)
