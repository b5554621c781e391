"""What a trigger of many leaves behind: one sidecar, one pickle, and a write-ahead log while it goes on.

Rewriting thousands of entries at each of thousands of steps has no end, so each step is a line of the log
(``{sidecar}l``, as in ``.jsonl``); who reads the sidecar reads the log with it.
"""

import json
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from shared.artifacts import many_records, pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import (
    ACCEPTED,
    FOLDER,
    INTENDED,
    LOG,
    REFUSED,
    SENDING,
    STARTED,
    Record,
    Shape,
    pickle_of,
    read_sidecar,
    replaces,
    sidecar_of,
    young,
)
from shared.errors import ArtifactUnusable, InvalidInput, SlipwayError
from shared.program.run import Run
from shared.timestamps import EPOCH

if TYPE_CHECKING:
    from shared.artifacts.lookup import Lookup

T = TypeVar("T", bound=Record)


class ManyShape(Shape[T], Protocol[T]):
    """How the records of many are written. ``noun`` is what the sidecar's list is called: ``connectors``."""

    noun: str

    def entry(self, record: T) -> Any:
        """Return one record as JSON, as it stands in the list and in the log."""
        ...

    def unsent(self, subject: str, now: datetime, state: str) -> T | None:
        """Return the record of a subject of which nothing was sent, None if it is no id."""
        ...

    def pickled_all(self, records: Iterable[T]) -> list[Any]:
        """Return the content of the pickle; empty as long as there is nothing to write."""
        ...


def forget(
    artifacts: Artifacts, shape: ManyShape[T], run_id: str | None, ids: Collection[str], now: datetime | None
) -> None:
    """Remove what earlier runs left and say that nothing was started: for each of ``ids`` where they are known, else
    with a sidecar that names nobody. ``now`` is the server's clock, where it is known.

    What this run's own earlier try started stays known: a later try is to join it.
    """
    name = sidecar_of(shape, run_id)
    earlier = read_sidecar(artifacts, shape, name) if run_id else []
    if any(record.state in STARTED and young(record, now) for record in earlier):
        return
    for one in (pickle_of(shape, run_id), *shape.also, *_alone(artifacts, shape, run_id, ids)):
        artifacts.remove(FOLDER, one)
    records = _unsent(shape, ids, now, REFUSED)
    artifacts.write(FOLDER, name, many_records.text(map(shape.entry, records.values()), shape.noun))
    artifacts.remove(FOLDER, name + LOG)


def nothing_selected(run: Run, shape: ManyShape[T], ids: Collection[str], error: SlipwayError) -> None:
    """Record that nothing was sent because the selection could not be read: older files must not answer for that."""
    try:
        forget(run.artifacts, shape, run.run_id, ids, error.answer.date if error.answer else None)
    except ArtifactUnusable as unusable:  # what the API said decides
        run.say(f"Slipway: warning: {unusable.message}")


def records_to_check(lookup: "Lookup[T]", records: Sequence[T], ids: Sequence[str], *, given: bool) -> Mapping[str, T]:
    """Return the record of each of ``ids``: ``records`` if they are the selection, else what an earlier step left.

    Raise InvalidInput if an id is ``given`` that the earlier step did not trigger.
    """
    if records:
        return {str(record.subject): record for record in records}
    known = lookup.of_each()
    others = [one for one in ids if one not in known]
    if known and others and given:
        raise InvalidInput(
            f"{lookup.variable} names {', '.join(others[:5])}, but the step before triggered "
            f"{', '.join(sorted(known)[:5])}; leave it blank to check that, or run this step apart from it"
        )
    return known


def _unsent(shape: ManyShape[T], ids: Iterable[str], now: datetime | None, state: str) -> dict[str, T]:
    records = {one: shape.unsent(one, now or EPOCH, state) for one in ids}
    return {one: record for one, record in records.items() if record is not None}


def _alone(artifacts: Artifacts, shape: ManyShape[T], run_id: str | None, ids: Collection[str]) -> list[str]:
    """The sidecars of runs about one of ``ids`` alone, without a run id: they say nothing of a run about many."""
    return [] if run_id else sorted({sidecar_of(shape, one) for one in ids} & set(artifacts.names(FOLDER)))


