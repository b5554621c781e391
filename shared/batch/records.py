"""Write the records of a run that triggers many: a sidecar and a pickle, and while it works a write-ahead log.

Rewriting thousands of entries at each of thousands of steps would take too long. So each step adds a line to the log
(``{sidecar}l``, as in ``.jsonl``), and whoever reads the sidecar reads the log, too.
"""

import json
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

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
    from shared.artifacts.record_shape import ManyShape, Record

T = TypeVar("T", bound="Record")


def forget(
    artifacts: Artifacts, shape: "ManyShape[T]", run_id: str | None, ids: Collection[str], now: datetime | None
) -> None:
    """Remove the files of earlier runs, and write a sidecar that says that nothing was started for any of ``ids``.

    ``ids`` is empty if they are not known. ``now`` is the server's clock, None if it is not known. If an earlier try of
    this run started something, nothing is changed, so that a later try can join that.
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


def nothing_selected(run: Run, shape: "ManyShape[T]", ids: Collection[str], error: SlipwayError) -> None:
    """Record that nothing was sent because the selection could not be read, so that no older file is read instead."""
    try:
        forget(run.artifacts, shape, run.run_id, ids, error.answer.date if error.answer else None)
    except ArtifactUnusable as unusable:  # the API's error is the one to report
        run.say(f"Slipway: warning: {unusable.message}")


def records_to_check(lookup: "Lookup[T]", records: Sequence[T], ids: Sequence[str], *, given: bool) -> Mapping[str, T]:
    """Return the records to judge by, by id: ``records`` if there are any, else those of an earlier step.

    Raise InvalidInput if the user gave ``ids`` (``given``) and the earlier step did not trigger one of them.
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


def _unsent(shape: "ManyShape[T]", ids: Iterable[str], now: datetime | None, state: str) -> dict[str, T]:
    records = {one: shape.unsent(one, now or EPOCH, state) for one in ids}
    return {one: record for one, record in records.items() if record is not None}


def _alone(artifacts: Artifacts, shape: "ManyShape[T]", run_id: str | None, ids: Collection[str]) -> list[str]:
    """Return the names of sidecars that earlier runs about a single one of ``ids`` left, if this run has no run id."""
    return [] if run_id else sorted({sidecar_of(shape, one) for one in ids} & set(artifacts.names(FOLDER)))


class BatchRecords(Generic[T]):
    """The files of one run that triggers many subjects.

    Each step of a subject is in the log before its next step begins. So if the process is killed, as much is known of
    each subject as after a run about that subject alone. ``finish`` turns the log into the sidecar and the pickle.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        shape: "ManyShape[T]",
        run_id: str | None,
        ids: Collection[str],
        now: datetime | None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Take over what an earlier try of this run recorded about ``ids``. ``now`` is the server's clock.

        Records of other subjects, or too old to be of this run, are removed: after a failure today nothing may read
        yesterday's files. Without a run id a retry cannot be recognized, so nothing is kept. The others of
        ``ids`` are recorded as intended at once, so that none is missing if this process is killed.
        """
        self._artifacts = artifacts
        self._shape = shape
        self._sidecar, self._pickle = sidecar_of(shape, run_id), pickle_of(shape, run_id)
        self._lock = threading.Lock()
        earlier = read_sidecar(artifacts, shape, self._sidecar) if run_id else []
        known = set(ids)
        theirs = [str(record.subject) for record in earlier]
        if run_id and theirs and known.isdisjoint(theirs):  # not if they overlap: a group changes between two tries
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
        """Return the store of one subject's record, for ``send_once``."""
        return OneOfMany(self, subject)

    def earlier(self, subject: str) -> T | None:
        """Return the record of ``subject`` that an earlier try of this run left, None if there is none."""
        return self._earlier.get(subject)

    def write(self, record: T) -> None:
        """Add a step to the log, except that a trigger is intended: the sidecar says that from the beginning."""
        subject = str(record.subject)
        known = self._all.get(subject)
        if known is not None and known.state == record.state == INTENDED:
            self._all[subject] = record
            return
        line = json.dumps(self._shape.entry(record)).encode() + b"\n"
        with self._lock:
            if record.state != SENDING:  # it has happened, so remember it even if the log cannot be written
                self._all[subject] = record
            self._log.append(line)
            self._all[subject] = record

    def get(self, subject: str) -> T:
        """Return the current record of ``subject``."""
        return self._all[subject]

    def started(self) -> list[T]:
        """Return the records of what this process started, without what an earlier try of this run started."""
        with self._lock:
            known = {one: record.execution_time for one, record in self._earlier.items()}
            accepted = [(one, record) for one, record in self._all.items() if record.state == ACCEPTED]
            return [record for one, record in accepted if known.get(one) != record.execution_time]

    def finish(self) -> None:
        """Write the sidecar and, if any trigger arrived or may have arrived, the pickle, which is a list."""
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
    """One subject's record among those of a batch, which holds the lock. See ``shared.operation.Store``."""

    lock_name = None

    def __init__(self, all_of_them: BatchRecords[T], subject: str) -> None:
        self._all = all_of_them
        self._subject = subject

    def read(self) -> T | None:
        return self._all.earlier(self._subject)

    def clear(self) -> None:
        """Do nothing: ``BatchRecords`` removed the files of earlier runs before the first trigger."""

    def write(self, record: T) -> None:
        self._all.write(record)
