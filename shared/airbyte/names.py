"""Select a connection by its name, because ids differ between environments."""

from collections.abc import Iterator

from shared.airbyte.api import Api
from shared.airbyte.record import JOB
from shared.airbyte.settings import WORKSPACE, AirbyteSettings
from shared.errors import InvalidInput, SlipwayError, UnknownId
from shared.program.run import Run
from shared.redaction import one_line
from shared.settings.declaration import Problem, Variable
from shared.settings.kinds import TEXT

ID_FIELDS = ("connection_id", "connection_ids")


class NameSettings(AirbyteSettings):
    """A connection's name instead of its id, for all blueprints that take one."""

    needs_selection = False
    """True if one of the two is required."""
    connection_name = Variable(
        "AIRBYTE_CONNECTION_NAME",
        TEXT,
        "instead of the id: the connection's name, where ids differ between environments",
        None,
    )
    workspace_id = Variable(
        "AIRBYTE_WORKSPACE_ID",
        WORKSPACE,
        "the workspace in which a connection is searched by its name; the Configuration API needs it for that",
        None,
    )

    @property
    def selects(self) -> bool:
        """Whether something other than an id or a name selects connections."""
        return False

    @classmethod
    def needed(cls) -> frozenset[str]:
        return super().needed() | (set(ID_FIELDS) if cls.needs_selection else frozenset())

    def cross_check(self) -> Iterator[Problem]:
        yield from super().cross_check()
        has_id = any(self.values.get(field) for field in ID_FIELDS)
        if not self.connection_name:
            if self.needs_selection and not has_id and not self.selects:
                declared = next(one for one in self.variables() if one.field in ID_FIELDS)
                yield Problem(declared.name, f"is required (or AIRBYTE_CONNECTION_NAME): {declared.help}")
            return
        if has_id:
            yield Problem("AIRBYTE_CONNECTION_NAME", "and AIRBYTE_CONNECTION_ID are both given; keep one of them")
        if not self.workspace_id and not self.server.public:
            text = "is required with AIRBYTE_CONNECTION_NAME on the Configuration API, which lists one workspace"
            yield Problem("AIRBYTE_WORKSPACE_ID", text)


def id_to_trigger(run: Run, api: Api, settings: NameSettings) -> str:
    """Return the id of the named connection. If it is not found, record that, so that older records are not used."""
    try:
        return str(id_of(api, settings))
    except SlipwayError as error:
        from shared.batch.records import nothing_selected  # rarely needed

        nothing_selected(run, JOB, (), error)
        raise


def id_of(api: Api, settings: NameSettings) -> str | None:
    """Return the id of the connection that AIRBYTE_CONNECTION_NAME names, None if that is not given.

    Raise UnknownId (204) with similar names if there is none, InvalidInput (206) with the ids if there are several.
    A deleted connection is ignored if another one has its name.
    """
    name = settings.connection_name
    if name is None:
        return None
    listed = list(api.list_connections(settings.workspace_id).found.values())
    found = [one for one in listed if one.name == name]
    found = [one for one in found if one.status != "deprecated"] or found
    if len(found) == 1:
        return found[0].id.lower()
    shown, where = one_line(name, 100), f" in {settings.workspace_id}" if settings.workspace_id else ""
    if found:
        ids = ", ".join(sorted(one.id for one in found))
        raise InvalidInput(f"AIRBYTE_CONNECTION_NAME {shown!r} is the name of several connections{where}: {ids}")
    from difflib import get_close_matches

    names = {one.name.casefold(): one.name for one in listed if one.name}
    near = " or ".join(names[one] for one in get_close_matches(name.casefold(), names, 3))
    hint = f"did you mean {one_line(near, 300)}?" if near else "list_connections shows the existing ones"
    raise UnknownId(
        f"AIRBYTE_CONNECTION_NAME {shown!r} names no connection that these credentials can see{where}; {hint}",
        vendor="Airbyte",
    )
