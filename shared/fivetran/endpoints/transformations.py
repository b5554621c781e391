"""Transformations, which run on the data of a finished sync."""

from typing import TYPE_CHECKING

from shared.fivetran.answers import about, accepted, data
from shared.fivetran.endpoints.base import Endpoints
from shared.http.response import Answer
from shared.http.urls import path

if TYPE_CHECKING:
    from shared.fivetran.transformations.transformation import Transformation


class Transformations(Endpoints):
    """Endpoints below ``/transformations``. Their list is in ``Lists``."""

    def get_transformation(self, transformation_id: str) -> "Transformation":
        """``GET /transformations/{id}``: https://fivetran.com/docs/rest-api/api-reference/transformation-management/transformation-details"""
        from shared.fivetran.transformations.transformation import Transformation  # imported late: few runs need it

        answer = self.client.get(path("transformations", transformation_id))
        transformation = Transformation(data(answer, self.no_transformation(transformation_id)), answer)
        about(transformation_id, transformation.id, answer)
        return transformation

    def start_transformation(self, transformation_id: str, full_refresh: bool) -> Answer:
        """``POST /transformations/{id}/run``, never repeated. The answer has code and message, but no run id.

        https://fivetran.com/docs/rest-api/api-reference/transformation-management/run-transformation
        ``full_refresh`` is sent only if it is true.
        """
        body = {"full_refresh": True} if full_refresh else {}
        answer = self.client.write("POST", path("transformations", transformation_id, "run"), body)
        return accepted(answer, f"there is no transformation {transformation_id!r} any more")
