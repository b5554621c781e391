"""The transformation endpoints. Source: Fivetran REST API, "Transformations"."""

from __future__ import annotations

from flask import Response, request

from emulator.fivetran.api import INVALID, NOT_FOUND, ApiError, Json, body, endpoint, page, success, world
from emulator.fivetran.transformation import Transformation, advance, cancel, shown, start


@endpoint("GET", "/transformations")
def list_transformations() -> Response:
    """All, or those of a group, of a project, of a type."""
    asked = {key: request.args[key] for key in ("group_id", "project_id", "type") if key in request.args}
    found = [
        one
        for one in world().transformations.values()
        if all(getattr(one, key) == value for key, value in asked.items())
    ]
    return success("Transformations list retrieved successfully", page(found, show))


@endpoint("GET", "/transformations/<transformation_id>")
def transformation_details(transformation_id: str) -> Response:
    """One; its status says nothing of a run that was just triggered, `last_ended_at` does."""
    return success("Transformation details retrieved successfully", show(transformation(transformation_id)))


@endpoint("POST", "/transformations/<transformation_id>/run")
def run_transformation(transformation_id: str) -> Response:
    """Start it. The answer has no id of the run."""
    one = transformation(transformation_id)
    full_refresh = body().get("full_refresh", False)
    if not isinstance(full_refresh, bool):
        raise ApiError(400, INVALID, "Field 'full_refresh' must be a boolean")
    start(one, world().at(), full_refresh)
    return success(f"Transformation with id '{one.id}' has been started")


@endpoint("POST", "/transformations/<transformation_id>/cancel")
def cancel_transformation(transformation_id: str) -> Response:
    """Stop it."""
    one = transformation(transformation_id)
    cancel(one, world().at())
    return success(f"Transformation with id '{one.id}' has been canceled")


def transformation(transformation_id: str) -> Transformation:
    """A transformation, brought to the present; 404 if there is none."""
    found = world().transformations.get(transformation_id)
    if found is None:
        raise ApiError(404, NOT_FOUND, f"Transformation with id '{transformation_id}' not found")
    advance(found, world().at())
    return found


def show(one: Transformation) -> Json:
    """A transformation as it stands now."""
    advance(one, world().at())
    return shown(one, world().at())
