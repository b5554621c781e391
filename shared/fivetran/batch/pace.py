"""Schedule the polls of a batch by how long the earlier syncs of its connectors took.

One poll reads all connectors. So the batch is scheduled like one connector whose earlier syncs took the usual length of
each of them: once the shorter syncs have ended, polls come when the longer ones are likely to end. A batch of more than
``MOST`` connectors, or with a connector whose lengths are not known, polls by its age alone, like a first run.
"""

from collections.abc import Mapping

from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.fivetran.sync_age import SyncAge
from shared.fivetran.sync_watch import Judged
from shared.past_runs import PastRuns
from shared.poll_schedule import Schedule
from shared.program.run import Run

MOST = 50
"""Connectors. Each has a file that is read before the wait and written after it; for thousands polls cost less."""
SHORTEST = 5.0
"""Seconds between two polls at least: a poll of a few connectors costs a call for each."""


class Pace:
    """The lengths and the age of one batch's syncs. ``records``: of the connectors that are waited for."""

    def __init__(self, run: Run, records: Mapping[str, Record | None]) -> None:
        self.age: float | None = None  # seconds since the last sync was triggered, by this poll's readings
        self._began = max((record.began_at for record in records.values() if record and record.began_at), default=None)
        few = {one: record for one, record in records.items() if len(records) <= MOST}
        self._ages = {one: SyncAge(record) for one, record in few.items()}
        self._past = {one: PastRuns(run, one) for one in few}

    def schedule(self) -> Schedule:
        lengths = [past.typical for one, past in self._past.items() if self._ages[one].usual]
        known = [length for length in lengths if length is not None]
        return Schedule(known if len(known) == len(self._ages) else (), shortest=SHORTEST)

    def seen(self, connector: Connector, judged: Judged) -> None:
        """Update ``age`` by a reading and, if its sync has ended, save how long that took."""
        if self._began and connector.read_at:
            self.age = (connector.read_at - self._began).total_seconds()
        if age := self._ages.get(connector.id):
            age.seen(connector, judged)
            if judged.final:
                age.keep(judged.verdict, connector, self._past[connector.id])
