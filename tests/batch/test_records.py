"""A batch's write-ahead log after a full disk, or after a kill in the middle of a line."""

import json
import resource
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN, read_sidecar
from shared.batch.records import BatchRecords
from shared.errors import ArtifactUnusable
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC, entry
from shared.fivetran.stamps import Reading

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
SIDECAR, LOG = "force_sync.json", "force_sync.jsonl"


def record(connector_id: str, state: str = ACCEPTED) -> Record:
    return Record(connector_id, NOON, state, Reading())


def line(one: Record) -> bytes:
    return json.dumps(entry(one)).encode() + b"\n"


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "fivetran")


def with_room_for(size: int, work: Callable[[], None]) -> None:
    """Call ``work`` with a limit on the size of files in bytes. What exceeds it is cut off, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with pytest.raises(ArtifactUnusable, match="could not be written"):
            work()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_last_line_that_is_cut_off_was_not_written(artifacts: Artifacts, share: float) -> None:
    last = line(record("two"))[:-1]
    artifacts.write("variables", LOG, line(record("one")) + last[: int(len(last) * share)])
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [record("one")]


def test_a_last_line_without_its_break_was_not_written_even_if_it_could_be_read(artifacts: Artifacts) -> None:
    artifacts.write("variables", LOG, line(record("one", SENDING)) + line(record("one"))[:-1])
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [record("one", SENDING)]


@pytest.mark.parametrize("damage", [b"\n", b"{\n", b'{"connector_id": "one", "st\n', b"7\n"])
def test_damage_before_the_last_line_is_said(artifacts: Artifacts, damage: bytes) -> None:
    artifacts.write("variables", LOG, line(record("one")) + damage + line(record("two")))
    with pytest.raises(ArtifactUnusable, match="is damaged"):
        read_sidecar(artifacts, FORCE_SYNC, SIDECAR)


def test_the_next_line_takes_the_place_of_one_that_was_cut_off(artifacts: Artifacts) -> None:
    records = BatchRecords(artifacts, FORCE_SYNC, None, ["one", "two", "three"], NOON)
    records.write(record("one"))
    size = len(line(record("one")))
    with_room_for(size + size // 2, lambda: records.write(record("two")))
    content = artifacts.read("variables", LOG)
    assert content is not None
    assert not content.endswith(b"\n")
    waiting = [record("two", INTENDED), record("three", INTENDED)]
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [record("one"), *waiting]
    records.write(record("three"))
    assert artifacts.read("variables", LOG) == line(record("one")) + line(record("three"))
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [record("one"), record("two", INTENDED), record("three")]


@pytest.mark.parametrize("state", [ACCEPTED, UNKNOWN, REFUSED])
def test_what_has_happened_is_known_in_the_end_though_the_log_had_no_room(artifacts: Artifacts, state: str) -> None:
    records = BatchRecords(artifacts, FORCE_SYNC, None, ["one"], NOON)
    records.write(record("one", SENDING))
    with_room_for(len(line(record("one", SENDING))), lambda: records.write(record("one", state)))
    records.finish()
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [record("one", state)]


def test_that_a_trigger_is_intended_is_written_once_but_for_one_that_takes_an_earlier_ones_place(
    artifacts: Artifacts,
) -> None:
    records = BatchRecords(artifacts, FORCE_SYNC, "run-1", ["one"], NOON)
    records.write(record("one", INTENDED))
    assert artifacts.read("variables", f"run-1_{LOG}") == b""
    assert [one.state for one in read_sidecar(artifacts, FORCE_SYNC, f"run-1_{SIDECAR}")] == [INTENDED]
    records.write(record("one", ACCEPTED))
    records.write(record("one", INTENDED))
    assert [one.state for one in read_sidecar(artifacts, FORCE_SYNC, f"run-1_{SIDECAR}")] == [INTENDED]


def test_a_request_that_could_not_be_announced_was_not_sent(artifacts: Artifacts) -> None:
    records = BatchRecords(artifacts, FORCE_SYNC, None, ["one"], NOON)
    records.write(record("one", INTENDED))
    with_room_for(len(line(record("one", SENDING))) - 1, lambda: records.write(record("one", SENDING)))
    records.finish()
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [record("one", INTENDED)]


def test_two_processes_with_one_log_lose_no_line_of_each_other(artifacts: Artifacts) -> None:
    ours, theirs = (artifacts.write_ahead_log("variables", LOG) for _ in range(2))
    ours.append(line(record("one")))
    theirs.append(line(record("two")))
    ours.append(line(record("three")))
    assert read_sidecar(artifacts, FORCE_SYNC, SIDECAR) == [record("one"), record("two"), record("three")]


def test_what_is_too_old_to_be_of_this_run_is_nothing_to_join(artifacts: Artifacts) -> None:
    for hours, known in ((27, True), (29, False)):
        artifacts.write("variables", "run-1_force_sync.jsonl", line(record("one")))
        records = BatchRecords(artifacts, FORCE_SYNC, "run-1", ["one"], NOON + timedelta(hours=hours))
        assert (records.of("one").read() is not None) is known
        assert records.get("one").state == (ACCEPTED if known else INTENDED)


def test_what_an_earlier_try_started_is_not_among_what_this_one_did(artifacts: Artifacts) -> None:
    """A joined sync is not read again: if it has ended since, that reading would already have the stamp of its end."""
    BatchRecords(artifacts, FORCE_SYNC, "run-1", ["one", "two"], NOON).write(record("one"))
    retry = BatchRecords(artifacts, FORCE_SYNC, "run-1", ["one", "two"], NOON)
    joined, triggered = retry.earlier("one"), record("two")._replace(execution_time=NOON + timedelta(seconds=2))
    assert joined is not None
    retry.write(joined)
    retry.write(triggered)
    assert retry.started() == [triggered]
