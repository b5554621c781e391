"""What a trigger leaves behind for the step that asks how it went: a sidecar, and the pickle of the contract.

The sidecar ``variables/{run_id}_force_sync.json`` (``{connector_id}_force_sync.json`` without a run id) is ours and
says everything; the pickle ``variables/{run_id}_force_sync.pickle`` (``force_sync.pickle``) is what everybody
else's check reads: ``[connector_id, execution_time]``, or a list of such pairs for several connectors.

Several connectors have one sidecar, ``{run_id}_force_sync.json`` (``force_sync.json``). While they are being
triggered each step is a line in a journal beside it (``.jsonl``), because rewriting thousands of entries at each of
thousands of steps has no end; who reads the sidecar reads the journal with it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Any, Protocol

from shared import timestamps
from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import FOLDER, STATES, damaged, is_moment, replaces, unpickled
from shared.errors import ArtifactUnusable
from shared.fivetran.record import Record
from shared.fivetran.stamps import Reading
from shared.settings.kinds import IDENTIFIER
from shared.untrusted_json import MOST_FILE_BYTES, parsed_file

SIDECAR = "_force_sync.json"
FLEET_SIDECAR = "force_sync.json"
"""That of several connectors without a run id."""
JOURNAL = "l"
"""What a sidecar's name has more where it is the journal's."""
PICKLE = "force_sync.pickle"
SCHEMA = 1


class TraceStore(Protocol):
    """Where a trigger keeps its traces: ``Traces`` for one connector, ``FleetTraces`` for many."""

    def read(self, connector_id: str) -> Record | None: ...

    def clear(self, connector_id: str) -> None: ...

    def write(self, trace: Record) -> None: ...


class Traces:
    """The files of one run about one connector."""

    def __init__(
        self, artifacts: Artifacts, run_id: str | None, say: Callable[[str], None] = lambda text: None
    ) -> None:
        self.artifacts = artifacts
        self.run_id = run_id
        self.say = say
        self._others: list[str] = []  # whom else the sidecar is about that this run replaces

    def sidecar_name(self, connector_id: str) -> str:
        return f"{self.run_id or connector_id}{SIDECAR}"

    @property
    def pickle_name(self) -> str:
        return f"{self.run_id}_{PICKLE}" if self.run_id else PICKLE

    def read(self, connector_id: str) -> Record | None:
        """This run's own trace of the connector, from an earlier try. Without a run id there is no telling a retry."""
        if self.run_id is None:
            return None
        found = read_sidecar(self.artifacts, self.sidecar_name(connector_id))
        self._others = [trace.connector_id for trace in found if trace.connector_id != connector_id]
        return next((trace for trace in found if trace.connector_id == connector_id), None)

    def clear(self, connector_id: str) -> None:
        """Yesterday's files must not answer for today's failure."""
        self._tell_of_others(connector_id)
        self.artifacts.remove(FOLDER, self.pickle_name)
        for name in {self.sidecar_name(connector_id), FLEET_SIDECAR if self.run_id is None else ""} - {""}:
            self.artifacts.remove(FOLDER, name)
            self.artifacts.remove(FOLDER, name + JOURNAL)

    def write(self, trace: Record) -> None:
        """The sidecar; the pickle too, where the trigger arrived or may have."""
        self._tell_of_others(trace.connector_id)
        text = json.dumps({"schema": SCHEMA, "connectors": [entry(trace)]}, indent=2) + "\n"
        name = self.sidecar_name(trace.connector_id)
        self.artifacts.write(FOLDER, name, text.encode())
        self.artifacts.remove(FOLDER, name + JOURNAL)  # of a fleet that was killed: it would speak the last word
        if trace.arrived:
            content = pickles.dumps([trace.connector_id, trace.execution_time])
            self.artifacts.write(FOLDER, self.pickle_name, content)

    def _tell_of_others(self, connector_id: str) -> None:
        """Once, before their traces are gone."""
        others, self._others = self._others, []
        if others:
            where = self.artifacts.path(FOLDER, self.sidecar_name(connector_id))
            self.say(replaces(where, others, connector_id, str(self.run_id)))


