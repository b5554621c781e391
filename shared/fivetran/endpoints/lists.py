"""Lists, and lookups in them. Lists are generators of pages and request a page only when it is used."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.errors import InvalidInput, SlipwayError, UnknownId
from shared.fivetran.answers import data
from shared.fivetran.endpoints.base import Endpoints
from shared.fivetran.paging import LARGEST_PAGE, Page, Read, pages, whole
from shared.http.response import Answer
from shared.http.urls import path
from shared.redaction import one_line


class Lists(Endpoints):
    """Endpoints that return pages of up to a thousand rows."""

    def list_connectors(
        self,
        group_id: str | None = None,
        schema: str | None = None,
        limit: int = LARGEST_PAGE,
        read: Read = whole,
    ) -> Iterator[Page]:
        """``GET /connections?group_id&schema``. ``Connector`` parses a row.

        https://fivetran.com/docs/rest-api/api-reference/connections/list-connections
        These are the API's only filters; ``schema`` must be exact. The legacy path of a group's connectors is
        ``/groups/{id}/connectors``. For an unknown group the answer may be 404 or an empty list, see ``find_group``.
        """
        where = self._connections
        query = {"group_id": group_id, "schema": schema}
        if self._legacy and group_id:
            where, query = path("groups", group_id, "connectors"), {"schema": schema}
        unknown = f"there is no group {group_id!r} that this key can see" if group_id else ""

        def get(page: dict[str, Any]) -> Answer:
            if read is not whole:  # it checks what it parses; see also ``hide_card``
                return self.client.get(where, {**query, **page}, checked=False)
            return self.without_card(self.client.get(where, {**query, **page}))

        return pages(get, unknown, limit, read)

    def list_groups(self) -> Iterator[Page]:
        """``GET /groups``: id, name, created_at. https://fivetran.com/docs/rest-api/api-reference/groups/list-all-groups"""
        return pages(lambda page: self.client.get("/groups", page))

    def list_connector_types(self) -> Iterator[Page]:
        """``GET /metadata/connector-types``, before the rename ``/metadata/connectors``.

        https://fivetran.com/docs/rest-api/api-reference/connector-metadata/metadata-connectors
        A row has id (the service), name, type, service_status, connector_class, links and supported features.
        """
        return pages(lambda page: self.client.get(self._types, page))

    def get_connector_type(self, service: str) -> Answer:
        """``GET /metadata/connector-types/{service}``: a row of the list, and ``config`` and optionally ``auth``.

        https://fivetran.com/docs/rest-api/api-reference/connector-metadata/metadata-connector-config
        Raise UnknownId with similar services.
        """
        answer = self.client.get(self._types + path(service))
        if answer.status == 404:
            data(answer, f"FIVETRAN_SERVICE {service!r} is no connector type{self.nearest_services(service)}")
        data(answer)
        return answer

    def nearest_services(self, service: str) -> str:
        """Return the end of a message about an unknown service: similar services, or where to find a list."""
        from difflib import get_close_matches

        try:
            types = [row.get("id") for page in self.list_connector_types() for row in page.items]
            known = [one for one in types if isinstance(one, str)]
        except SlipwayError:  # the service is unknown in any case
            known = []
        near = get_close_matches(service, known, 3)
        return f"; did you mean {one_line(' or '.join(near), 200)}?" if near else "; list_connector_types lists them"

    def list_transformations(self, group_id: str | None = None, project_id: str | None = None) -> Iterator[Page]:
        """``GET /transformations?group_id&project_id``. ``Transformation`` parses a row.

        https://fivetran.com/docs/rest-api/api-reference/transformation-management/transformations-list
        """
        query = {"group_id": group_id, "project_id": project_id}
        return pages(lambda page: self.client.get("/transformations", {**query, **page}))

    def get_destination(self, group_id: str) -> Answer:
        """``GET /destinations/{id}``. A destination has the id of its group.

        https://fivetran.com/docs/rest-api/api-reference/destinations/destination-details
        ``data.setup_status`` is connected, incomplete or broken. Nothing syncs unless it is connected.
        """
        answer = self.client.get(path("destinations", group_id))
        data(answer, f"there is no destination {group_id!r} that this key can see")
        return answer

    def find_group(self, wanted: str) -> Mapping[str, Any]:
        """Return the group with this id, else the only one with this name.

        Raise UnknownId with similar names, or InvalidInput with the ids if several groups have the name.
        """
        groups = [group for page in self.list_groups() for group in page.items if isinstance(group.get("id"), str)]
        found = [group for group in groups if group.get("id") == wanted]
        found = found or [group for group in groups if group.get("name") == wanted]
        shown = one_line(wanted, 100)
        if len(found) > 1:
            ids = ", ".join(sorted(str(group["id"]) for group in found))
            raise InvalidInput(f"FIVETRAN_GROUP_ID {shown!r} is the name of several groups; give one of the ids {ids}")
        if found:
            return found[0]
        from difflib import get_close_matches

        names = [str(group[key]) for group in groups for key in ("name", "id") if group.get(key)]
        near = " or ".join(get_close_matches(wanted, names, 2))
        hint = f"did you mean {one_line(near, 200)}?" if near else "list_groups shows those that there are"
        raise UnknownId(f"FIVETRAN_GROUP_ID {shown!r} names no group that this key can see; {hint}", vendor="Fivetran")
