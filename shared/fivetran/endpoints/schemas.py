"""A connector's schema configuration: which schemas, tables and columns are synced, and how."""

from collections.abc import Mapping
from typing import Any

from shared.fivetran.answers import Unknown, accepted, data
from shared.fivetran.api import Fivetran
from shared.http.response import Answer
from shared.http.urls import path

NO_CONFIG = "NotFound_SchemaConfig"


class Schemas(Fivetran):
    """Endpoints below ``/connections/{id}/schemas``. A name in a path is quoted whole; its case counts."""

    def get_schemas(self, connector_id: str) -> Answer:
        """``GET .../schemas`` (Retrieve a Connection Schema Config): ``data`` is what ``SchemaConfig`` reads.

        Of the columns only those that somebody has ever set are in it. Before the first sync or reload there is none:
        UnknownId, which says so.
        """
        answer = self.client.get(self._schemas(connector_id))
        data(answer, self._unknown(answer, connector_id))
        return answer

    def get_columns(self, connector_id: str, schema: str, table: str) -> Answer:
        """``GET .../schemas/{schema}/tables/{table}/columns``: all of a table's columns, in ``data.columns``.

        Asks the source, so it is slow, rate limited, and works on connected connectors only (400 else).
        """
        where = self._schemas(connector_id) + path(schema, "tables", table, "columns")
        answer = self.client.get(where, slow=True)
        data(answer, f"{connector_id} has no table {schema}.{table} in its source")
        return answer

    def update_schemas(self, connector_id: str, patch: Mapping[str, Any]) -> Answer:
        """``PATCH .../schemas`` (Update a Connection Schema Config): a merge, answered with the whole of it.

        409 (RequestRefused) where somebody else has just changed it: read again and repeat. A running sync is stopped
        first, which takes up to a minute.
        """
        answer = self.client.write("PATCH", self._schemas(connector_id), dict(patch), slow=True)
        return accepted(answer, self._unknown(answer, connector_id))

    def reload_schemas(self, connector_id: str, exclude_mode: str) -> Answer:
        """``POST .../schemas/reload`` (Reload a Connection Schema Config): reads the source, which takes minutes.

        ``exclude_mode``: PRESERVE keeps what is enabled, INCLUDE enables every table, EXCLUDE disables every one.
        """
        where = self._schemas(connector_id) + "/reload"
        answer = self.client.write("POST", where, {"exclude_mode": exclude_mode}, slow=True)
        data(answer, self.no_connector(connector_id))
        return answer

    def _schemas(self, connector_id: str) -> str:
        return self._connections + path(connector_id, "schemas")

    def _unknown(self, answer: Answer, connector_id: str) -> Unknown:
        """A 404 here may also mean that there is no configuration yet."""
        if isinstance(answer.json, Mapping) and answer.json.get("code") == NO_CONFIG:
            return f"{connector_id} has no schema configuration yet; run reload_schemas, or wait for its first sync"
        return self.no_connector(connector_id)
