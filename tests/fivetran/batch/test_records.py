"""What a batch's write-ahead log says after a full disk or a kill in the middle of a line."""

import json
import resource
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN, read_sidecar
from shared.errors import ArtifactUnusable
from shared.fivetran.batch.records import BatchRecords
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC, entry
from shared.fivetran.stamps import Reading

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
SIDECAR, LOG = "force_sync.json", "force_sync.jsonl"


def trace(connector_id: str, state: str = ACCEPTED) -> Record:
    return Record(connector_id, NOON, state, Reading())


def line(one: Record) -> bytes:
    return json.dumps(entry(one)).encode() + b"\n"


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "fivetran")


def with_room_for(size: int, work: Callable[[], None]) -> None:
    """``work`` where no file may grow past ``size`` bytes: what does not fit is cut off, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with pytest.raises(ArtifactUnusable, match="could not be written"):
            work()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_last_line_that_is_cut_off_was_not_written(artifacts: Artifacts, share: float) -> None:
    last = line(trace("two"))[:-1]
    artifacts.write("variables", LOG, line(trace("one")) + last[: int(len(last) * share)])
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [trace("one")]


def test_a_last_line_without_its_break_was_not_written_even_if_it_could_be_read(artifacts: Artifacts) -> None:
    artifacts.write("variables", LOG, line(trace("one", SENDING)) + line(trace("one"))[:-1])
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [trace("one", SENDING)]


@pytest.mark.parametrize("damage", [b"\n", b"{\n", b'{"connector_id": "one", "st\n', b"7\n"])
def test_damage_before_the_last_line_is_said(artifacts: Artifacts, damage: bytes) -> None:
    artifacts.write("variables", LOG, line(trace("one")) + damage + line(trace("two")))
    with pytest.raises(ArtifactUnusable, match="is damaged"):
        read_sidecar(artifacts, FORCE_SYNC, SIDECAR)


def test_the_next_line_takes_the_place_of_one_that_was_cut_off(artifacts: Artifacts) -> None:
    traces = BatchRecords(artifacts, None, ["one", "two", "three"], NOON)
    traces.write(trace("one"))
    size = len(line(trace("one")))
    with_room_for(size + size // 2, lambda: traces.write(trace("two")))
    content = artifacts.read("variables", LOG)
    assert content is not None
    assert not content.endswith(b"\n")
    waiting = [trace("two", INTENDED), trace("three", INTENDED)]
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [trace("one"), *waiting]
    traces.write(trace("three"))
    assert artifacts.read("variables", LOG) == line(trace("one")) + line(trace("three"))
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [trace("one"), trace("two", INTENDED), trace("three")]


@pytest.mark.parametrize("state", [ACCEPTED, UNKNOWN, REFUSED])
def test_what_has_happened_is_known_in_the_end_though_the_log_had_no_room(artifacts: Artifacts, state: str) -> None:
    traces = BatchRecords(artifacts, None, ["one"], NOON)
    traces.write(trace("one", SENDING))
    with_room_for(len(line(trace("one", SENDING))), lambda: traces.write(trace("one", state)))
    traces.finish()
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [trace("one", state)]


def test_a_request_that_could_not_be_announced_was_not_sent(artifacts: Artifacts) -> None:
    traces = BatchRecords(artifacts, None, ["one"], NOON)
    traces.write(trace("one", INTENDED))
    with_room_for(len(line(trace("one", INTENDED))), lambda: traces.write(trace("one", SENDING)))
    traces.finish()
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [trace("one", INTENDED)]


def test_two_processes_with_one_log_lose_no_line_of_each_other(artifacts: Artifacts) -> None:
    ours, theirs = (artifacts.write_ahead_log("variables", LOG) for _ in range(2))
    ours.append(line(trace("one")))
    theirs.append(line(trace("two")))
    ours.append(line(trace("three")))
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [trace("one"), trace("two"), trace("three")]


def test_what_is_too_old_to_be_of_this_run_is_nothing_to_join(artifacts: Artifacts) -> None:
    for hours, known in ((27, True), (29, False)):
        artifacts.write("variables", "run-1_force_sync.jsonl", line(trace("one")))
        records = BatchRecords(artifacts, "run-1", ["one"], NOON + timedelta(hours=hours))
        assert (records.of("one").read() is not None) is known
        assert records.get("one").state == (ACCEPTED if known else INTENDED)
