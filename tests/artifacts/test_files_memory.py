"""To read a file of up to 8 MiB takes at most 64 MiB more than its size. Each is measured in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import FOLDER, read_pickle, read_sidecar, unpickled
from shared.errors import ArtifactUnusable
from shared.fivetran.record_files import FORCE_SYNC
from tests.conftest import ROOT
from tests.soak import SHARE, tell

MIB = 1024 * 1024

PROGRAM = """
import json, os, sys
from shared.artifacts import pickles
from shared.untrusted_json import parsed_file

def text(value):
    raw = value.encode()
    return b"X" + len(raw).to_bytes(4, "little") + raw

# Each a file of n parts, and the most parts that are let in within 8 MiB.
PICKLES = {
    "empty dicts": (259_000, lambda n: b"(" + b"}" * n + b"l."),
    "empty dicts that are memoised": (129_000, lambda n: b"\\x80\\x04(" + b"}\\x94" * n + b"l."),
    "dicts of one": (64_000, lambda n: b"(" + text("a") + b"\\x94" + b"}h\\x00Ns" * n + b"l."),
    "lists of one": (87_000, lambda n: b"(N\\x94" + b"]h\\x00a" * n + b"l."),
    "one dict": (110_000, lambda n: b"}(" + b"".join(text(str(i)) + b"N" for i in range(n)) + b"u."),
    "nested tuples": (259_000, lambda n: b"N" + b"\\x85" * n + b"."),
    "texts": (176_000, lambda n: b"(" + b"\\x8c\\x02\\xc4\\x80" * n + b"l."),
    "one text of wide characters": (8_300_000, lambda n: text("a" * n + "\\U0001f600") + b"."),
    "texts of wide characters": (8_300, lambda n: b"(" + text("a" * 1000 + "\\U0001f600") * n + b"l."),
    "a text that is escaped": (8_300_000, lambda n: b"V" + b"a" * n + b"\\\\U0001f600\\n."),
    "long numbers": (32_000, lambda n: b"(" + (b"\\x8a\\xff" + b"\\x01" * 255) * n + b"l."),
    "memo": (258_000, lambda n: b"N" + b"".join(b"r" + i.to_bytes(4, "little") for i in range(n)) + b"."),
    "bytes of one memoised text, again and again": (
        0, lambda n: b"c_codecs\\nencode\\nq\\x00" + text("a" * 1_500_000) + b"q\\x01" + text("latin1")
        + b"\\x86q\\x02(" + b"h\\x00h\\x02R" * 20_000 + b"l."
    ),
}
FILES = {
    "lists": (346_000, lambda n: b"[" + b"[]," * n + b"1]"),
    "objects of one": (149_000, lambda n: b"[" + b'{"":0},' * n + b"1]"),
    "nested objects": (2_050, lambda n: b"[" + (b'{"a":' * 90 + b"1" + b"}" * 90 + b",") * n + b"1]"),
    "names": (76_000, lambda n: (
        "{" + ",".join(f'"k{i}\\u0100":{{"\\u0100{i}":"\\u0100{i}"}}' for i in range(n)) + "}").encode()),
    "texts": (329_000, lambda n: ("[" + '"\\u0100b",' * n + "1]").encode()),
    "one text of wide characters": (3_900_000, lambda n: ('["' + "a" * n + '\\U0001f600"]').encode()),
    "a text that is escaped": (8_300_000, lambda n: ('["' + "a" * n + '\\\\ud83d\\\\ude00"]').encode()),
    "numbers": (364_000, lambda n: b"[" + b"1.5," * n + b"1]"),
}

def status(name):
    with open("/proc/self/status") as file:
        return int(next(line for line in file if line.startswith(name)).split()[1]) * 1024

