"""What a trigger of many leaves behind: one sidecar, one pickle, and a write-ahead log while it goes on.

Rewriting thousands of entries at each of thousands of steps has no end, so each step is a line of the log
(``{sidecar}l``, as in ``.jsonl``); who reads the sidecar reads the log with it.
"""

import json
import threading
from collections.abc import Callable, Collection
from datetime import datetime

from shared.artifacts import many_records, pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import (
    ACCEPTED,
    FOLDER,
    INTENDED,
    LOG,
    REFUSED,
    SENDING,
    pickle_of,
    read_sidecar,
    replaces,
    sidecar_of,
    young,
)
from shared.fivetran.batch.reading import is_id
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC, entry
from shared.timestamps import EPOCH


def forget(artifacts: Artifacts, run_id: str | None, ids: Collection[str], now: datetime | None) -> None:
    """Remove what earlier runs left and say that nothing was started: for each of ``ids`` where they are known, else
    with a sidecar that names nobody. ``now`` is the server's clock, where it is known.

    What this run's own earlier try started stays known: a later try is to join it.
    """
    name = sidecar_of(FORCE_SYNC, run_id)
    earlier = read_sidecar(artifacts, FORCE_SYNC, name) if run_id else []
    if any(record.started and young(record, now) for record in earlier):
        return
    for one in (pickle_of(FORCE_SYNC, run_id), *_alone(artifacts, run_id, ids)):
        artifacts.remove(FOLDER, one)
    artifacts.write(
        FOLDER, name, many_records.text(entry(Record(one, now or EPOCH, REFUSED)) for one in ids if is_id(one))
    )
    artifacts.remove(FOLDER, name + LOG)


def _alone(artifacts: Artifacts, run_id: str | None, ids: Collection[str]) -> list[str]:
    """The sidecars of runs about one of ``ids`` alone, without a run id: they say nothing of a run about many."""
    return [] if run_id else sorted({sidecar_of(FORCE_SYNC, one) for one in ids} & set(artifacts.names(FOLDER)))


class BatchRecords:
    """The files of one run about many connectors.

    Each step of each connector is one line of the log before the next step is taken, so a process that is killed
    leaves no more behind unknown than one about a single connector. ``finish`` makes sidecar and pickle of it.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        run_id: str | None,
        ids: Collection[str],
        now: datetime | None,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Take up what an earlier try of this run left of ``ids``; ``now`` is the server's clock.

        What is not of this run's connectors, or too old to be of this run, is removed: yesterday's files must not
        answer for today's failure. Without a run id there is no telling a retry. Until it is their turn the others of
        ``ids`` stand there as intended, so that nobody is forgotten where this process is killed.
        """
        self._artifacts = artifacts
        self._sidecar, self._pickle = sidecar_of(FORCE_SYNC, run_id), pickle_of(FORCE_SYNC, run_id)
        self._lock = threading.Lock()
        earlier = read_sidecar(artifacts, FORCE_SYNC, self._sidecar) if run_id else []
        known = set(ids)
        theirs = [record.connector_id for record in earlier]
        if run_id and theirs and known.isdisjoint(theirs):  # a group may gain and lose some between two tries
            say(replaces(artifacts.path(FOLDER, self._sidecar), theirs, f"{len(known)} others", run_id))
        kept = [record for record in earlier if record.connector_id in known and young(record, now)]
        self._earlier = {record.connector_id: record for record in kept}
        untouched = {one: Record(one, now or EPOCH, INTENDED) for one in ids if is_id(one)}
        self._all = untouched | self._earlier
        for one in (self._pickle, *_alone(artifacts, run_id, ids)):
            artifacts.remove(FOLDER, one)
        self._write_sidecar()
        artifacts.remove(FOLDER, self._sidecar + LOG)
        self._log = artifacts.write_ahead_log(FOLDER, self._sidecar + LOG)

    def of(self, connector_id: str) -> "OneOfMany":
        """The record of one connector, as its trigger keeps it."""
        return OneOfMany(self, connector_id)

    def earlier(self, connector_id: str) -> Record | None:
        """The record that an earlier try of this run left."""
        return self._earlier.get(connector_id)

    def write(self, record: Record) -> None:
        """Add a step to the log."""
        line = json.dumps(entry(record)).encode() + b"\n"
        with self._lock:
            if record.state != SENDING:  # what has happened is known even where it cannot be written
                self._all[record.connector_id] = record
            self._log.append(line)
            self._all[record.connector_id] = record

    def get(self, connector_id: str) -> Record:
        """The record as it is now."""
        return self._all[connector_id]

    def read_once(self) -> list[str]:
        """The ids of those that this run started and that were not read again since."""
        with self._lock:
            known = {one.connector_id: one.execution_time for one in self._earlier.values()}
            started = [one for one in self._all.values() if one.state == ACCEPTED and one.after is None]
            return [one.connector_id for one in started if known.get(one.connector_id) != one.execution_time]

    def finish(self) -> None:
        """Write the sidecar and, where any trigger arrived or may have, the pickle: a list of pairs."""
        with self._lock:
            records = list(self._all.values())
        self._write_sidecar()
        pairs = [[record.connector_id, record.execution_time] for record in records if record.arrived]
        if pairs:
            self._artifacts.write(FOLDER, self._pickle, pickles.dumps(pairs))
        self._artifacts.remove(FOLDER, self._sidecar + LOG)

    def _write_sidecar(self) -> None:
        self._artifacts.write(FOLDER, self._sidecar, many_records.text(map(entry, list(self._all.values()))))


class OneOfMany:
    """One connector's record among those of a batch, which holds the lock. See ``send_once.Store``."""

    lock_name = None

    def __init__(self, all_of_them: BatchRecords, connector_id: str) -> None:
        self._all = all_of_them
        self._connector_id = connector_id

    def read(self) -> Record | None:
        return self._all.earlier(self._connector_id)

    def clear(self) -> None:
        """Nothing: what earlier runs left of all of them was removed before the first."""

    def write(self, record: Record) -> None:
        self._all.write(record)
