"""Play one cell of the matrix, a blueprint with a fault at one point, and find what no run may do."""

import contextlib
import importlib
import io
import json
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from shared.airbyte import newest_jobs
from shared.http import client
from tests.faults import tls
from tests.faults.blueprints import Start
from tests.faults.effects import FINE, LIMITED, Fault
from tests.faults.plays import as_it_is
from tests.faults.server import Server
from tests.faults.state import CONNECTOR, MANY
from tests.faults.world import World

USER, SECRET, TOKEN = "key-of-the-faults", "secret-of-the-faults", "token-of-the-faults"
RETRY_TIMEOUT = "1"
TIMEOUT, PATIENT = 1.0, 10.0
"""Seconds that the client waits for an answer: for a fault that never sends one, and for others, on a busy machine."""
LONGEST = 60.0
"""Real seconds within which every cell must end, even on a busy machine."""


class Outcome(NamedTuple):
    """The outcome that a cell must have exactly: its exit code, and how many requests reached the server.

    ``requests`` is a number. If the exit code is the same as without the fault, it is the difference from that run.
    """

    code: int
    requests: str


class Seen(NamedTuple):
    """What a cell did. ``problems`` are those that no cell may have."""

    code: int
    requests: list[str]
    writes: int
    reads: tuple[int, int]
    struck: int
    problems: list[str]
    rows: dict[str, int]
    said: str

    def outcome(self, good: "Seen") -> Outcome:
        if self.code != good.code:
            return Outcome(self.code, str(len(self.requests)))
        more = len(self.requests) - len(good.requests)
        return Outcome(self.code, f"{more:+d}" if more else "as ever")


@contextlib.contextmanager
def no_waiting(world: World) -> Iterator[None]:
    """Let only sleeps move the client's clock and the world's, and take the jitter out of the pauses."""
    kept = time.sleep, time.monotonic, random.uniform, random.random, client.CONNECT_TIMEOUT, client.SLOW_FACTOR
    at_once, newest_jobs.AT_ONCE = newest_jobs.AT_ONCE, 1  # one call at a time, as with FIVETRAN_CONCURRENCY=1
    lock = threading.Lock()

    def ahead(seconds: float) -> None:
        with lock:
            world.ahead += seconds

    bundle = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = str(tls.AUTHORITY)
    time.sleep = ahead  # type: ignore[assignment]
    time.monotonic = lambda: 1000.0 + world.ahead  # type: ignore[assignment]
    random.uniform = lambda low, high: (low + high) / 2  # type: ignore[assignment,method-assign]
    random.random = lambda: 0.5  # type: ignore[method-assign]
    client.CONNECT_TIMEOUT, client.SLOW_FACTOR = 0.5, 1
    try:
        yield
    finally:
        time.sleep, time.monotonic, random.uniform, random.random = kept[:4]
        client.CONNECT_TIMEOUT, client.SLOW_FACTOR = kept[4:]
        newest_jobs.AT_ONCE = at_once
        del os.environ["REQUESTS_CA_BUNDLE"]
        os.environ |= {"REQUESTS_CA_BUNDLE": bundle} if bundle else {}


def environment(start: Start, server: Server, folder: Path, timeout: float, scheme: str) -> dict[str, str]:
    address = f"{scheme}://127.0.0.1:{server.port}"
    found = {
        "SHIPYARD_ARTIFACTS_DIRECTORY": str(folder),
        "SLIPWAY_RETRY_TIMEOUT": RETRY_TIMEOUT,
        "SLIPWAY_READ_TIMEOUT": f"{timeout:g}",
        "SLIPWAY_RUN_ID": "faults",
    }
    if start.name.startswith("fivetran"):
        found |= {"FIVETRAN_API_URL": f"{address}/v1", "FIVETRAN_API_KEY": USER, "FIVETRAN_API_SECRET": SECRET}
    elif start.api == "own":
        found |= {"AIRBYTE_SERVER_HOST": f"{scheme}://127.0.0.1", "AIRBYTE_SERVER_PORT": str(server.port)}
        found |= {"AIRBYTE_USERNAME": USER, "AIRBYTE_PASSWORD": SECRET}
    else:
        found |= {"AIRBYTE_API_URL": f"{address}/api/public/v1", "AIRBYTE_CLIENT_ID": USER}
        found |= {"AIRBYTE_CLIENT_SECRET": SECRET}
    return found | start.variables


