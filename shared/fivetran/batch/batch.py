"""What every story about many connectors stands on: the account, who is meant, how far they are, their rows."""

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
    """The connectors of one run: chosen here, then looked at and worked on by the stories."""

    def __init__(
        self, run: Run, account: FivetranSettings, settings: SelectionSettings, ids: Sequence[str] | None = None
    ) -> None:
        """``ids`` where they come from an earlier step; otherwise the settings say who is meant. See ``select``."""
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
        """All ids, before anything is done: who changes something knows how many first, and a bad list ends it here.

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
        """Each connector, read shortly before it is used; in one pass where nothing was selected before."""
        if self._fresh is not None:
            fresh, self._fresh = self._fresh, None
            return iter(fresh)
        if not self.ids:
            return self.reader.selected()
        return self._all(self.reader.read(self.ids, FEW if self.progress.total > FEW else LARGEST_PAGE))

    def _all(self, readings: Iterator[Reading]) -> Iterator[Reading]:
        """Where a list breaks off on the way, those that are left have its error: what was done for the others stays
        told.
        """
        left = dict.fromkeys(self.ids)
        try:
            for reading in readings:
                left.pop(reading.connector_id, None)
                yield reading
        except SlipwayError as error:
            if len(left) == len(self.ids):
                raise  # none was read, so nothing was done
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
        """Do ``work`` for each connector, side by side. Where one fails the others go on. ``took`` is given each row,
        ``unread`` each connector that could not be read.

        An answer that was a failure is saved too, as ``{kind}_{id}``. In a dry run nothing is sent; raises Planned in
        the end.
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
                raise  # without a place for its files nothing may be sent
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
        """What ends one connector, a bug included, and no other. A traceback that comes again is said once."""
        return expected(error, self.run.redactor, self._tracebacks)

    def save(self, answer: Answer, kind: str, connector_id: str) -> None:
        """One response file of many: the result line does not list them."""
        self.run.save_response(answer, f"{kind}_{connector_id}", listed=False)

    def _note(self, error: SlipwayError) -> None:
        """The key itself is refused: so it would be for every other."""
        if isinstance(error, CredentialsRefused) and error.answer is not None and error.answer.status == 401:
            self._stop = error

    def conclude(self) -> Outcome:
        """The rows' file, the table, one outcome; the live line is over."""
        self.progress.close()
        return conclude(self.run, list(self.rows.values()))

    def keep(self, row: Row) -> None:
        """A connector's row is final; the table says it."""
        self.rows[row.connector_id] = row

    def end(self, row: Row) -> None:
        """A connector's row is final, and is said at once."""
        self.keep(row)
        self.progress.ended(row.connector_id, row.code, row.status, row.reason)


def _failed(reading: Reading, error: SlipwayError, prefix: str = "") -> Row:
    return Row(reading.connector_id, error.code, error.status, prefix + error.message).about(reading.connector)
