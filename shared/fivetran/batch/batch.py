"""The common part of all batches: the account, the selected connectors, the progress, the rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from shared.errors import ArtifactUnusable, CredentialsRefused, SlipwayError
from shared.fivetran.api import Fivetran
from shared.fivetran.batch.reader import FEW, Reader
from shared.fivetran.batch.reading import Reading
from shared.fivetran.batch.report import Row, conclude, forget_rows
from shared.fivetran.destination import Destinations
from shared.fivetran.paging import LARGEST_PAGE
from shared.fivetran.selection import SelectionSettings
from shared.fivetran.settings import FivetranSettings
from shared.http.client import Planned
from shared.http.rate_limit import RateLimiter
from shared.http.response import Answer
from shared.parallel import side_by_side
from shared.program.run import Outcome, Run
from shared.program.unexpected import expected
from shared.terminal.progress import Progress


class Batch:
    """The connectors of one run. This class selects and reads them; each operation works on them."""

    def __init__(
        self, run: Run, account: FivetranSettings, settings: SelectionSettings, ids: Sequence[str] | None = None
    ) -> None:
        """``ids`` are those of an earlier step. Without them the settings select the connectors, see ``select``."""
        forget_rows(run)
        self.run = run
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
        self.destinations = Destinations(self.api, run.say)
        self.settings = settings
        self.rows: dict[str, Row] = {}
        self.progress = Progress(run, 0)
        self._stop: SlipwayError | None = None
        self._tracebacks: set[str] = set()
        self.reader = Reader(self.api, settings, run.say, self.failure)
        self._fresh: list[Reading] | None = None
        self.ids = list(ids or settings.connector_ids or ())

    def select(self) -> list[str]:
        """Return all ids before anything is done, so that their number is known and a bad list ends the run here.

        Of a few the details are kept: they were read just now.
        """
        if not self.ids:
            fresh: list[Reading] = []
            for reading in self.reader.selected():
                self.ids.append(reading.connector_id)
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
        """If a list breaks off, give its error to the connectors that are left. What was done for the others is still
        reported.
        """
        left = dict.fromkeys(self.ids)
        try:
            for reading in readings:
                left.pop(reading.connector_id, None)
                yield reading
        except SlipwayError as error:
            if len(left) == len(self.ids):
                raise  # no connector was read, so nothing was done
            for connector_id in left:
                yield Reading(connector_id, error=error)

    def each(
        self,
        readings: Iterable[Reading],
        kind: str,
        work: Callable[[Reading], Row],
        took: Callable[[Row], None] | None = None,
        unread: Callable[[str, SlipwayError], None] = lambda connector_id, error: None,
    ) -> None:
        """Do ``work`` for each connector in parallel. If one fails, the others go on. ``took`` is called with each
        row, ``unread`` with each connector that could not be read.

        The answer of a failure is saved, too, as ``{kind}_{id}``. A dry run sends nothing and raises Planned at the
        end.
        """
        planned = False
        took = took or self.end

        def done(reading: Reading) -> Row | None:
            try:
                if reading.error is not None:
                    unread(reading.connector_id, reading.error)
                    raise reading.error
                if self._stop is not None:
                    unread(reading.connector_id, self._stop)
                    return _failed(reading, self._stop, "not sent: ")
                return work(reading)
            except Planned:
                return None
            except ArtifactUnusable:
                raise  # if files cannot be written, nothing may be sent
            except Exception as raised:
                error = self.failure(raised)
                self._note(error)
                if error.answer is not None:
                    self.save(error.answer, kind, reading.connector_id)
                return _failed(reading, error)

        for row in side_by_side(readings, done, self.settings.concurrency):
            if row is None:
                planned = True
            else:
                took(row)
        if planned:
            raise Planned

    def failure(self, error: Exception) -> SlipwayError:
        """Return the error that ends one connector only, even for a bug. The same traceback is written once."""
        return expected(error, self.run.redactor, self._tracebacks)

    def save(self, answer: Answer, kind: str, connector_id: str) -> None:
        """Save a response file without listing it in the result line."""
        self.run.save_response(answer, f"{kind}_{connector_id}", listed=False)

    def _note(self, error: SlipwayError) -> None:
        """Stop the batch if the key itself is refused, since every other call would be refused, too."""
        if isinstance(error, CredentialsRefused) and error.answer is not None and error.answer.status == 401:
            self._stop = error

    def conclude(self) -> Outcome:
        """Remove the live line, write the rows and the table, and return the outcome."""
        self.progress.close()
        return conclude(self.run, list(self.rows.values()))

    def keep(self, row: Row) -> None:
        """Store a connector's final row."""
        self.rows[row.connector_id] = row

    def end(self, row: Row) -> None:
        """Store a connector's final row and report it."""
        self.keep(row)
        self.progress.ended(row.connector_id, row.code, row.status, row.reason)


def _failed(reading: Reading, error: SlipwayError, prefix: str = "") -> Row:
    return Row(reading.connector_id, error.code, error.status, prefix + error.message).about(reading.connector)
