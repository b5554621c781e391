"""Endpoints of transformation projects.

Documented at https://fivetran.com/docs/rest-api/api-reference/transformation-projects-management.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response

from emulator.clock import stamp_text
from emulator.fivetran.api import INVALID, NOT_FOUND, ApiError, Json, body, current_account, endpoint, page, success
from emulator.fivetran.generated_connections import names
from emulator.fivetran.groups import group
from emulator.fivetran.transformation import Project

REQUIRED = ("git_remote_url", "dbt_version", "default_schema")
DEFAULTS: Json = {"git_branch": "main", "folder_path": "", "target_name": "prod", "threads": 4}


@endpoint("GET", "/transformation-projects")
def list_projects() -> Response:
    """List all projects."""
    rows = list(current_account().projects.values())
    return success("Transformation projects list retrieved successfully", page(rows, project_row))


@endpoint("GET", "/transformation-projects/<project_id>")
def project_details(project_id: str) -> Response:
    """Show a project. A project that is not READY cannot run."""
    return success(None, details(project(project_id)))


@endpoint("POST", "/transformation-projects")
def create_project() -> Response:
    """Create a project. Tests that run at once fail, because the repository does not accept the new key yet."""
    given = body(required=True)
    if given.get("type") != "DBT_CORE":
        raise invalid("type", "must be DBT_CORE")
    if not isinstance(given.get("group_id"), str):
        raise invalid("group_id", "is required")
    config = given.get("project_config")
    if not isinstance(config, dict):
        raise invalid("project_config", "is required and must be an object")
    for name in REQUIRED:
        if not isinstance(config.get(name), str) or not config[name]:
            raise invalid(f"project_config.{name}", "is required")
    check_optional(config)
    is_tested = given.get("run_tests", False)
    if not isinstance(is_tested, bool):
        raise invalid("run_tests", "must be a boolean")
    account = current_account()
    key = f"ssh-rsa {secrets.token_urlsafe(64)} fivetran"
    one = Project(
        next(name for name in names() if name not in account.projects),
        group(given["group_id"]).id,
        account.at().stamp(account.clock.now()),
        status="NOT_READY",
        project_config={**DEFAULTS, **config, "public_key": key},
    )
    if is_tested:
        one.status, one.errors = "ERROR", ["Permission denied (publickey)"]
        one.setup_tests = [{"title": "Clone repository", "status": "FAILED", "message": one.errors[0], "details": {}}]
    account.projects[one.id] = one
    return success("Transformation project has been created", details(one), status=201)


def check_optional(config: Json) -> None:
    """Raise a 400 for an optional field of a wrong type, or a variable whose name does not begin with DBT_."""
    for name in ("git_branch", "folder_path", "target_name"):
        if not isinstance(config.get(name, ""), str):
            raise invalid(f"project_config.{name}", "must be a text")
    if type(config.get("threads", 1)) is not int:
        raise invalid("project_config.threads", "must be a number")
    variables: Any = config.get("environment_vars", [])
    if not isinstance(variables, list) or not all(isinstance(one, str) and one.startswith("DBT_") for one in variables):
        raise invalid("project_config.environment_vars", "must be a list of texts that begin with DBT_")


def invalid(name: str, why: str) -> ApiError:
    """Return the 400 that names a field."""
    return ApiError(400, INVALID, f"Field '{name}' {why}")


def project(project_id: str) -> Project:
    """Return a project, or raise a 404."""
    found = current_account().projects.get(project_id)
    if found is None:
        raise ApiError(404, NOT_FOUND, f"Transformation project with id '{project_id}' not found")
    return found


def project_row(one: Project) -> Json:
    """Return a project's row in a list."""
    return {
        "id": one.id,
        "type": "DBT_CORE",
        "created_at": stamp_text(one.created_at),
        "created_by_id": one.created_by_id,
        "group_id": one.group_id,
    }


def details(one: Project) -> Json:
    """Return a project as its details show it."""
    found = {**project_row(one), "status": one.status, "errors": one.errors, "project_config": one.project_config}
    return found if one.setup_tests is None else {**found, "setup_tests": one.setup_tests}
