"""The common part of Airbyte's batches: connect to the server, select and read the connections."""

from collections.abc import Callable, Collection, Iterator, Sequence

from shared.airbyte.api import Api, connect
from shared.airbyte.batch.row import Row
from shared.airbyte.job import Connection, Job
from shared.airbyte.names import id_of
from shared.airbyte.selection import SelectionSettings
from shared.airbyte.verdict import rows_warning
from shared.batch import batch
from shared.batch.extent import fails_all, refuses_all
from shared.errors import InvalidInput, SlipwayError, Unreachable
from shared.parallel import side_by_side
from shared.program.run import Run
from shared.redaction import one_line
from shared.verdict import Verdict

FEW = 10
"""Up to this number of ids each connection is read; for more, the workspace of the first one is listed."""


Reading = batch.Reading[Connection]


class Batch(batch.BatchRun[Connection, Row]):
    """The connections of one run. This class selects and reads them; each operation works on them."""

    def __init__(self, run: Run, settings: SelectionSettings, ids: Sequence[str] | None = None) -> None:
        """``ids`` are those of an earlier step. Without them the settings select the connections."""
        super().__init__(run, Row, settings.concurrency)
        self.settings = settings
        self.api = connect(run, settings)
        self.api.client.keep_writes()
        self.ids = list(ids or settings.connection_ids or ())
        if not self.ids and (named := id_of(self.api, settings)):
            self.ids = [named]

    def row_of(self, connection: Connection, judged: Verdict, job: Job, min_rows: int | None) -> Row:
        """Save the answer that has the job, and return the row of its verdict."""
        self.save(job.answer, "job", str(job.id))
        row = Row(connection.id.lower(), judged.code, judged.status, judged.reason).about(connection, job)
        if doubt := rows_warning(job, min_rows):
            row.more = {"rows_warning": doubt}
        return row

    def read(self) -> list[Reading]:
        """Return each connection. Raise InvalidInput if nothing is selected."""
        readings = self._asked_for() if self.ids else self._selected()
        self.ids = [reading.subject for reading in readings]
        self.progress.total = len(readings)
        self.run.note(selected=len(readings))
        return readings

    def _selected(self) -> list[Reading]:
        """Read the selected connections. A list row without a usable id becomes an error named by its place."""
        listed = self.api.list_connections(self.settings.workspace_id)
        error = Unreachable("a row of the list of connections does not say which one it is about", vendor="Airbyte")
        lost = [Reading(f"(row {place})", error=error) for place in listed.malformed]
        kept = [Reading(one.id.lower(), one) for one in listed.found.values() if self.settings.keeps(one)]
        if not kept and not lost:
            raise InvalidInput(_nothing(self.settings, listed.found.values()))
        return [*kept, *lost]

    def _asked_for(self) -> list[Reading]:
        found: dict[str, Reading] = {}
        if len(self.ids) > FEW:
            found[self.ids[0]] = first = self._ask(self.ids[0])
            workspace_id = first.value.workspace_id if first.value else self.settings.workspace_id
            if workspace_id:
                listed = self._listed(workspace_id)
                found |= {one: Reading(one, listed[one]) for one in self.ids if one in listed}
        left = [one for one in self.ids if one not in found]
        found |= {reading.subject: reading for reading in side_by_side(left, self._ask, self.settings.concurrency)}
        return [found[one] for one in self.ids]

    def _listed(self, workspace_id: str) -> dict[str, Connection]:
        """Return a workspace's connections by id, {} if its list is unusable: then each is read."""
        try:
            return {one.id.lower(): one for one in self.api.list_connections(workspace_id).found.values()}
        except SlipwayError as error:
            if fails_all(error):
                raise
            self.run.say(f"{error.message}; reading each connection instead of the list")
            return {}

    def _ask(self, connection_id: str) -> Reading:
        try:
            return Reading(connection_id, self.api.get_connection(connection_id))
        except Exception as raised:
            error = self.failure(raised)
            if refuses_all(error):
                raise
            return Reading(connection_id, error=error)


def workspace_names(api: Api, ids: Collection[str], say: Callable[[str], None]) -> dict[str, str]:
    """Return the names of several workspaces by id, with one call each. Return {} for a single one."""

    def names() -> Iterator[tuple[str, str]]:
        for one in ids:
            try:
                yield one, api.workspace_name(one)
            except SlipwayError as error:  # a key that may read connections need not be allowed to read workspaces
                say(f"Slipway: warning: a workspace is shown by its id: {error.message}")

    return dict(names()) if len(ids) > 1 else {}


def _nothing(settings: SelectionSettings, others: Collection[Connection]) -> str:
    where = f"the workspace {settings.workspace_id}" if settings.workspace_id else "the account"
    if not others:
        return f"nothing is selected: {where} has no connections that these credentials can see"
    tags = sorted({tag for one in others for tag in one.tags})
    if settings.tag and settings.tag not in tags:
        known = f"; its tags are {one_line(', '.join(tags), 200)}" if tags else ", nor has any other"
        return f"nothing is selected: no connection of {where} has AIRBYTE_TAG {one_line(settings.tag, 60)!r}{known}"
    count = f"of the {len(others)} connections of {where} none matches"
    return f"nothing is selected: {count} {settings.patterns} (case-sensitive)"
