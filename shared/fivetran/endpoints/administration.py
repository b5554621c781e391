"""Creating, deleting, authorizing and re-syncing connectors."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.fivetran.answers import accepted, data
from shared.fivetran.api import Fivetran
from shared.http.response import Answer
from shared.http.urls import path


class Administration(Fivetran):
    """Endpoints that make a connector, end it, or start it over."""

    def create_connector(self, body: Mapping[str, Any]) -> Answer:
        """``POST /connections`` (Create a Connection), answered with 201 and the connection in ``data``.

        Also where its setup tests fail: then ``data.setup_tests[]`` and ``data.status.setup_state`` say so. ``data``
        has token and URI of the Connect Card where ``connect_card_config`` was sent: keep them private.
        """
        answer = self.client.write("POST", self._connections, dict(body), slow=bool(body.get("run_setup_tests", True)))
        data(answer, "the group or the service is not known")
        return answer

    def delete_connector(self, connector_id: str) -> Answer:
        """``DELETE /connections/{id}`` (Delete a Connection): code and message, or 204 without a body."""
        answer = self.client.write("DELETE", self._connections + path(connector_id))
        return answer if answer.status == 204 else accepted(answer, self.no_longer(connector_id))

    def create_connect_card(self, connector_id: str, config: Mapping[str, Any]) -> Answer:
        """``POST /connections/{id}/connect-card`` (Connect Card).

        ``config`` has redirect_uri, and maybe hide_setup_guide and all_fields. ``data.connect_card`` is token and URI,
        good for a day and for anybody who has them: keep them private.
        """
        body = {"connect_card_config": dict(config)}
        answer = self.client.write("POST", self._connections + path(connector_id, "connect-card"), body)
        data(answer, self.no_connector(connector_id))
        return answer

    def resync_connector(self, connector_id: str, scope: Mapping[str, Sequence[str]] | None) -> Answer:
        """``POST /connections/{id}/resync`` (Re-sync Connection Data), never repeated: a historical sync.

        ``scope`` is tables by schema, None everything. A sync that is running is completed first; where that fails
        the answer is 409 (RequestRefused). On a paused connector it is queued until that is resumed.
        """
        body = {} if scope is None else {"scope": {schema: list(tables) for schema, tables in scope.items()}}
        answer = self.client.write("POST", self._connections + path(connector_id, "resync"), body)
        return accepted(
            answer, self.no_connector(connector_id, "" if scope is None else "FIVETRAN_SCOPE names no table of it")
        )
