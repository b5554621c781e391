"""The common part of Fivetran's batches: the API, the selection of connectors, and how they are read."""

from collections.abc import Iterator, Sequence

from shared.batch.batch import BatchRun
from shared.errors import SlipwayError
from shared.fivetran.api import Fivetran
from shared.fivetran.batch.reader import FEW, Reader
from shared.fivetran.batch.reading import Reading
from shared.fivetran.batch.row import Row
from shared.fivetran.connector import Connector
from shared.fivetran.destination import Destinations
from shared.fivetran.paging import LARGEST_PAGE
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.http.rate_limit import RateLimiter
from shared.program.run import Run


class Batch(BatchRun[Connector, Row]):
    """The connectors of one run. This class selects and reads them; each operation works on them."""

    def __init__(
        self, run: Run, account: FivetranSettings, settings: SelectionSettings, ids: Sequence[str] | None = None
    ) -> None:
        """``ids`` are those of an earlier step. Without them the settings select the connectors, see ``select``."""
        super().__init__(run, Row, settings.concurrency)
        limiter = RateLimiter(
            vendor="Fivetran",
            longest_stay=run.retry_timeout,
            reserve=settings.quota_reserve,
            reserve_variable="FIVETRAN_QUOTA_RESERVE",
            say=run.say,
            clock=run.clock,
            sleep=run.sleep,
        )
        self.api = Fivetran(run, account, limiter)
        self.api.client.keep_writes()
        self.destinations = Destinations(self.api, run.say)
        self.settings = settings
        self.reader = Reader(self.api, settings, run.say, self.failure)
        self._fresh: list[Reading] | None = None
        self.ids = list(ids or settings.connector_ids or ())

    def select(self) -> list[str]:
        """Return the ids of all selected connectors, before anything is sent: a list that is broken ends the run here.

        The readings are kept if there are only a few, so that they need not be read again at once.
        """
        if not self.ids:
            fresh: list[Reading] = []
            for reading in self.reader.selected(FEW):
                self.ids.append(reading.subject)
                if len(self.ids) <= FEW:
                    fresh.append(reading)
            self._fresh = fresh if len(self.ids) <= FEW else None
        self.progress.total = len(self.ids)
        self.run.note(selected=len(self.ids))
        return self.ids

    def read(self) -> Iterator[Reading]:
        """Yield each connector, read shortly before it is used. Without an earlier ``select`` this is one pass."""
        if self._fresh is not None:
            fresh, self._fresh = self._fresh, None
            return iter(fresh)
        if not self.ids:
            return self.reader.selected()
        return self._all(self.reader.read(self.ids, FEW if self.progress.total > FEW else LARGEST_PAGE))

    def _all(self, readings: Iterator[Reading]) -> Iterator[Reading]:
        """Yield the readings. If the list breaks off, yield its error for each connector that is left."""
        left = dict.fromkeys(self.ids)
        try:
            for reading in readings:
                left.pop(reading.subject, None)
                yield reading
        except SlipwayError as error:
            if len(left) == len(self.ids):
                raise  # no connector was read, so nothing was done
            for connector_id in left:
                yield Reading(connector_id, error=error)
