"""Endpoints that create, change and delete transformations.

Documented at https://fivetran.com/docs/rest-api/api-reference/transformation-management/create-transformation.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from emulator.fivetran.api import INVALID, ApiError, Json, body, current_account, endpoint, success
from emulator.fivetran.generated_connections import names
from emulator.fivetran.projects import invalid, project
from emulator.fivetran.transformation import TYPES, Transformation
from emulator.fivetran.transformations import show, transformation

SCHEDULE_TYPES = ("INTEGRATED", "TIME_OF_DAY", "INTERVAL", "CRON")
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
HALF_HOUR = re.compile(r"([01]\d|2[0-3]):[03]0")


@endpoint("POST", "/transformations")
def create_transformation() -> Response:
    """Create a transformation of a dbt project, or of a Quickstart package. Its status is NEW until it runs."""
    given = body(required=True)
    kind = given.get("type")
    if kind not in TYPES:
        raise invalid("type", f"must be one of {', '.join(TYPES)}")
    config, group_id = checked_config(kind, given.get("transformation_config"))
    schedule = checked_schedule(kind, given.get("schedule"))
    paused = flag("paused", given.get("paused", False))
    account = current_account()
    one = Transformation(
        next(name for name in names() if name not in account.transformations),
        kind,
        paused=paused,
        created_at=account.at().stamp(account.clock.now()),
        group_id=group_id,
        project_id=config.get("project_id"),
        schedule=schedule,
        transformation_config=config,
    )
    account.transformations[one.id] = one
    return success("Transformation created successfully", show(one), status=201)


@endpoint("PATCH", "/transformations/<transformation_id>")
def update_transformation(transformation_id: str) -> Response:
    """Change the given fields of a transformation: `paused`, `schedule`, `transformation_config`."""
    one = transformation(transformation_id)
    given = body(required=True)
    changes: Json = {}
    if "paused" in given:
        changes["paused"] = flag("paused", given["paused"])
    if "schedule" in given:
        changes["schedule"] = checked_schedule(one.type, given["schedule"])
    if "transformation_config" in given:
        merged = {**one.transformation_config, **an_object("transformation_config", given["transformation_config"])}
        changes["transformation_config"], _ = checked_config(one.type, merged)
    if not changes:
        raise ApiError(400, INVALID, "No update parameters specified")
    for key, value in changes.items():
        setattr(one, key, value)
    return success("Transformation updated successfully", show(one))


@endpoint("DELETE", "/transformations/<transformation_id>")
def delete_transformation(transformation_id: str) -> Response:
    """Delete a transformation."""
    del current_account().transformations[transformation(transformation_id).id]
    return success(f"Transformation with id '{transformation_id}' has been deleted")


def checked_config(kind: str, given: Any) -> tuple[Json, str]:
    """Return a valid `transformation_config` and the group that it belongs to."""
    config = an_object("transformation_config", given)
    if kind == "DBT_CORE":
        steps = config.get("steps")
        commands = [one.get("command") if isinstance(one, dict) else None for one in members(steps)]
        if not commands or not all(isinstance(one, str) and one for one in commands):
            raise invalid("transformation_config.steps", "must list at least one step with a command")
        return config, project(str(config.get("project_id"))).group_id
    if not isinstance(config.get("package_name"), str):
        raise invalid("transformation_config.package_name", "is required")
    used = connections_of(config.get("connection_ids"), "transformation_config.connection_ids")
    return config, current_account().connectors[used[0]].group_id


def checked_schedule(kind: str, given: Any) -> Json:
    """Return a valid `schedule`. An integrated one follows the syncs of its connections."""
    schedule = an_object("schedule", given)
    how = schedule.get("schedule_type")
    if how not in SCHEDULE_TYPES:
        raise invalid("schedule.schedule_type", f"must be one of {', '.join(SCHEDULE_TYPES)}")
    flag("schedule.smart_syncing", schedule.get("smart_syncing", False))
    if "connection_ids" in schedule and kind == "QUICKSTART":
        raise invalid("schedule.connection_ids", "is not expected for QUICKSTART transformations")
    if "connection_ids" in schedule or (how == "INTEGRATED" and kind == "DBT_CORE"):
        connections_of(schedule.get("connection_ids"), "schedule.connection_ids")
    others = texts(schedule.get("transformation_ids", []), "schedule.transformation_ids")
    if any(one not in current_account().transformations for one in others):
        raise invalid("schedule.transformation_ids", "names an unknown transformation")
    if any(one not in DAYS for one in texts(schedule.get("days_of_week", []), "schedule.days_of_week")):
        raise invalid("schedule.days_of_week", f"may have {', '.join(DAYS)}")
    for name, of_type in (("time_of_day", "TIME_OF_DAY"), ("interval", "INTERVAL"), ("cron", "CRON")):
        if name in schedule or how == of_type:
            check_time(name, schedule.get(name))
    return schedule


def check_time(name: str, given: Any) -> None:
    """Raise a 400 for an invalid time, interval or cron expression."""
    if name == "time_of_day" and not (isinstance(given, str) and HALF_HOUR.fullmatch(given)):
        raise invalid("schedule.time_of_day", "must be a full or half hour")
    if name == "interval" and not (type(given) is int and given > 0):
        raise invalid("schedule.interval", "must be a number of minutes")
    if name == "cron" and not texts(given, "schedule.cron"):
        raise invalid("schedule.cron", "must list at least one expression")


def connections_of(given: Any, name: str) -> list[str]:
    """Return the ids of existing connections, at least one."""
    found = texts(given, name)
    if not found or any(one not in current_account().connectors for one in found):
        raise invalid(name, "must name existing connections")
    return found


def texts(given: Any, name: str) -> list[str]:
    """Return a list of different texts, or raise a 400."""
    found = members(given)
    if not isinstance(given, list) or not all(isinstance(one, str) for one in found) or len(set(found)) < len(found):
        raise invalid(name, "must be a list of different texts")
    return found


def members(given: Any) -> list[Any]:
    """Return a list unchanged, and [] for anything else."""
    return given if isinstance(given, list) else []


def an_object(name: str, given: Any) -> Json:
    """Return a JSON object, or raise a 400."""
    if not isinstance(given, dict):
        raise invalid(name, "is required and must be an object")
    return given


def flag(name: str, given: Any) -> bool:
    """Return a boolean, or raise a 400."""
    if not isinstance(given, bool):
        raise invalid(name, "must be a boolean")
    return given
