"""Delete a connector. After a lost answer, read whether the connector still exists."""

from shared.confirmation import find_after
from shared.errors import NotArrived, UnknownId, Unreachable
from shared.fivetran.endpoints.administration import Administration
from shared.http.response import Answer
from shared.program.run import Run


def delete(run: Run, api: Administration, connector_id: str) -> Answer:
    """Delete once. After a lost answer it is a success if the connector no longer exists."""
    try:
        return api.delete_connector(connector_id)
    except NotArrived:
        raise
    except Unreachable as error:
        if answer := find_after(error, run, api, lambda api: _answer_if_gone(api, connector_id)):
            return answer
        raise


def _answer_if_gone(api: Administration, connector_id: str) -> Answer | None:
    """Return the answer that says that the connector is unknown, None while it exists."""
    try:
        api.get_connector(connector_id)
    except UnknownId as unknown:
        return unknown.answer
    return None
