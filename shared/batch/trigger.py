"""Trigger many: lock the run, read what is selected, keep the records."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from shared.artifacts import many_records
from shared.artifacts.record_store import lock_of
from shared.batch.batch import BatchRun
from shared.batch.records import BatchRecords, forget, nothing_selected
from shared.errors import InvalidInput, SlipwayError
from shared.run_lock import exclusive
from shared.status import Status

if TYPE_CHECKING:
    from shared.artifacts.record_shape import ManyShape, Record

LONGEST_TRIGGERING = 3600.0
"""Seconds that a process waits while another one of the same run triggers: thousands take a while."""
FRESH = 30.0
"""Seconds after which a reading is too old for a trigger: a sync may have begun and ended since."""
TO_WAIT_FOR = (Status.TRIGGERED, Status.JOINED)
"""Statuses of a trigger whose sync is waited for."""

T = TypeVar("T", bound="Record")
G = TypeVar("G", bound=Iterable[Any])


@contextmanager
def triggering(
    batch: BatchRun[Any, Any], shape: "ManyShape[T]", select: Callable[[], tuple[G, datetime | None]], fewer_by: str
) -> Iterator[tuple[BatchRecords[T], G]]:
    """Hold the run's lock while the block triggers. Yield the records, and the readings that ``select`` returns.

    ``select`` also returns the server's time, None if that is not known. ``fewer_by`` names the variables that select
    fewer. Raise InvalidInput if one run cannot record so many, and what ``select`` raises; it is recorded that nothing
    was sent.
    """
    run = batch.run
    with exclusive(run, lock_of(shape, run.run_id), LONGEST_TRIGGERING):
        if not run.run_id:  # no earlier try can be joined, and nothing may read the files of earlier runs from here on
            forget(run.artifacts, shape, None, batch.ids, None)
        try:
            readings, now = select()
        except SlipwayError as error:
            nothing_selected(run, shape, batch.ids, error)
            raise
        _refuse_too_many(batch, shape, fewer_by)
        records = BatchRecords(run.artifacts, shape, run.run_id, batch.ids, now, run.say)
        try:
            yield records, readings
        finally:
            records.finish()


def _refuse_too_many(batch: BatchRun[Any, Any], shape: "ManyShape[T]", fewer_by: str) -> None:
    count = len(batch.ids)
    if count <= many_records.MOST_RECORDS:
        return
    forget(batch.run.artifacts, shape, batch.run.run_id, (), None)
    raise InvalidInput(
        f"{count} {shape.noun} are selected, and one run triggers {many_records.MOST_RECORDS} at most; nothing was "
        f"sent. Give fewer to each of several runs, by {fewer_by}, each with a SLIPWAY_RUN_ID of its own",
        vendor=batch.vendor,
    )