def measure(load, content):
    reader, writer = os.pipe()
    if not os.fork():
        before = status("VmRSS")
        try:
            load(content)
            taken = True
        except (ValueError, pickles.RefusedPickle):
            taken = False
        os.write(writer, json.dumps([taken, status("VmHWM") - before]).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as file:
        found = json.loads(file.read())
    os.wait()
    return found

most = 8 * 1024 * 1024
for kinds, load in ((PICKLES, pickles.loads), (FILES, parsed_file)):
    for name, (n, make) in kinds.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        content = make(n)
        part = max(1, len(content) // max(n, 1))
        assert len(content) <= most, name
        row = [load.__name__, name, measure(load, content)]
        fills = not sys.argv[1:] and n and len(content) < most * 0.9
        row.append(measure(load, make(most // part)[:most]) if fills else None)
        print(json.dumps(row))
"""


AGAIN = "bytes of one memoised text, again and again"
FEW = [AGAIN, "empty dicts that are memoised", "one text of wide characters", "names"]


@pytest.fixture(scope="module")
def measured() -> list[Any]:
    """Measure a few kinds of content. ``make soak`` measures all of them, and files of those kinds that are refused."""
    kinds = [] if SHARE >= 1 else FEW
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *kinds], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_no_file_takes_more_than_64_mib_beyond_it(measured: list[Any]) -> None:
    """Neither the largest accepted file of a kind, nor a refused one of 8 MiB."""
    assert len(measured) == (21 if SHARE >= 1 else len(FEW) + 1)
    tell({"kinds of files": len(measured)})
    for reader, kind, largest, full in measured:
        assert largest[1] < 64 * MIB, (reader, kind, largest)
        assert full is None or full[1] < 64 * MIB, (reader, kind, full)


def test_what_a_large_batch_leaves_is_let_in(measured: list[Any]) -> None:
    """The limits are not so low that Slipway refuses its own files."""
    assert {kind for _, kind, largest, _ in measured if not largest[0]} == {AGAIN}
    assert all(full is None or not full[0] for _, _, _, full in measured)


def artifacts(folder: Path, name: str, content: bytes) -> Artifacts:
    made = Artifacts(str(folder), "fivetran")
    made.write(FOLDER, name, content)
    return made


@pytest.mark.parametrize("content", [b"[" + b"[]," * 500_000 + b"1]", b"[" * 200 + b"]" * 200])
def test_a_sidecar_of_too_many_values_is_damaged(tmp_path: Path, content: bytes) -> None:
    place = artifacts(tmp_path, "a_force_sync.json", content)
    with pytest.raises(ArtifactUnusable, match=r"is damaged \(it (has 1000001 values|is nested)") as caught:
        read_sidecar(place, FORCE_SYNC, "a_force_sync.json")
    assert caught.value.code == 207


def test_a_line_of_a_write_ahead_log_is_bounded_too(tmp_path: Path) -> None:
    place = artifacts(tmp_path, "a_force_sync.jsonl", b"[" + b"[]," * 500_000 + b"1]\n")
    with pytest.raises(ArtifactUnusable, match="a line of it is longer than 1024 bytes"):
        read_sidecar(place, FORCE_SYNC, "a_force_sync.json")


@pytest.mark.parametrize(
    "read", [unpickled, lambda place, name: read_sidecar(place, FORCE_SYNC, name)], ids=["pickle", "sidecar"]
)
def test_a_file_beyond_8_mib_is_not_even_read(tmp_path: Path, read: Callable[[Artifacts, str], object]) -> None:
    place = artifacts(tmp_path, "a", bytes(8 * MIB + 1))
    with pytest.raises(ArtifactUnusable, match=f"is larger than {8 * MIB} bytes"):
        read(place, "a")


def test_a_pickle_of_none_is_a_damaged_file_and_not_none(tmp_path: Path) -> None:
    place = artifacts(tmp_path, "force_sync.pickle", pickles.dumps(None))
    with pytest.raises(ArtifactUnusable, match="it holds None; remove it and trigger again") as caught:
        read_pickle(place, FORCE_SYNC, None)
    assert caught.value.code == 207
    assert unpickled(place, "another.pickle") is None
