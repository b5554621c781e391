"""The common part of all batches: the parallel work on the subjects, their rows, the progress and the outcome."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Generic, TypeVar

from shared.batch.allocator import frugal
from shared.batch.extent import refuses_all
from shared.batch.report import Row, conclude, forget_rows
from shared.errors import ArtifactUnusable, SlipwayError, Unreachable
from shared.http.client import Planned
from shared.http.response import Answer
from shared.parallel import side_by_side
from shared.program.run import Outcome, Run
from shared.program.unexpected import expected
from shared.terminal.progress import Progress

T = TypeVar("T")
R = TypeVar("R", bound=Row)


class Reading(Generic[T]):
    """One subject as it was read, or the error from reading it. ``value`` is the connector or connection.

    It has both if the connection was read but something else that its trigger needs could not be read.
    """

    __slots__ = ("error", "subject", "value")

    def __init__(self, subject: str, value: T | None = None, error: SlipwayError | None = None) -> None:
        self.subject = subject
        self.value = value
        self.error = error

    @property
    def found(self) -> T:
        """The connector or connection. If it could not be read, raise the error."""
        if self.value is None:
            raise self.failure
        return self.value

    @property
    def failure(self) -> SlipwayError:
        """Why the subject could not be read."""
        return self.error or Unreachable(f"{self.subject} was not read")


class BatchRun(Generic[T, R]):
    """The work on the subjects of one run, and a row with the outcome of each."""

    def __init__(self, run: Run, kind: type[R], concurrency: int) -> None:
        frugal()
        forget_rows(run)
        self.run = run
        self.ids: list[str] = []  # the ids of all subjects, once they are known
        self.rows: dict[str, R] = {}
        self.progress = Progress(run, 0, kind.vendor)
        self.vendor = kind.vendor
        self._kind = kind
        self._concurrency = concurrency
        self._stop: SlipwayError | None = None  # the key is refused, so every other call would be, too
        self._tracebacks: set[str] = set()

    def each(
        self,
        readings: Iterable[Reading[T]],
        kind: str,
        work: Callable[[Reading[T]], R],
        took: Callable[[R], None] | None = None,
        unread: Callable[[str, SlipwayError], None] = lambda subject, error: None,
    ) -> None:
        """Do ``work`` for the readings in parallel. If one fails, the others go on.

        ``took`` is called with each row (default: ``end``), ``unread`` with each subject that could not be read. A
        row's answer is saved as ``{kind}_{id}``, in the caller's thread: threads that create files in one folder wait
        for each other. A dry run sends nothing and raises Planned at the end.
        """
        planned = False
        took = took or self.end
        for row in side_by_side(readings, partial(self._row_of, work, unread), self._concurrency):
            if row is None:
                planned = True
            else:
                if row.answer is not None:
                    self.save(row.answer, kind, row.subject)
                    row.answer = None
                took(row)
        if planned:
            raise Planned

    def _row_of(
        self, work: Callable[[Reading[T]], R], unread: Callable[[str, SlipwayError], None], reading: Reading[T]
    ) -> R | None:
        """Do ``work`` for one reading, in any thread. Return its row, None if a dry run has reached the write.

        An error becomes the row of its subject. Only ArtifactUnusable is raised.
        """
        try:
            if reading.error is not None:
                unread(reading.subject, reading.error)
                raise reading.error
            if self._stop is not None:
                unread(reading.subject, self._stop)
                return self._failed(reading, self._stop, "not sent: ")
            return work(reading)
        except Planned:
            return None
        except ArtifactUnusable:
            raise  # if files cannot be written, nothing may be sent
        except Exception as raised:
            error = self.failure(raised)
            if refuses_all(error):
                self._stop = error
            row = self._failed(reading, error)
            row.answer = error.answer
            return row

    def _failed(self, reading: Reading[T], error: SlipwayError, prefix: str = "") -> R:
        row = self._kind(reading.subject, error.code, error.status, prefix + error.reason)
        row.about(reading.value)
        return row

    def failure(self, error: Exception) -> SlipwayError:
        """Return ``error``, even a bug, as an error that ends only one subject. The same traceback is written once."""
        return expected(error, self.run.redactor, self._tracebacks)

    def save(self, answer: Answer, kind: str, subject: str) -> None:
        """Save a response file without listing it in the result line."""
        self.run.save_response(answer, f"{kind}_{subject}", listed=False)

    def conclude(self) -> Outcome:
        """Remove the live line, write the rows and the table, and return the outcome."""
        self.progress.close()
        return conclude(self.run, self._kind, self.rows.values())

    def keep(self, row: R) -> None:
        """Store a subject's final row."""
        self.rows[row.subject] = row

    def end(self, row: R) -> None:
        """Store a subject's final row and report it."""
        self.keep(row)
        self.progress.ended(row.subject, row.code, row.status, row.reason)
