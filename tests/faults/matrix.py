"""One cell of the matrix: a blueprint, a fault, and where it strikes. And what has to come of it."""

import contextlib
import importlib
import io
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.blueprints import NEEDS_A_DATE, Start
from tests.faults.server import STRIKES, Server
from tests.faults.table import CREDENTIALS, FAULTS, FINE, GONE, LIMITED, LOST, NO_DATE, REFUSED, STRANGE, Fault
from tests.faults.world import World

KEY, SECRET, TOKEN = "key-of-the-faults", "secret-of-the-faults", "token-of-the-faults"
CODES = {LOST: 223, REFUSED: 201, CREDENTIALS: 200, GONE: 204, LIMITED: 222}
TIMEOUT, PATIENT = 1.0, 10.0
"""Seconds to wait for an answer: where a fault never gives one, and where the machine may be busy."""
LONGEST = 60.0
"""Real seconds that no cell takes, on a machine that is busy."""


class Seen(NamedTuple):
    """What came of a cell. ``problems`` are what may never come of any."""

    code: int
    requests: list[str]
    writes: int
    struck: int
    seconds: float
    problems: list[str]
    said: str


@contextlib.contextmanager
def no_waiting(world: World) -> Iterator[None]:
    """Sleeps take no time: they move the client's clock and the world's."""
    sleep, monotonic = time.sleep, time.monotonic

    def ahead(seconds: float) -> None:
        world.ahead += seconds

    time.sleep = ahead  # type: ignore[assignment]
    time.monotonic = lambda: monotonic() + world.ahead  # type: ignore[assignment]
    try:
        yield
    finally:
        time.sleep, time.monotonic = sleep, monotonic


def environment(start: Start, server: Server, folder: Path, timeout: float) -> dict[str, str]:
    address = f"http://127.0.0.1:{server.port}"
    found = {
        "SHIPYARD_ARTIFACTS_DIRECTORY": str(folder),
        "SLIPWAY_RETRY_TIMEOUT": "2",
        "SLIPWAY_READ_TIMEOUT": f"{timeout:g}",
        "SLIPWAY_RUN_ID": "faults",
    }
    if start.name.startswith("fivetran"):
        found |= {"FIVETRAN_API_URL": f"{address}/v1", "FIVETRAN_API_KEY": KEY, "FIVETRAN_API_SECRET": SECRET}
    elif start.api == "own":
        found |= {"AIRBYTE_SERVER_HOST": "127.0.0.1", "AIRBYTE_SERVER_PORT": str(server.port)}
        found |= {"AIRBYTE_USERNAME": KEY, "AIRBYTE_PASSWORD": SECRET}
    else:
        found |= {"AIRBYTE_API_URL": f"{address}/api/public/v1", "AIRBYTE_CLIENT_ID": KEY}
        found |= {"AIRBYTE_CLIENT_SECRET": SECRET}
    return found | start.variables


def play(start: Start, server: Server, folder: Path, fault: Fault | None, strike: str) -> Seen:
    """Run a blueprint in this process."""
    world = World()
    if start.running:
        world.running_before, world.started = True, world.now()
    server.set(world, fault.play if fault else None, strike, done=fault.acts if fault else True)
    environ = environment(start, server, folder, TIMEOUT if fault and fault.slow else PATIENT)
    if "FIVETRAN_EXECUTION_TIME" in environ:
        environ["FIVETRAN_EXECUTION_TIME"] = (world.now() - timedelta(minutes=5)).isoformat()
    main = importlib.import_module(f"blueprints.{start.name.replace('/', '.')}").main
    out, err = io.StringIO(), io.StringIO()
    begun = time.monotonic()
    with no_waiting(world), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = int(main(environ))
    seconds = time.monotonic() - begun
    requests, writes, struck = list(server.requests), server.writes, server.struck
    said = err.getvalue()
    problems = list(wrong(code, out.getvalue(), said, folder))
    waits = start.variables.get("FIVETRAN_WAIT") or start.name == "airbyte/execute_sync"
    if waits and code == 0 and not world.ended:
        problems.append("a success while the sync still runs")
    if writes > 1 and not (fault and fault.makes == LIMITED):  # a write that was turned away may be sent again
        problems.append(f"{writes} writes")
    if world.effects > 1:
        problems.append(f"{world.effects} effects")
    if seconds > LONGEST:
        problems.append(f"{seconds:.0f} s")
    return Seen(code, requests, writes, struck, seconds, problems, said)


def wrong(code: int, out: str, err: str, folder: Path) -> Iterator[str]:
    """What may come of no run, whatever the server does."""
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


def expected(start: Start, strike: str, fault: Fault, good: Seen) -> set[int] | None:
    """The exit codes that a cell may have, None where any will do that is no bug and no false success."""
    if fault.makes == STRANGE:
        return None
    if fault.makes == NO_DATE:
        return {NEEDS_A_DATE.get(start.name, good.code)}
    if fault.makes == FINE:
        return {good.code}
    if strike == "read" and start.waits and not good.writes:
        return {CODES[fault.makes], 221}  # a wait for something that others started goes on until its deadline
    if fault.makes == GONE and start.api:
        return {CODES[GONE], CODES[REFUSED], good.code}  # Airbyte says with a body what is not there
    if strike == "read" and fault.makes == REFUSED and start.api == "public":
        return {CODES[REFUSED], CODES[CREDENTIALS]}  # a token endpoint that refuses the pair says 400
    if strike == "read":
        return {CODES[fault.makes]}
    if strike == "write" and fault.makes == LIMITED:
        return {CODES[LIMITED], good.code}
    if strike == "write":
        return {start.lost if fault.makes == LOST else CODES[fault.makes]}
    if start.waits and fault.postpones:
        return {good.code, 221, CODES[fault.makes]}
    goes_on = start.waits and fault.makes in (LOST, LIMITED)
    return {good.code} if goes_on else {good.code, CODES[fault.makes]}


def judged(start: Start, strike: str, fault: Fault, good: Seen, seen: Seen) -> list[str]:
    """What is wrong with what came of a cell."""
    problems = list(seen.problems)
    codes = expected(start, strike, fault, good)
    if codes is not None and strike == "poll" and not seen.writes:  # it struck the second read before a write
        codes |= expected(start, "read", fault, good) or set()
    if codes is not None and seen.code not in codes:
        problems.append(f"exit code {seen.code}, not {' or '.join(map(str, sorted(codes)))}")
    if fault.makes == FINE and not start.waits and seen.requests != good.requests:
        problems.append(f"{len(seen.requests)} requests, not {len(good.requests)}")
    if strike == "read" and not start.waits and fault.makes in CODES and len(seen.requests) > MOST_REQUESTS:
        problems.append(f"{len(seen.requests)} requests after a read that failed")
    if len(seen.requests) > len(good.requests) + LOOKS:
        problems.append(f"{len(seen.requests)} requests, and {len(good.requests)} without the fault")
    return problems


MOST_REQUESTS = 16
LOOKS = 60
"""More requests than without the fault: after a lost answer it looks every 2 s for 30 s, and a wait goes on."""
CELLS = [(strike, name) for name in FAULTS for strike in STRIKES]