def world_of(start: Start) -> World:
    world = World()
    world.many, world.lists_all = start.many, start.listed
    if start.running and (start.api or "transformation" in start.name):
        world.running_before, world.started = True, world.now()
    elif start.running:
        world.syncs = dict.fromkeys(MANY if start.many else (CONNECTOR,), world.now())
    return world


def play(
    start: Start, server: Server, folder: Path, fault: Fault | None, strike: str, timeout: float = TIMEOUT
) -> Seen:
    """Run a blueprint in this process. ``timeout``: seconds to wait for an answer that never comes."""
    world = world_of(start)
    fault = fault or Fault(as_it_is, FINE)
    opens = tls.good if fault.tls else None
    hits = {"done": fault.acts, "opens": opens, "shuts": fault.opens}
    server.set(world, None if fault.opens else fault.play, strike, about=start.about, **hits)
    scheme = "https" if fault.tls else "http"
    environ = environment(start, server, folder, timeout if fault.hangs else PATIENT, scheme)
    if "FIVETRAN_EXECUTION_TIME" in environ:
        environ["FIVETRAN_EXECUTION_TIME"] = (world.now() - timedelta(minutes=5)).isoformat()
    main = importlib.import_module(f"blueprints.{start.name.replace('/', '.')}").main
    out, err = io.StringIO(), io.StringIO()
    begun = time.monotonic()
    with no_waiting(world), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = int(main(environ))
    seconds = time.monotonic() - begun
    requests, said = list(server.requests), err.getvalue()
    problems = list(wrong(code, out.getvalue(), said, folder))
    waits = start.variables.get("FIVETRAN_WAIT") or start.name == "airbyte/execute_sync"
    if waits and code == 0 and not world.ended:
        problems.append("a success while the sync still runs")
    written = Counter(request for request in requests if World.writes(*re.split("[?#]", request)[0].split(" ")))
    if fault.makes != LIMITED and (fault.acts or not start.again):  # a write that was turned away may be sent again
        problems += [f"{count} times {request}" for request, count in written.items() if count > 1]
    problems += [f"{count} effects of {request}" for request, count in world.effects.items() if count > 1]
    if seconds > LONGEST:
        problems.append(f"{seconds:.0f} s")
    reads = server.reads_before, server.reads_after
    return Seen(code, requests, server.writes, reads, server.struck, problems, rows_of(folder), said)


def rows_of(folder: Path) -> dict[str, int]:
    """Return the exit code of each connector or connection of a batch."""
    lines = [line for path in folder.rglob("*_rows.ndjson") for line in path.read_text().splitlines()]
    return {row.get("connector_id") or row["connection_id"]: row["exit_code"] for row in map(json.loads, lines)}


def wrong(code: int, out: str, err: str, folder: Path) -> Iterator[str]:
    """Yield the problems that no run may have, whatever the server does."""
    lines = out.splitlines()
    if len(lines) != 1:
        yield f"{len(lines)} lines of stdout"
    else:
        result: Any = json.loads(lines[0])
        if result["exit_code"] != code:
            yield f"exit code {code}, and {result['exit_code']} in the result"
    if "Traceback" in err or code == 249:
        yield f"a bug: {err[-1500:]}"
    if any(line.startswith(("::", "##")) for line in [*lines, *err.splitlines()]):
        yield "a line that commands a runner"
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts = [out, err]
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".tmp":
            yield f"{path.name} was left behind"
        if path.suffix == ".json":
            json.loads(content)
        texts.append(content.decode("latin-1"))
    if any(secret in text for secret in (SECRET, TOKEN) for text in texts):
        yield "a secret"
