"""A connector's schema configuration: https://fivetran.com/docs/rest-api/api-reference/connection-schema"""

from collections.abc import Mapping
from typing import Any

from shared.fivetran.answers import Unknown, accepted, data
from shared.fivetran.api import Fivetran
from shared.http.response import Answer
from shared.http.urls import path

NO_CONFIG = "NotFound_SchemaConfig"


class Schemas(Fivetran):
    """Endpoints below ``/connections/{id}/schemas``. Names in paths are quoted and case-sensitive."""

    def get_schemas(self, connector_id: str) -> Answer:
        """``GET .../schemas``. ``SchemaConfig`` parses ``data``, which lists only columns that somebody has set.

        Raise UnknownId before the first sync or reload, when there is no configuration yet.
        """
        answer = self.client.get(self._schemas(connector_id))
        data(answer, self._unknown(answer, connector_id))
        return answer

    def get_columns(self, connector_id: str, schema: str, table: str) -> Answer:
        """``GET .../schemas/{schema}/tables/{table}/columns``: all columns of a table, in ``data.columns``.

        https://fivetran.com/docs/rest-api/api-reference/connection-schema/connection-column-config
        Fivetran reads the source, so this is slow, rate limited, and answered with 400 unless the setup works.
        """
        where = self._schemas(connector_id) + path(schema, "tables", table, "columns")
        answer = self.client.get(where, slow=True)
        data(answer, f"{connector_id} has no table {schema}.{table} in its source")
        return answer

    def update_schemas(self, connector_id: str, patch: Mapping[str, Any]) -> Answer:
        """``PATCH .../schemas``: merges a patch. The answer has the whole configuration.

        https://fivetran.com/docs/rest-api/api-reference/connection-schema/modify-connection-schema-config
        409 (RequestRefused) means that somebody else changed it at the same time: read it and try again. Fivetran
        first stops a running sync, which takes up to a minute.
        """
        answer = self.client.write("PATCH", self._schemas(connector_id), dict(patch), slow=True)
        return accepted(answer, self._unknown(answer, connector_id))

    def reload_schemas(self, connector_id: str, exclude_mode: str) -> Answer:
        """``POST .../schemas/reload``: Fivetran reads the source's schemas, which may take minutes.

        ``exclude_mode``: PRESERVE keeps what is enabled, INCLUDE enables every table, EXCLUDE disables every one.
        """
        where = self._schemas(connector_id) + "/reload"
        answer = self.client.write("POST", where, {"exclude_mode": exclude_mode}, slow=True)
        data(answer, self.no_connector(connector_id))
        return answer

    def _schemas(self, connector_id: str) -> str:
        return self._connections + path(connector_id, "schemas")

    def _unknown(self, answer: Answer, connector_id: str) -> Unknown:
        """Return the message of a 404, which may also mean that there is no configuration yet."""
        if isinstance(answer.json, Mapping) and answer.json.get("code") == NO_CONFIG:
            return f"{connector_id} has no schema configuration yet; run reload_schemas, or wait for its first sync"
        return self.no_connector(connector_id)
