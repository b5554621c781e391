"""The blueprint of both Airbyte APIs, their path prefixes, and how bodies are read and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, request

from emulator.airbyte.errors import hal
from emulator.airbyte.server_state import ServerState
from emulator.scenario import Json, as_json, from_json

api = Blueprint("airbyte", __name__)
CONFIGURATION = "/api/v1"
CLOUD = "/cloud/v1"
"""Airbyte Cloud serves the public API under /v1, which is Fivetran's on this port: its prefix is /cloud/v1 here."""
PUBLIC = ("/api/public/v1", CLOUD)


def current_server() -> ServerState:
    """Return the server of the current request."""
    found: ServerState = current_app.extensions["airbyte"].state
    return found


def is_cloud() -> bool:
    """Return whether the current request is one to Airbyte Cloud."""
    return request.path.startswith(CLOUD)


def answer(body: Mapping[str, Any] | Sequence[Any], status: int = 200) -> Response:
    """Answer JSON. Fields that are null are left out, as Airbyte's serialisation does."""
    return Response(as_json(without_nulls(body)), status, content_type="application/json")


def without_nulls(value: Any) -> Any:
    """Return `value` without the fields that are null, at any depth."""
    if isinstance(value, Mapping):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def body() -> Json:
    """Return the request's JSON object, or raise a 400."""
    try:
        found = from_json(request.get_data() or b"null")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise hal(400, "Bad Request", "Required Body [body] not specified")
    return found
