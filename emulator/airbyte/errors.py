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
    link = {"self": {"href": request.path, "templated": False}}
    return Refused(status, {"message": name, "_links": link, "_embedded": {"errors": [{"message": message}]}})


def problem(status: int, title: str, detail: str, data: Mapping[str, Any] | None = None) -> Refused:
    """Return the public API's form of an error."""
    return Refused(
        status, {"status": status, "type": f"{PROBLEMS}{title}", "title": title, "detail": detail, "data": data}
    )
