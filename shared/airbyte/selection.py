"""Select connections: one id, several ids, or those of a workspace that match a name and a tag.

This module has settings only. The code for batches is imported if it is needed.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from shared.airbyte.job import Connection
from shared.airbyte.job_settings import JobSettings
from shared.airbyte.names import NameSettings
from shared.airbyte.settings import UUID, WORKSPACE
from shared.redaction import one_line
from shared.settings.declaration import Problem, Variable
from shared.settings.kinds import TEXT, Kind, number_between


def _uuids(text: str) -> tuple[str, ...]:
    ids = tuple(UUID.parse(part) for part in re.split(r"[,;\s]+", text) if part)
    if not ids:
        raise ValueError("has no id; give one, or several with commas between them")
    if twice := [one for one in dict.fromkeys(ids) if ids.count(one) > 1]:
        raise ValueError(f"names {', '.join(twice[:5])} more than once; give each id once")
    return ids


UUIDS = Kind("UUID or UUIDs", _uuids, within=UUID.within)


class SelectionSettings(NameSettings):
    """One connection or a batch. One id is a single run; several ids, a name pattern or a tag are a batch."""

    connection_ids: Variable[tuple[str, ...] | None] = Variable(
        "AIRBYTE_CONNECTION_ID", UUIDS, "the connection, from the address of its page; several: comma-separated", None
    )
    workspace_id = Variable(
        "AIRBYTE_WORKSPACE_ID",
        WORKSPACE,
        "the workspace that names and tags select from; the public API has all of them if it is not given",
        None,
    )
    name = Variable(
        "AIRBYTE_NAME", TEXT, "instead of ids: the connections with this name, as in Postgres* (* for all)", None
    )
    tag = Variable("AIRBYTE_TAG", TEXT, "instead of ids: the connections that have this tag", None)
    concurrency = Variable(
        "AIRBYTE_CONCURRENCY", number_between(1, 64), "with several connections: how many calls run at the same time", 8
    )

    @property
    def selects(self) -> bool:
        return bool(self.patterns)

    @property
    def many(self) -> bool:
        """Whether this run is a batch. A workspace alone selects nothing: it only limits names and tags."""
        return bool(self.patterns) or len(self.connection_ids or ()) > 1

    @property
    def connection_id(self) -> str | None:
        """The only id, None if none or several are given."""
        ids = self.connection_ids or ()
        return ids[0] if len(ids) == 1 else None

    @property
    def patterns(self) -> str:
        """The name pattern and the tag that are given, in words."""
        given = {"AIRBYTE_NAME": self.name, "AIRBYTE_TAG": self.tag}
        return " and ".join(f"{name} {one_line(value, 60)!r}" for name, value in given.items() if value)

    def keeps(self, connection: Connection) -> bool:
        """Return whether a connection has the name (``*``, ``?``, ``[...]``; case-sensitive) and the tag."""
        named = self.name is None or connection.name == self.name or fnmatchcase(connection.name, self.name)
        return named and (self.tag is None or self.tag in connection.tags)

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if self.connection_ids and self.patterns:
            given = "AIRBYTE_NAME" if self.name else "AIRBYTE_TAG"
            yield Problem(given, "and AIRBYTE_CONNECTION_ID are both given; keep one of them")
        if self.connection_name and self.patterns:
            yield Problem("AIRBYTE_CONNECTION_NAME", f"and {self.patterns} are both given; keep one of them")
        if self.patterns and not self.workspace_id and not self.server.public:
            yield Problem("AIRBYTE_WORKSPACE_ID", "is required on the Configuration API, which lists one workspace")


class TriggerSettings(JobSettings, SelectionSettings):
    """Trigger one connection or a batch. A batch only starts syncs."""

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        if not self.many:
            return
        if self.job_type != "sync":
            yield Problem("AIRBYTE_JOB_TYPE", f"{self.job_type} is for one connection; several can only sync")
        if self.on_stop == "cancel":
            yield Problem("AIRBYTE_ON_STOP", "cancel is for one connection; the jobs of several always go on")
