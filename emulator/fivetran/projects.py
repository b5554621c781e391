"""Endpoints of transformation projects, which are created in the dashboard or by calls that are not emulated.

Documented at https://fivetran.com/docs/rest-api/api-reference/transformation-projects-management.
"""

from __future__ import annotations

from flask import Response

from emulator.clock import stamp_text
from emulator.fivetran.api import NOT_FOUND, ApiError, Json, current_account, endpoint, page, success
from emulator.fivetran.transformation import Project


@endpoint("GET", "/transformation-projects")
def list_projects() -> Response:
    """List all projects."""
    rows = list(current_account().projects.values())
    return success("Transformation projects list retrieved successfully", page(rows, project_row))


@endpoint("GET", "/transformation-projects/<project_id>")
def project_details(project_id: str) -> Response:
    """Show a project. A project that is not READY cannot run."""
    one = project(project_id)
    git = {"git_remote_url": "git@example.com:analytics/dbt.git", "git_branch": "main", "folder_path": ""}
    settings = {"dbt_version": "1.9.4", "default_schema": "dbt", "target_name": "prod", "threads": 4}
    data = {**project_row(one), "status": one.status, "errors": [], "project_config": {**git, **settings}}
    return success(None, data)


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
