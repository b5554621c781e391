"""Deleting a connector: where the answer was lost, the connector tells whether it is gone."""

from shared.confirmation import find_after
from shared.errors import NotArrived, UnknownId, Unreachable
from shared.fivetran.endpoints.administration import Administration
from shared.http.response import Answer
from shared.program.run import Run


def delete(run: Run, api: Administration, connector_id: str) -> Answer:
    """Delete, once. Raises what ``delete_connector`` raises; a connector that is gone all the same is a success."""
    try:
        return api.delete_connector(connector_id)
    except NotArrived:
        raise
    except Unreachable as error:
        if answer := find_after(error, run, api, lambda api: _gone(api, connector_id)):
            return answer
        raise


def _gone(api: Administration, connector_id: str) -> Answer | None:
    """The answer that says so, None while the connector is there."""
    try:
        api.get_connector(connector_id)
    except UnknownId as unknown:
        return unknown.answer
    return None
