"""Read and write the records of Fivetran triggers under ``variables/``.

The sidecar ``{run_id}_force_sync.json`` (``{connector_id}_force_sync.json`` without a run id) is Slipway's own and has
the complete record. The pickle ``{run_id}_force_sync.pickle`` (``force_sync.pickle``) is Shipyard's contract:
``[connector_id, execution_time]``, or a list of such pairs for several connectors.

Several connectors have one sidecar, ``{run_id}_force_sync.json`` (``force_sync.json``), and a write-ahead log beside it
while they are being triggered (``shared.batch.records``).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from itertools import chain
from sys import intern
from typing import Any

from shared import timestamps
from shared.artifacts.files import Artifacts
from shared.artifacts.many_records import MOST_RECORDS
from shared.artifacts.record_store import FOLDER, STATES, Records, is_moment, unpickled
from shared.errors import ArtifactUnusable
from shared.fivetran.record import Record
from shared.fivetran.stamps import Reading
from shared.program.run import Run
from shared.settings.kinds import IDENTIFIER

SCHEMA = 1


class ForceSync:
    """The files of a sync, named as Shipyard names them. See ``record_shape.Shape``."""

    stem = "force_sync"
    also: tuple[str, ...] = ()
    noun = "connectors"

    def write(self, record: Record) -> Any:
        return {"schema": SCHEMA, "connectors": [entry(record)]}

    def read(self, sidecar: Any, log: Iterable[Any]) -> list[Record]:
        latest: dict[str, Record] = {}
        for one in chain(() if sidecar is None else sidecar["connectors"], log):
            record = _record(one)
            latest[record.connector_id] = record
            if len(latest) > MOST_RECORDS:
                raise ValueError("too many records")
        return list(latest.values())

    def pickled(self, record: Record) -> Sequence[Any]:
        return [[record.connector_id, record.execution_time]] if record.arrived else []

    def entry(self, record: Record) -> Any:
        return entry(record)

    def unsent(self, subject: str, now: datetime, state: str) -> Record | None:
        return Record(subject, now, state) if _is_id(subject) else None

    def pickled_all(self, records: Iterable[Record]) -> list[Any]:
        return [[record.connector_id, record.execution_time] for record in records if record.arrived]

    def unpickle(self, value: Any) -> list[Record]:
        several = isinstance(value, list) and value and all(isinstance(one, list | tuple) for one in value)
        pairs = value if several else [value]
        if not all(_is_pair(pair) for pair in pairs):
            raise ValueError("[connector_id, execution_time]")
        return [Record(pair[0], pair[1].astimezone(timezone.utc)) for pair in pairs]

    def official(self, artifacts: Artifacts) -> list[Record]:
        """Read the two pickles of the newer official package. Return [] unless both are there."""
        connector_id = unpickled(artifacts, "connector_id.pickle")
        moment = unpickled(artifacts, "execution_time.pickle")
        if connector_id is None or moment is None:
            return []
        if not _is_pair([connector_id, moment]):
            where = artifacts.path(FOLDER, "connector_id.pickle")
            raise ArtifactUnusable(f"{where} and execution_time.pickle beside it hold no id and no time; remove them")
        return [Record(connector_id, moment.astimezone(timezone.utc))]


FORCE_SYNC = ForceSync()


def records_of(run: Run, connector_id: str) -> Records[Record]:
    """Return the record store of this run for one connector."""
    return Records(run.artifacts, FORCE_SYNC, run_id=run.run_id, subject=connector_id, say=run.say)


def entry(record: Record) -> dict[str, Any]:
    """Return a record as JSON for the sidecar. Older versions wrote neither ``after`` nor ``read_at``."""
    before = record.before or Reading()
    return {
        "connector_id": record.connector_id,
        "state": record.state,
        "execution_time": timestamps.write(record.execution_time),
        "baseline": {
            "succeeded_at": timestamps.write(before.succeeded_at),
            "failed_at": timestamps.write(before.failed_at),
            "read_at": timestamps.write(before.read_at),
        },
        "running_before": before.syncing,
        "forced": record.forced,
        "operation": record.operation,
        "queued": record.queued,
        "after": None if record.after is None else _reading(record.after),
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "succeeded_at": timestamps.write(reading.succeeded_at),
        "failed_at": timestamps.write(reading.failed_at),
        "syncing": reading.syncing,
        "read_at": timestamps.write(reading.read_at),
    }


def _record(one: Any) -> Record:
    before, after = one["baseline"], one.get("after")
    state = one["state"]
    operation = one.get("operation", "sync")
    if state not in STATES or not isinstance(operation, str) or not operation.isascii():
        raise ValueError("unknown state or operation")
    return Record(
        connector_id=_id(one["connector_id"]),
        execution_time=timestamps.parse(one["execution_time"]),
        state=intern(state),
        before=_read(before, syncing=bool(one["running_before"])),
        after=None if after is None else _read(after, syncing=bool(after["syncing"])),
        forced=bool(one["forced"]),
        operation=intern(operation),
        queued=bool(one.get("queued", False)),
    )


def _read(found: Any, *, syncing: bool) -> Reading:
    stamps = (_optional(found["succeeded_at"]), _optional(found["failed_at"]))
    return Reading(*stamps, syncing=syncing, read_at=_optional(found.get("read_at")))


def _optional(text: str | None) -> datetime | None:
    return None if text is None else timestamps.parse(text)


def _id(value: Any) -> str:
    """Check an id that was read from a file, because it is used in URLs and file names."""
    if not isinstance(value, str):
        raise TypeError("an id is text")
    return IDENTIFIER.parse(value)


def _is_pair(pair: Sequence[Any]) -> bool:
    return isinstance(pair, list | tuple) and len(pair) == 2 and _is_id(pair[0]) and is_moment(pair[1])


def _is_id(value: Any) -> bool:
    try:
        return bool(_id(value))
    except (TypeError, ValueError):
        return False
