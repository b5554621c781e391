"""Select connectors: one id, several ids, or a group's connectors that match patterns.

This module has settings only. The code for batches is imported if it is needed.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from shared.errors import Unreachable
from shared.fivetran.settings import QuotaSettings
from shared.redaction import one_line
from shared.settings.declaration import Problem, Settings, Variable
from shared.settings.kinds import GROUP, IDENTIFIERS, TEXT, number_between

if TYPE_CHECKING:
    from shared.fivetran.api import Fivetran


class GroupSettings(Settings):
    """The variable that selects a group."""

    group_id = Variable(
        "FIVETRAN_GROUP_ID", GROUP, "only this group: its id or its name; blank: the whole account", None
    )

    def group(self, api: "Fivetran") -> str | None:
        """Return the id of the selected group, None for the whole account."""
        return str(api.find_group(self.group_id)["id"]) if self.group_id else None


class FilterSettings(GroupSettings):
    """Filters of a list. The API filters by group and exact schema only; patterns are matched here."""

    service = Variable(
        "FIVETRAN_SERVICE",
        TEXT,
        "only connectors of this service, as in postgres or google_*",
        None,
    )
    schema = Variable(
        "FIVETRAN_SCHEMA",
        TEXT,
        "only connectors with this schema name, as in shop or sales_*",
        None,
    )

    @property
    def patterns(self) -> str:
        """The patterns that are given, in words."""
        given = {"FIVETRAN_SERVICE": self.service, "FIVETRAN_SCHEMA": self.schema}
        return " and ".join(f"{name} {one_line(value, 60)!r}" for name, value in given.items() if value)

    @property
    def exact_schema(self) -> str | None:
        """The schema if it is not a pattern, so that the API can filter by it."""
        return self.schema if self.schema and not any(one in self.schema for one in "*?[") else None

    def keeps(self, row: Mapping[str, Any]) -> bool:
        """Return whether the filters match a row of the list. Raise Unreachable if a needed field is absent."""
        return matches(self.service, row, "service") and matches(self.schema, row, "schema")


def matches(pattern: str | None, row: Mapping[str, Any], name: str) -> bool:
    """Return whether a row's field matches ``pattern`` (``*``, ``?``, ``[...]``; case-sensitive). None matches all.

    A null field matches nothing. Raise Unreachable if the field is absent or not a text.
    """
    if pattern is None:
        return True
    text = row.get(name)
    if name not in row or not (text is None or isinstance(text, str)):
        raise Unreachable(f"the API does not say its {name}, so no pattern can match it", vendor="Fivetran")
    return text is not None and (text == pattern or fnmatchcase(text, pattern))


class SelectionSettings(FilterSettings, QuotaSettings):
    """One connector or a batch. One id is a single run; several ids or a group are a batch."""

    needs_selection = True
    """False if a run without id and group is allowed."""
    connector_ids: Variable[tuple[str, ...] | None] = Variable(
        "FIVETRAN_CONNECTOR_ID", IDENTIFIERS, "the connector, as in speak_inexpensive; several: comma-separated", None
    )
    group_id = Variable(
        "FIVETRAN_GROUP_ID",
        GROUP,
        "instead of ids: the connectors of this group, given by its id or its name; FIVETRAN_SERVICE and "
        "FIVETRAN_SCHEMA narrow it",
        None,
    )
    concurrency = Variable(
        "FIVETRAN_CONCURRENCY", number_between(1, 64), "with several connectors: how many calls run at the same time", 8
    )

    @classmethod
    def needed(cls) -> frozenset[str]:
        return super().needed() | ({"connector_ids"} if cls.needs_selection else frozenset())

    @property
    def many(self) -> bool:
        """Whether this run is a batch."""
        return self.group_id is not None or len(self.connector_ids or ()) > 1

    @property
    def connector_id(self) -> str | None:
        """The only id, None if none or several are given."""
        ids = self.connector_ids or ()
        return ids[0] if len(ids) == 1 else None

    @property
    def only_id(self) -> str:
        """The id of a run that is not a batch."""
        (only,) = self.connector_ids or ()
        return only

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.connector_ids and self.group_id:
            text = (
                "and FIVETRAN_CONNECTOR_ID are both given; keep one of them (a group in a shared .env must not turn "
                "one connector into all of its group)"
            )
            yield Problem("FIVETRAN_GROUP_ID", text)
        if self.needs_selection and not self.connector_ids and not self.group_id:
            declared = type(self).connector_ids
            given = " and ".join(
                one.name for one in (FilterSettings.service, FilterSettings.schema) if self.values[one.field]
            )
            narrows = f"; {given} only narrows FIVETRAN_GROUP_ID" if given else ""
            yield Problem(declared.name, f"is required: {declared.help}{narrows}")
