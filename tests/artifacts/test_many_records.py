"""The files of a run about many connectors: its retry and its check can read them all, with limited memory."""

import json
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from shared.artifacts import many_records
from shared.artifacts.files import Artifacts
from shared.artifacts.many_records import LONGEST_LINE, MOST_RECORDS
from shared.artifacts.record_store import ACCEPTED, FOLDER, read_sidecar
from shared.batch.records import BatchRecords
from shared.errors import ArtifactUnusable
from shared.fivetran.record import Record
from shared.fivetran.record_files import FORCE_SYNC, entry
from shared.fivetran.stamps import Reading
from tests.conftest import ROOT, Blueprint, Emulator
from tests.fivetran.batch.account import TWO
from tests.soak import SHARE, amount, tell

MIB = 1024 * 1024
NOON = datetime(2026, 11, 22, 12, 0, 0, 7, tzinfo=timezone.utc)
FULL = Reading(NOON, NOON, syncing=True, read_at=NOON)
SIDECAR, LOG = "nightly_force_sync.json", "nightly_force_sync.jsonl"

PROGRAM = """
import sys
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import read_sidecar
from shared.fivetran.record_files import FORCE_SYNC
def peak():
    with open("/proc/self/status") as file:
        return int(next(line for line in file if line.startswith("VmHWM")).split()[1]) * 1024
before = peak()
found = read_sidecar(Artifacts(sys.argv[1], "fivetran"), FORCE_SYNC, "nightly_force_sync.json")
print(len(found), peak() - before)
"""


def record(connector_id: str) -> Record:
    return Record(connector_id, NOON, ACCEPTED, before=FULL, after=FULL)


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "fivetran")


@pytest.mark.parametrize("killed", [False, True])
def test_a_run_about_many_leaves_what_its_retry_reads(artifacts: Artifacts, tmp_path: Path, killed: bool) -> None:
    """``make soak`` does this with 100,000 connectors, ids of the greatest length, and four lines of log for each."""
    count, lines = min(MOST_RECORDS, amount(500 if killed else 13_000, MOST_RECORDS)), 4 if SHARE else 1
    ids = [f"{number:_>128}" for number in range(count)]
    records = BatchRecords(artifacts, FORCE_SYNC, "nightly", ids, NOON)
    for one in ids:
        for _ in range(lines):
            records.write(record(one))
    if not killed:
        records.finish()
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found, memory = map(int, done.stdout.split())
    print(f"{found} records, killed: {killed}, {memory // MIB} MiB to read them")
    assert found == count
    assert memory < 140 * MIB
    tell({"records": found})


def test_the_longest_entry_is_shorter_than_a_line_may_be() -> None:
    longest = record("x" * 128)._replace(state="intended", forced=False, queued=False)
    assert len(json.dumps(entry(longest))) + 4 < LONGEST_LINE * 0.75


def put(artifacts: Artifacts, content: bytes, name: str = SIDECAR) -> None:
    artifacts.write(FOLDER, name, content)


def written(*ids: str) -> bytes:
    return b"".join(many_records.text((entry(record(one)) for one in ids), "connectors"))


@pytest.mark.parametrize("ids", [(), ("one",), ("one", "two", "three")])
def test_what_is_written_is_json_and_comes_back(artifacts: Artifacts, ids: tuple[str, ...]) -> None:
    content = written(*ids)
    assert [one["connector_id"] for one in json.loads(content)["connectors"]] == list(ids)
    put(artifacts, content)
    assert [one.connector_id for one in read_sidecar(artifacts, FORCE_SYNC, SIDECAR)] == list(ids)
    put(artifacts, json.dumps(json.loads(content)).encode())  # as another program may rewrite it
    assert [one.connector_id for one in read_sidecar(artifacts, FORCE_SYNC, SIDECAR)] == list(ids)


WHOLE = written("one", "two")


@pytest.mark.parametrize(
    "content",
    [
        *(WHOLE[:length] for length in range(0, len(WHOLE) - 1, 7)),
        WHOLE + b"{}",
        WHOLE.replace(b"  {", b"  [{", 1),
        WHOLE.replace(b'"sync"', json.dumps("\U0001f600", ensure_ascii=False).encode()),
        WHOLE.replace(b'"sync"', b"7"),
        WHOLE.replace(b'"accepted"', b'["accepted"]'),
    ],
)
def test_a_damaged_one_is_207(artifacts: Artifacts, content: bytes) -> None:
    put(artifacts, content)
    with pytest.raises(ArtifactUnusable, match="is damaged"):
        read_sidecar(artifacts, FORCE_SYNC, SIDECAR)


def test_a_line_that_is_too_long_is_not_read(artifacts: Artifacts) -> None:
    put(artifacts, written("one").replace(b'"sync"', b'"' + b"x" * LONGEST_LINE + b'"'))
    with pytest.raises(ArtifactUnusable, match=f"a line of it is longer than {LONGEST_LINE} bytes"):
        read_sidecar(artifacts, FORCE_SYNC, SIDECAR)


@pytest.mark.parametrize("name", [SIDECAR, LOG])
def test_more_records_than_a_run_may_have_are_refused(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ids = ["one", "two", "three"]
    content = written(*ids) if name == SIDECAR else b"".join(json.dumps(entry(record(i))).encode() + b"\n" for i in ids)
    put(artifacts, content, name)
    assert len(read_sidecar(artifacts, FORCE_SYNC, SIDECAR)) == 3
    monkeypatch.setattr(many_records, "MOST_RECORDS", 2)
    monkeypatch.setattr("shared.fivetran.record_files.MOST_RECORDS", 2)
    with pytest.raises(ArtifactUnusable, match="is damaged"):
        read_sidecar(artifacts, FORCE_SYNC, SIDECAR)


def test_a_run_about_more_is_refused_before_anything_is_sent(
    blueprint: Blueprint, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO).code == 0
    emulator.forget_requests()
    monkeypatch.setattr(many_records, "MOST_RECORDS", 1)
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO)
    assert (done.code, emulator.requests("POST")) == (206, [])
    assert "2 connectors are selected, and one run triggers 1 at most" in done.stderr
    assert blueprint("fivetran/check_sync_status").code == 217


def test_a_check_asks_the_sidecar_where_the_pickle_is_of_too_many_to_be_read(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO).code == 0
    pickled = blueprint.file("variables", "force_sync.pickle")
    pickled.write_bytes(b"\x80" * 9 * MIB)
    emulator.advance(60)
    done = blueprint("fivetran/check_sync_status")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})
    blueprint.file("variables", "force_sync.json").unlink()
    assert blueprint("fivetran/check_sync_status").code == 207