class BatchRecords(Generic[T]):
    """The files of one run about many subjects.

    Each step of each subject is one line of the log before the next step is taken, so a process that is killed
    leaves no more behind unknown than one about a single subject. ``finish`` makes sidecar and pickle of it.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        shape: ManyShape[T],
        run_id: str | None,
        ids: Collection[str],
        now: datetime | None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Take up what an earlier try of this run left of ``ids``; ``now`` is the server's clock.

        What is not of this run's subjects, or too old to be of this run, is removed: yesterday's files must not
        answer for today's failure. Without a run id there is no telling a retry. Until it is their turn the others of
        ``ids`` stand there as intended, so that nobody is forgotten where this process is killed.
        """
        self._artifacts = artifacts
        self._shape = shape
        self._sidecar, self._pickle = sidecar_of(shape, run_id), pickle_of(shape, run_id)
        self._lock = threading.Lock()
        earlier = read_sidecar(artifacts, shape, self._sidecar) if run_id else []
        known = set(ids)
        theirs = [str(record.subject) for record in earlier]
        if run_id and theirs and known.isdisjoint(theirs):  # a group may gain and lose some between two tries
            say(replaces(artifacts.path(FOLDER, self._sidecar), theirs, f"{len(known)} others", run_id))
        kept = [record for record in earlier if str(record.subject) in known and young(record, now)]
        self._earlier = {str(record.subject): record for record in kept}
        self._all = _unsent(shape, ids, now, INTENDED) | self._earlier
        for one in (self._pickle, *shape.also, *_alone(artifacts, shape, run_id, ids)):
            artifacts.remove(FOLDER, one)
        self._write_sidecar()
        artifacts.remove(FOLDER, self._sidecar + LOG)
        self._log = artifacts.write_ahead_log(FOLDER, self._sidecar + LOG)

    def of(self, subject: str) -> "OneOfMany[T]":
        """The record of one subject, as its trigger keeps it."""
        return OneOfMany(self, subject)

    def earlier(self, subject: str) -> T | None:
        """The record that an earlier try of this run left."""
        return self._earlier.get(subject)

    def write(self, record: T) -> None:
        """Add a step to the log."""
        line = json.dumps(self._shape.entry(record)).encode() + b"\n"
        with self._lock:
            if record.state != SENDING:  # what has happened is known even where it cannot be written
                self._all[str(record.subject)] = record
            self._log.append(line)
            self._all[str(record.subject)] = record

    def get(self, subject: str) -> T:
        """The record as it is now."""
        return self._all[subject]

    def started(self) -> list[T]:
        """Return those that this run started, not an earlier try of it."""
        with self._lock:
            known = {one: record.execution_time for one, record in self._earlier.items()}
            accepted = [(one, record) for one, record in self._all.items() if record.state == ACCEPTED]
            return [record for one, record in accepted if known.get(one) != record.execution_time]

    def finish(self) -> None:
        """Write the sidecar and, where any trigger arrived or may have, the pickle: a list."""
        with self._lock:
            records = list(self._all.values())
        self._write_sidecar()
        if pickled := self._shape.pickled_all(records):
            self._artifacts.write(FOLDER, self._pickle, pickles.dumps(pickled))
        self._artifacts.remove(FOLDER, self._sidecar + LOG)

    def _write_sidecar(self) -> None:
        entries = map(self._shape.entry, list(self._all.values()))
        self._artifacts.write(FOLDER, self._sidecar, many_records.text(entries, self._shape.noun))


class OneOfMany(Generic[T]):
    """One subject's record among those of a batch, which holds the lock. See ``send_once.Store``."""

    lock_name = None

    def __init__(self, all_of_them: BatchRecords[T], subject: str) -> None:
        self._all = all_of_them
        self._subject = subject

    def read(self) -> T | None:
        return self._all.earlier(self._subject)

    def clear(self) -> None:
        """Nothing: what earlier runs left of all of them was removed before the first."""

    def write(self, record: T) -> None:
        self._all.write(record)
