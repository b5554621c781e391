"""Endpoints that show, run and cancel transformations.

Documented at https://fivetran.com/docs/rest-api/api-reference/transformation-management.
"""

from __future__ import annotations

from flask import Response, request

from emulator.fivetran.api import INVALID, NOT_FOUND, ApiError, Json, body, current_account, endpoint, page, success
from emulator.fivetran.transformation import Transformation, cancel, start, transformation_response


@endpoint("GET", "/transformations")
def list_transformations() -> Response:
    """List all transformations, or those of a group, project or type."""
    asked = {key: request.args[key] for key in ("group_id", "project_id", "type") if key in request.args}
    found = [
        one
        for one in current_account().transformations.values()
        if all(getattr(one, key) == value for key, value in asked.items())
    ]
    return success("Transformations list retrieved successfully", page(found, show))


@endpoint("GET", "/transformations/<transformation_id>")
def transformation_details(transformation_id: str) -> Response:
    """Show a transformation. Its status may still be an earlier run's, which `last_ended_at` shows."""
    return success("Transformation details retrieved successfully", show(transformation(transformation_id)))


@endpoint("POST", "/transformations/<transformation_id>/run")
def run_transformation(transformation_id: str) -> Response:
    """Start a run. The answer has no run id."""
    one = transformation(transformation_id)
    full_refresh = body().get("full_refresh", False)
    if not isinstance(full_refresh, bool):
        raise ApiError(400, INVALID, "Field 'full_refresh' must be a boolean")
    start(one, current_account().at(), full_refresh)
    return success(f"Transformation with id '{one.id}' has been started")


@endpoint("POST", "/transformations/<transformation_id>/cancel")
def cancel_transformation(transformation_id: str) -> Response:
    """Cancel the current run."""
    one = transformation(transformation_id)
    cancel(one, current_account().at())
    return success(f"Transformation with id '{one.id}' has been canceled")


def transformation(transformation_id: str) -> Transformation:
    """Return a transformation, advanced to the current time, or raise a 404."""
    found = current_account().transformations.get(transformation_id)
    if found is None:
        raise ApiError(404, NOT_FOUND, f"Transformation with id '{transformation_id}' not found")
    current_account().advance(found)
    return found


def show(one: Transformation) -> Json:
    """Return a transformation as the API shows it now."""
    current_account().advance(one)
    return transformation_response(one, current_account().at())
