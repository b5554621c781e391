"""Create and change transformations and their dbt projects.

https://fivetran.com/docs/rest-api/api-reference/transformation-management
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.fivetran.answers import accepted, data
from shared.fivetran.api import Fivetran
from shared.fivetran.paging import Page, pages
from shared.http.response import Answer
from shared.http.urls import path
from shared.redaction import text_leaves

PROJECTS = "/transformation-projects"


class TransformationAdministration(Fivetran):
    """Endpoints that write below ``/transformations``, and those below ``/transformation-projects``."""

    def create_transformation(self, body: Mapping[str, Any]) -> Answer:
        """``POST /transformations``, answered with 201 and the transformation in ``data``.

        https://fivetran.com/docs/rest-api/api-reference/transformation-management/create-transformation
        """
        answer = self.client.write("POST", "/transformations", dict(body))
        data(answer, "FIVETRAN_PROJECT_ID or FIVETRAN_RUN_AFTER has an id that this key cannot see")
        return answer

    def update_transformation(self, transformation_id: str, changes: Mapping[str, Any]) -> Answer:
        """``PATCH /transformations/{id}``. ``data`` is the transformation after the change.

        https://fivetran.com/docs/rest-api/api-reference/transformation-management/update-transformation
        """
        answer = self.client.write("PATCH", path("transformations", transformation_id), dict(changes))
        data(answer, f"there is no transformation {transformation_id!r} any more")
        return answer

    def cancel_transformation(self, transformation_id: str) -> Answer:
        """``POST /transformations/{id}/cancel``. The answer has code and message.

        https://fivetran.com/docs/rest-api/api-reference/transformation-management/cancel-transformation
        """
        answer = self.client.write("POST", path("transformations", transformation_id, "cancel"))
        return accepted(answer, f"there is no transformation {transformation_id!r} any more")

    def list_projects(self) -> Iterator[Page]:
        """``GET /transformation-projects``: id, type, group_id, created_at, created_by_id. It has no filters.

        https://fivetran.com/docs/rest-api/api-reference/transformation-projects-management/list-all-transformation-projects
        """
        return pages(lambda page: self.client.get(PROJECTS, page))

    def get_project(self, project_id: str) -> Answer:
        """``GET /transformation-projects/{id}``: a row of the list, status, errors, setup_tests and project_config.

        https://fivetran.com/docs/rest-api/api-reference/transformation-projects-management/transformation-project-details
        """
        answer = self._without_variables(self.client.get(path("transformation-projects", project_id)))
        data(answer, f"there is no dbt project {project_id!r} that this key can see")
        return answer

    def create_project(self, body: Mapping[str, Any]) -> Answer:
        """``POST /transformation-projects``, answered with 201 and the details.

        https://fivetran.com/docs/rest-api/api-reference/transformation-projects-management/create-transformation-project
        With ``run_tests`` Fivetran reads the repository first, which may take minutes.
        """
        answer = self._without_variables(self.client.write("POST", PROJECTS, dict(body), slow=True))
        data(answer, "the group is not known")
        return answer

    def _without_variables(self, answer: Answer) -> Answer:
        """Return ``answer`` and register the values of dbt's environment variables as secret."""
        found = answer.json.get("data") if isinstance(answer.json, Mapping) else None
        config = found.get("project_config") if isinstance(found, Mapping) else None
        for secret in variable_values(config):
            self._hide(secret)
        return answer


def variable_values(config: Any) -> list[str]:
    """Return the values in ``environment_vars`` of a ``project_config``, which are written as ``DBT_NAME=value``."""
    variables = text_leaves(config.get("environment_vars")) if isinstance(config, Mapping) else []
    return text_leaves([one.partition("=")[2] for one in variables])
