"""Transformations: what users run once a sync has ended."""

from typing import TYPE_CHECKING

from shared.fivetran.answers import about, accepted, data
from shared.fivetran.endpoints.base import Endpoints
from shared.http.response import Answer
from shared.http.urls import path

if TYPE_CHECKING:
    from shared.fivetran.transformations.transformation import Transformation


class Transformations(Endpoints):
    """Endpoints below ``/transformations``; the list is in ``lists``."""

    def get_transformation(self, transformation_id: str) -> "Transformation":
        """``GET /transformations/{id}`` (Transformation Details)."""
        from shared.fivetran.transformations.transformation import Transformation  # every account has these methods

        answer = self.client.get(path("transformations", transformation_id))
        transformation = Transformation(data(answer, self.no_transformation(transformation_id)), answer)
        about(transformation_id, transformation.id, answer)
        return transformation

    def start_transformation(self, transformation_id: str, full_refresh: bool) -> Answer:
        """``POST /transformations/{id}/run`` (Run Transformation), never repeated: code and message, no run id.

        ``full_refresh`` is sent only where it is wanted.
        """
        body = {"full_refresh": True} if full_refresh else {}
        answer = self.client.write("POST", path("transformations", transformation_id, "run"), body)
        return accepted(answer, f"there is no transformation {transformation_id!r} any more")
