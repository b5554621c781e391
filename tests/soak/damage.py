"""Damage what comes from outside, thousands of times: answers of the server, pickles and records.

Whatever the damage, there is no traceback, no exit code of a bug, one result line, no second write, no code executed,
and no more memory used than for the largest undamaged file.
"""

import contextlib
import importlib
import io
import json
import os
import pickle
import random
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from shared.artifacts import many_records
from shared.exit_codes import ExitCode
from shared.fivetran.record import Record
from shared.fivetran.record_files import entry
from shared.fivetran.stamps import Reading
from tests.faults.blueprints import STARTS, Start
from tests.faults.effects import STRANGE, Fault
from tests.faults.matrix import PATIENT, environment, no_waiting, wrong
from tests.faults.matrix import play as run
from tests.faults.server import STRIKES, Good, Peer, Server
from tests.faults.state import CONNECTION, CONNECTOR
from tests.faults.world import World
from tests.soak import Figures, by_hand

ROUNDS = 10_000
MOST_MEMORY = 400 * 1024
"""KiB by which this process may grow."""
NOW = datetime.now(timezone.utc)

NODES: list[Any] = [
    None, True, False, 0, -1, 2**63, 10**30, 1e308, float("nan"), float("inf"), "", " ", "null", "x" * 70_000,
    "\ud800", "\x00", "\x1b[2J", "::set-output name=a::b", "../../etc/passwd", "<script>", "é" * 300, "{{", "%s%n",
    "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-30T24:00:00Z", "12:00",
    "2026-11-30T12:00:00", "2026-11-30T12:00:00.1234567890123Z", "2026-11-30T12:00:00+99:99", "-2026-11-30T12:00:00Z",
    [], {}, [[]], [None] * 50, {"": {"": {}}}, {"id": None}, json.loads("[" * 90 + "]" * 90),
]  # fmt: skip
PICKLES = [
    b"cos\nsystem\n(S'touch executed'\ntR.",
    b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0etouch executed\x85R.",
    b"cbuiltins\neval\n(S'open(\"executed\", \"w\")'\ntR.",
    b"(i__main__\nexecuted\n.",
    b"}" * 3000, b"(" * 3000, b"\x94" * 50, b"h\x00", b"\x85" * 500, b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7f",
]  # fmt: skip


def damaged_bytes(content: bytes, randomly: random.Random, splices: list[bytes]) -> bytes:
    """Flip, cut, insert, repeat and join bytes at random places."""
    for _ in range(randomly.choice([1, 1, 1, 2, 5])):
        at, length = randomly.randrange(len(content) + 1), randomly.choice([1, 1, 2, 8, 100])
        match randomly.randrange(7):
            case 0:
                content = content[:at] + bytes([randomly.randrange(256)]) + content[at + 1 :]
            case 1:
                content = content[:at]
            case 2:
                content = content[:at] + content[at + length :]
            case 3:
                content = content[:at] + randomly.randbytes(length) + content[at:]
            case 4:
                content = content[:at] + content[at : at + length] * randomly.choice([2, 3, 500]) + content[at:]
            case 5:
                content = content[:at] + randomly.choice(splices) + content[at:]
            case _:
                content = content[at:] + content[:at]
    return content


def damaged_json(content: bytes, randomly: random.Random) -> bytes:
    """Replace, remove or rename a value somewhere in the document, or damage its bytes."""
    if randomly.random() < 0.25:
        splices = [b'"', b"\\", b"\\ud800", b"\xff", b"[" * 200, b"1" * 5000, b"1e999", b"\xef\xbb\xbf", b"\x00"]
        return damaged_bytes(content, randomly, splices)
    found = json.loads(content)
    for _ in range(randomly.choice([1, 1, 2])):
        inner = list(places(found))
        if not inner:
            found = deepcopy(randomly.choice(NODES))
            break
        holder, key = randomly.choice(inner)
        match randomly.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[randomly.choice(["", "id", "x" * 300, f"{key}s"])] = holder.pop(key)
            case _:
                holder[key] = deepcopy(randomly.choice(NODES))
    return json.dumps(found).encode()


