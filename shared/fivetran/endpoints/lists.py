"""Lists: connectors, groups. Each is a generator of pages; nothing is asked for before the first is wanted."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.errors import InvalidInput, UnknownId
from shared.fivetran.endpoints.base import Endpoints
from shared.fivetran.paging import Page, pages
from shared.http import path
from shared.redaction import one_line


class Lists(Endpoints):
    """Endpoints that answer with pages of a thousand."""

    def list_connectors(self, group_id: str | None = None, schema: str | None = None) -> Iterator[Page]:
        """``GET /connections?group_id&schema`` (List All Connections); a row is what ``Connector`` reads.

        The API knows only these two filters, ``schema`` exactly. Before the rename a group's connectors were under
        ``/groups/{id}/connectors``. A group that there is not may be a 404 or an empty list: see ``find_group``.
        """
        where = self._connections
        query = {"group_id": group_id, "schema": schema}
        if self._legacy and group_id:
            where, query = path("groups", group_id, "connectors"), {"schema": schema}
        unknown = f"there is no group {group_id!r} that this key can see" if group_id else ""
        return pages(lambda page: self.client.get(where, {**query, **page}), unknown)

    def list_groups(self) -> Iterator[Page]:
        """``GET /groups`` (List All Groups); a row has id, name, created_at."""
        return pages(lambda page: self.client.get("/groups", page))

    def find_group(self, wanted: str) -> Mapping[str, Any]:
        """The group with this id, else the only one with this name.

        Raises UnknownId with the nearest names, or InvalidInput with the ids where the name is not unique.
        """
        groups = [group for page in self.list_groups() for group in page.items]
        found = [group for group in groups if group.get("id") == wanted]
        found = found or [group for group in groups if group.get("name") == wanted]
        shown = one_line(wanted, 100)
        if len(found) > 1:
            ids = ", ".join(sorted(str(group.get("id")) for group in found))
            raise InvalidInput(f"FIVETRAN_GROUP_ID {shown!r} is the name of several groups; give one of the ids {ids}")
        if found:
            return found[0]
        from difflib import get_close_matches

        names = [str(group.get(key)) for group in groups for key in ("name", "id")]
        near = " or ".join(get_close_matches(wanted, names, 2))
        hint = f"did you mean {one_line(near, 200)}?" if near else "list_groups shows those that there are"
        raise UnknownId(f"Fivetran: FIVETRAN_GROUP_ID {shown!r} names no group that this key can see; {hint}")
