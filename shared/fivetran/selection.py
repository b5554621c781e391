"""Which connectors a run is about: one, several ids, or those of a group that match patterns.

Declarations only: the machinery for many is imported where there are many.
"""

from collections.abc import Iterator

from shared.fivetran.settings import QuotaSettings
from shared.kinds import IDENTIFIERS, TEXT, number_between
from shared.settings import Problem, Variable


class SelectionSettings(QuotaSettings):
    """One connector or many. One id is a run as it always was; everything else is a fleet."""

    needs_selection = True
    """False where nothing given means something of its own."""
    connector_ids: Variable[tuple[str, ...] | None] = Variable(
        "FIVETRAN_CONNECTOR_ID", IDENTIFIERS, "the connector, as in speak_inexpensive; several: comma-separated", None
    )
    group = Variable(
        "FIVETRAN_GROUP_ID", TEXT, "instead of ids: the connectors of this group, given by its id or its name", None
    )
    service = Variable(
        "FIVETRAN_SERVICE", TEXT, "with a group: only connectors of this service, as in postgres or google_*", None
    )
    schema = Variable(
        "FIVETRAN_SCHEMA", TEXT, "with a group: only connectors with this schema name, as in shop or sales_*", None
    )
    concurrency = Variable(
        "FIVETRAN_CONCURRENCY", number_between(1, 64), "with several connectors: how many calls go side by side", 8
    )

    @property
    def many(self) -> bool:
        """Whether this run is about a fleet."""
        return self.group is not None or len(self.connector_ids or ()) > 1

    @property
    def connector_id(self) -> str | None:
        """The one id, None where none or several are given."""
        ids = self.connector_ids or ()
        return ids[0] if len(ids) == 1 else None

    @property
    def only_id(self) -> str:
        """The one id of a run that is about one."""
        assert self.connector_id is not None, "asked for in a run about many"
        return self.connector_id

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.connector_ids and self.group:
            text = (
                "and FIVETRAN_CONNECTOR_ID are both given; keep one of them (a group in a shared .env must not turn "
                "one connector into all of its group)"
            )
            yield Problem("FIVETRAN_GROUP_ID", text)
        if self.needs_selection and not self.connector_ids and not self.group:
            declared = type(self).connector_ids
            yield Problem(declared.name, f"is required: {declared.help}")
