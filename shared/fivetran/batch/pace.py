"""When a batch polls, by how long the earlier syncs of its connectors took.

One poll is for all, so it comes as for one connector that may be any of them: its earlier runs are the usual length of
each. As the shorter ones end, only the longer ones are waited for, and polls come when those are likely to end. A batch
that is larger than ``MOST``, or has a connector of which nothing is known, polls by its age alone, like a first run.
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
"""Connectors. A file of each is read before the wait and written after it; for thousands that costs more than polls."""
SHORTEST = 5.0
"""Seconds. The shortest pause: a poll of few connectors costs a call for each."""


class Pace:
    """The pace of one batch. ``records``: those that are waited for."""

    def __init__(self, run: Run, records: Mapping[str, Record | None]) -> None:
        self.age: float | None = None  # of the sync that was triggered last, as this poll reads it
        self._began = max((record.began_at for record in records.values() if record and record.began_at), default=None)
        few = {one: record for one, record in records.items() if len(records) <= MOST}
        self._ages = {one: SyncAge(record) for one, record in few.items()}
        self._past = {one: PastRuns(run, one) for one in few}

    def schedule(self) -> Schedule:
        lengths = [past.typical for one, past in self._past.items() if self._ages[one].usual]
        known = [length for length in lengths if length is not None]
        return Schedule(known if len(known) == len(self._ages) else (), shortest=SHORTEST)

    def seen(self, connector: Connector, judged: Judged) -> None:
        """Take note of a reading, and keep how long its sync took if that has ended."""
        if self._began and connector.read_at:
            self.age = (connector.read_at - self._began).total_seconds()
        if age := self._ages.get(connector.id):
            age.seen(connector, judged)
            if judged.final:
                age.keep(judged.verdict, connector, self._past[connector.id])
