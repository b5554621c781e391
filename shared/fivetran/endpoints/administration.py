"""Create, delete, authorize and re-sync connectors: https://fivetran.com/docs/rest-api/api-reference/connections"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.fivetran.answers import accepted, data
from shared.fivetran.api import Fivetran
from shared.http.response import Answer
from shared.http.urls import path


class Administration(Fivetran):
    """Endpoints that create, delete or re-sync a connector."""

    def create_connector(self, body: Mapping[str, Any]) -> Answer:
        """``POST /connections``, answered with 201 and the connection in ``data``, even if its setup tests fail.

        https://fivetran.com/docs/rest-api/api-reference/connections/create-connection
        ``data.setup_tests[]`` and ``data.status.setup_state`` have the outcome of the tests. With
        ``connect_card_config`` ``data`` has token and URI of the Connect Card: keep them private.
        """
        answer = self.client.write("POST", self._connections, dict(body), slow=bool(body.get("run_setup_tests", True)))
        data(answer, "the group or the service is not known")
        return answer

    def delete_connector(self, connector_id: str) -> Answer:
        """``DELETE /connections/{id}``, answered with code and message, or with 204 and no body.

        https://fivetran.com/docs/rest-api/api-reference/connections/delete-connection
        """
        answer = self.client.write("DELETE", self._connections + path(connector_id))
        return answer if answer.status == 204 else accepted(answer, self.no_longer(connector_id))

    def create_connect_card(self, connector_id: str, config: Mapping[str, Any]) -> Answer:
        """``POST /connections/{id}/connect-card``: https://fivetran.com/docs/rest-api/api-reference/connections/connect-card

        ``config`` has redirect_uri and optionally hide_setup_guide and all_fields. ``data.connect_card`` has token and
        URI. Anybody can use them for a day, so keep them private.
        """
        body = {"connect_card_config": dict(config)}
        answer = self.client.write("POST", self._connections + path(connector_id, "connect-card"), body)
        data(answer, self.no_connector(connector_id))
        return answer

    def resync_connector(self, connector_id: str, scope: Mapping[str, Sequence[str]] | None) -> Answer:
        """``POST /connections/{id}/resync``, never repeated: a historical sync.

        https://fivetran.com/docs/rest-api/api-reference/connections/resync-connection
        ``scope`` has tables by schema; None means everything. Fivetran first completes a running sync; if that fails,
        the answer is 409 (RequestRefused). A paused connector starts the re-sync after it was resumed.
        """
        body = {} if scope is None else {"scope": {schema: list(tables) for schema, tables in scope.items()}}
        answer = self.client.write("POST", self._connections + path(connector_id, "resync"), body)
        return accepted(
            answer, self.no_connector(connector_id, "" if scope is None else "FIVETRAN_SCOPE names no table of it")
        )