def places(found: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the place of each value in a document: its container and its key."""
    for key, value in list(found.items() if isinstance(found, dict) else enumerate(found)):
        yield found, key
        if isinstance(value, dict | list):
            yield from places(value)


def of_answers(start: Start, server: Server, folder: Path, randomly: random.Random, figures: Figures) -> None:
    """Play one run with one damaged answer."""
    strike, seed = randomly.choice([*STRIKES]), randomly.random()
    sent: list[bytes] = []

    def send(peer: Peer, good: Good) -> None:
        sent.append(damaged_json(good.body, random.Random(f"{seed} {len(sent)}")))
        peer.send(good.bytes(body=sent[-1]))

    seen = run(start, server, folder, Fault(send, STRANGE), strike)
    # A damaged stamp may have the value of a valid one, which says that a sync has succeeded.
    problems = [one for one in seen.problems if one != "a success while the sync still runs"]
    figures.expect(not problems, f"{start.key}, {strike}: {problems}: {[one[:600] for one in sent[:2]]!r}")
    figures["damaged answers"] += len(sent)
    figures[f"exit {seen.code}"] += 1


def samples() -> dict[str, bytes]:
    """Return the files that runs leave, undamaged, by name."""
    reading = Reading(NOW, None, syncing=True, read_at=NOW)
    one = Record(CONNECTOR, NOW, before=reading, after=reading)
    two = one._replace(connector_id="gratuitous_bounty")
    single = json.dumps({"schema": 1, "connectors": [entry(one)]}, indent=2).encode() + b"\n"
    many = b"".join(many_records.text(map(entry, [one, two]), "connectors"))
    log = b"".join(json.dumps(entry(each)).encode() + b"\n" for each in (one, two, one))
    job = {"schema": 1, "connection_id": CONNECTION, "state": "accepted", "execution_time": NOW.isoformat()}
    job |= {"job_id": 1007, "job_type": "sync", "last_job_id": 1006, "streams": []}
    return {
        "faults_force_sync.json": single,
        f"{CONNECTOR}_force_sync.json": single,
        "force_sync.json": many,
        "faults_force_sync.jsonl": log,
        "force_sync.jsonl": log,
        "force_sync.pickle": pickle.dumps([CONNECTOR, NOW], 4),
        "faults_force_sync.pickle": pickle.dumps([[CONNECTOR, NOW], ["gratuitous_bounty", NOW]], 2),
        "connector_id.pickle": pickle.dumps(CONNECTOR, 0),
        "execution_time.pickle": pickle.dumps(NOW, 3),
        "faults_sync.json": json.dumps(job).encode(),
        f"{CONNECTION}_sync.json": json.dumps(job).encode(),
        "sync.pickle": pickle.dumps([CONNECTION, 1007, NOW], 5),
        "sync_response.pickle": pickle.dumps(1007, 1),
    }


SAMPLES = samples()
FILES = {"fivetran": ("force_sync.json", "force_sync.jsonl", "force_sync.pickle", "_id.pickle", "_time.pickle")}
FILES["airbyte"] = (f"{CONNECTION}_sync.json", "faults_sync.json", "sync.pickle", "sync_response.pickle")
CODES = {int(code) for code in ExitCode} - {249}
_FIVETRAN = [
    Start("fivetran/check_sync_status", {}),
    Start("fivetran/check_sync_status", {"FIVETRAN_CONNECTOR_ID": CONNECTOR}),
    Start("fivetran/execute_sync", {"FIVETRAN_CONNECTOR_ID": CONNECTOR}),
    Start("fivetran/resync_connector", {"FIVETRAN_CONNECTOR_ID": CONNECTOR}),
]
_AIRBYTE = [
    Start("airbyte/check_sync_status", {"AIRBYTE_WAIT": "FALSE"}, api="own"),
    Start("airbyte/check_sync_status", {"AIRBYTE_CONNECTION_ID": CONNECTION, "AIRBYTE_WAIT": "FALSE"}, api="public"),
    Start("airbyte/execute_sync", {"AIRBYTE_CONNECTION_ID": CONNECTION, "AIRBYTE_WAIT": "FALSE"}, api="own"),
]


def of_files(server: Server, folder: Path, randomly: random.Random, figures: Figures) -> None:
    """Play one run with one or several damaged files."""
    start = randomly.choice(_FIVETRAN + _AIRBYTE)
    run_id = randomly.choice(["faults", ""])
    start = start._replace(variables={**start.variables, "SLIPWAY_RUN_ID": run_id})
    vendor = start.name.partition("/")[0]
    variables = folder / f"{vendor}-blueprints" / "variables"
    variables.mkdir(parents=True)
    ours = [name for name in SAMPLES if name.endswith(FILES[vendor])]
    names = randomly.sample(ours, randomly.randint(1, min(3, len(ours))))
    left: dict[str, bytes] = {}
    for name in names:
        left[name] = content = SAMPLES[name]
        if randomly.random() < 0.9:
            is_json = name.endswith(".json")
            left[name] = damaged_json(content, randomly) if is_json else damaged_bytes(content, randomly, PICKLES)
        (variables / name).write_bytes(left[name])
    loaded = set(sys.modules)
    seen = among(left, start, server, folder)
    what = f"{start.key}, run id {run_id!r}: { ({name: content[:400] for name, content in left.items()})!r}"
    figures.expect(not seen.problems, f"{seen.problems}: {what}")
    figures.expect(seen.code in CODES, f"exit {seen.code}: {what}")
    figures.expect(seen.code != 207 or not seen.writes, f"207 after a write: {what}")
    executed = Path("executed").exists() or (folder / "executed").exists()
    figures.expect(not executed, f"executed: {what}")
    new = {name for name in set(sys.modules) - loaded if not name.startswith(("shared.", "blueprints.", "encodings."))}
    figures.expect(not new - KNOWN, f"imported {new}: {what}")
    figures["damaged files"] += len(left)
    figures[f"exit {seen.code}"] += 1


class Came(NamedTuple):
    """What a run did."""

    code: int
    writes: int
    problems: list[str]


def among(left: dict[str, bytes], start: Start, server: Server, folder: Path) -> Came:
    """Run a blueprint in this process, with the files of an earlier step."""
    world = World()
    server.set(world, None, "")
    main = importlib.import_module(f"blueprints.{start.name.replace('/', '.')}").main
    out, err = io.StringIO(), io.StringIO()
    with no_waiting(world), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = int(main(environment(start, server, folder, PATIENT, "http")))
    for path in folder.rglob("variables/*"):
        if path.name in left and path.read_bytes() == left[path.name]:
            path.unlink()  # this test has damaged it
    problems = list(wrong(code, out.getvalue(), err.getvalue(), folder))
    problems += [f"{count} times {what}" for what, count in world.effects.items() if count > 1]
    return Came(code, server.writes, problems)


KNOWN = {"pickletools", "_compat_pickle", "difflib", "bz2", "lzma", "_bz2", "_lzma", "idna", "charset_normalizer"}
"""Modules that a run may import late, whatever it reads."""


def play(rounds: int, randomly: random.Random) -> Figures:
    """Play rounds: half of them damage answers, half of them files."""
    figures = Figures("damage")
    server = Server()
    with tempfile.TemporaryDirectory() as root, _in(root):
        for start in STARTS:  # imports all that is imported late, and plays the undamaged ones
            run(start, server, Path(root) / "good", None, "")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(rounds):
            folder = Path(root) / str(number)
            if number % 2:
                of_answers(STARTS[number // 2 % len(STARTS)], server, folder, randomly, figures)
            else:
                of_files(server, folder, randomly, figures)
            shutil.rmtree(folder, ignore_errors=True)
            figures["rounds"] += 1
            figures.tell()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        figures.expect(grown < MOST_MEMORY, f"the process grew by {grown} KiB")
        figures["MiB that the processes grew by"] = grown // 1024
        figures.tell()
    server.close()
    return figures


@contextlib.contextmanager
def _in(folder: str) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    raise SystemExit(by_hand(play, ROUNDS))
