"""What a trigger of many leaves behind: one sidecar, one pickle, and a journal while it goes on."""

import json
import threading
from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, FOLDER, INTENDED, REFUSED, SENDING, YOUNG, replaces
from shared.fivetran.batch.reading import is_id
from shared.fivetran.record import Record
from shared.fivetran.record_files import (
    FLEET_SIDECAR,
    JOURNAL,
    PICKLE,
    SCHEMA,
    SIDECAR,
    entry,
    read_sidecar,
)
from shared.timestamps import EPOCH


def forget(artifacts: Artifacts, run_id: str | None, ids: Collection[str], now: datetime | None) -> None:
    """Remove what earlier runs left and say that nothing was started: for each of ``ids`` where they are known, else
    with a sidecar that names nobody. ``now`` is the server's clock, where it is known.

    What this run's own earlier try started stays known: a later try is to join it.
    """
    name, pickle = _names(run_id)
    earlier = read_sidecar(artifacts, name) if run_id else []
    if any(trace.started and (now is None or now - trace.execution_time < YOUNG) for trace in earlier):
        return
    for one in (pickle, *_alone(artifacts, run_id, ids)):
        artifacts.remove(FOLDER, one)
    artifacts.write(FOLDER, name, _text([Record(one, now or EPOCH, REFUSED) for one in ids if is_id(one)]))
    artifacts.remove(FOLDER, name + JOURNAL)


def _alone(artifacts: Artifacts, run_id: str | None, ids: Collection[str]) -> list[str]:
    """The sidecars of runs about one of ``ids`` alone, without a run id: they say nothing of a run about many."""
    return [] if run_id else sorted({one + SIDECAR for one in ids} & set(artifacts.names(FOLDER)))


def _names(run_id: str | None) -> tuple[str, str]:
    """The sidecar's and the pickle's."""
    return (f"{run_id}{SIDECAR}", f"{run_id}_{PICKLE}") if run_id else (FLEET_SIDECAR, PICKLE)


class FleetTraces:
    """The files of one run about many connectors.

    Each step of each connector is one line of the journal before the next step is taken, so a process that is killed
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
        self._sidecar, self._pickle = _names(run_id)
        self._lock = threading.Lock()
        earlier = read_sidecar(artifacts, self._sidecar) if run_id else []
        known = set(ids)
        theirs = [trace.connector_id for trace in earlier]
        if run_id and theirs and known.isdisjoint(theirs):  # a group may gain and lose some between two tries
            say(replaces(artifacts.path(FOLDER, self._sidecar), theirs, f"{len(known)} others", run_id))
        self._earlier = {
            trace.connector_id: trace
            for trace in earlier
            if trace.connector_id in known and (now is None or now - trace.execution_time < YOUNG)
        }
        untouched = {one: Record(one, now or EPOCH, INTENDED) for one in ids if is_id(one)}
        self._all = untouched | self._earlier
        for one in (self._pickle, *_alone(artifacts, run_id, ids)):
            artifacts.remove(FOLDER, one)
        self._write_sidecar()
        artifacts.remove(FOLDER, self._sidecar + JOURNAL)
        self._journal = artifacts.journal(FOLDER, self._sidecar + JOURNAL)

    def read(self, connector_id: str) -> Record | None:
        """The trace that an earlier try of this run left."""
        return self._earlier.get(connector_id)

    def clear(self, connector_id: str) -> None:
        """Nothing: what earlier runs left of all of them was removed before the first."""

    def write(self, trace: Record) -> None:
        line = json.dumps(entry(trace)).encode() + b"\n"
        with self._lock:
            if trace.state != SENDING:  # what has happened is known even where it cannot be written
                self._all[trace.connector_id] = trace
            self._journal.append(line)
            self._all[trace.connector_id] = trace

    def get(self, connector_id: str) -> Record:
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
            traces = list(self._all.values())
        self._write_sidecar()
        pairs = [[trace.connector_id, trace.execution_time] for trace in traces if trace.arrived]
        if pairs:
            self._artifacts.write(FOLDER, self._pickle, pickles.dumps(pairs))
        self._artifacts.remove(FOLDER, self._sidecar + JOURNAL)

    def _write_sidecar(self) -> None:
        self._artifacts.write(FOLDER, self._sidecar, _text(list(self._all.values())))


def _text(traces: list[Record]) -> Iterator[bytes]:
    """``{"schema": 1, "connectors": [...]}``, an entry a line."""
    yield f'{{"schema": {SCHEMA}, "connectors": ['.encode()
    for number, trace in enumerate(traces):
        yield (b",\n  " if number else b"\n  ") + json.dumps(entry(trace)).encode()
    yield b"\n]}\n"