def entry(trace: Record) -> dict[str, Any]:
    """A record as the sidecar has it. Those of older versions have neither ``after`` nor a ``read_at``."""
    before = trace.before or Reading()
    return {
        "connector_id": trace.connector_id,
        "state": trace.state,
        "execution_time": timestamps.write(trace.execution_time),
        "baseline": {
            "succeeded_at": timestamps.write(before.succeeded_at),
            "failed_at": timestamps.write(before.failed_at),
            "read_at": timestamps.write(before.read_at),
        },
        "running_before": before.syncing,
        "forced": trace.forced,
        "operation": trace.operation,
        "after": None if trace.after is None else _reading(trace.after),
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "succeeded_at": timestamps.write(reading.succeeded_at),
        "failed_at": timestamps.write(reading.failed_at),
        "syncing": reading.syncing,
        "read_at": timestamps.write(reading.read_at),
    }


def read_sidecar(artifacts: Artifacts, name: str) -> list[Record]:
    """The traces of a sidecar and its journal, [] where there is none. Raises ArtifactUnusable where it is damaged."""
    content = artifacts.read(FOLDER, name, MOST_FILE_BYTES)
    try:
        found = [_trace(one) for one in parsed_file(content)["connectors"]] if content is not None else []
        journal = artifacts.read(FOLDER, name + JOURNAL)
        return found if journal is None else _overlaid(found, journal)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise damaged(artifacts, name, error) from error


def _overlaid(found: list[Record], journal: bytes) -> list[Record]:
    """``found`` with what the journal says later. What follows its last line break was cut off: it was not written.

    Any other line that cannot be read is damage: whoever wrote here puts a new line in the place of one cut off.
    """
    latest = {trace.connector_id: trace for trace in found}
    for line in journal.split(b"\n")[:-1]:
        trace = _trace(parsed_file(line))
        latest[trace.connector_id] = trace
    return list(latest.values())


def _trace(one: Any) -> Record:
    before, after = one["baseline"], one.get("after")
    if one["state"] not in STATES:
        raise ValueError("unknown state")
    return Record(
        connector_id=_id(one["connector_id"]),
        execution_time=timestamps.parse(one["execution_time"]),
        state=one["state"],
        before=_read(before, syncing=bool(one["running_before"])),
        after=None if after is None else _read(after, syncing=bool(after["syncing"])),
        forced=bool(one["forced"]),
        operation=str(one.get("operation", "sync")),
    )


def _read(found: Any, *, syncing: bool) -> Reading:
    stamps = (_optional(found["succeeded_at"]), _optional(found["failed_at"]))
    return Reading(*stamps, syncing=syncing, read_at=_optional(found.get("read_at")))


def _optional(text: str | None) -> datetime | None:
    return None if text is None else timestamps.parse(text)


def _id(value: Any) -> str:
    """An id out of a file is no more trusted than one out of a variable: it reaches URLs and file names."""
    if not isinstance(value, str):
        raise TypeError("an id is text")
    return IDENTIFIER.parse(value)


def read_pickle(artifacts: Artifacts, name: str) -> list[Record]:
    """The traces of a contract pickle, [] where there is none. Raises ArtifactUnusable where it is anything else."""
    value = unpickled(artifacts, name)
    if value is None:
        return []
    pairs = value if isinstance(value, list) and value and all(isinstance(v, list | tuple) for v in value) else [value]
    if not all(_is_pair(pair) for pair in pairs):
        where = artifacts.path(FOLDER, name)
        raise ArtifactUnusable(f"{where} holds no [connector_id, execution_time]; remove it and trigger again")
    return [Record(pair[0], pair[1].astimezone(timezone.utc)) for pair in pairs]


def read_official(artifacts: Artifacts) -> list[Record]:
    """The two pickles of the newer official package, which knows no run ids: [] unless both are there."""
    connector_id = unpickled(artifacts, "connector_id.pickle")
    moment = unpickled(artifacts, "execution_time.pickle")
    if connector_id is None or moment is None:
        return []
    if not _is_pair([connector_id, moment]):
        where = artifacts.path(FOLDER, "connector_id.pickle")
        raise ArtifactUnusable(f"{where} and execution_time.pickle beside it hold no id and no time; remove them")
    return [Record(connector_id, moment.astimezone(timezone.utc))]


def _is_pair(pair: Sequence[Any]) -> bool:
    return isinstance(pair, list | tuple) and len(pair) == 2 and _is_id(pair[0]) and is_moment(pair[1])


def _is_id(value: Any) -> bool:
    try:
        return bool(_id(value))
    except (TypeError, ValueError):
        return False
