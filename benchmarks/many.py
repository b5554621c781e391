"""Measure what a batch costs: many connectors triggered and awaited by one process, against a loop over connectors.

``make bench-many`` prints tables for docs/benchmarks.md. The emulator runs on the same machine, so elapsed times mean
nothing; calls, CPU and memory are those of the client's process only. Compare only figures of the same run.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.processes import new_folder, peak
from blueprints.fivetran.execute_sync import Settings
from shared.fivetran.batch.batch import Batch
from shared.fivetran.batch.wait import BatchWait
from shared.fivetran.record import Record
from shared.fivetran.verdict import verdict
from shared.program.run import Run

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1, 10, 100, 1000, 5000)
SIZES_OF_TRIGGERS = (200, 1000)
REPEATS = 3
WIDTHS = (1, 8)
"""Of FIVETRAN_CONCURRENCY: one thread, and the default."""
ROUNDS = {"together": 30, "each": 3}
"""Polls by either way. A poll by list is short, so it is measured more often."""
FOREVER = 86400.0
MILLI = 1000.0
LATER = datetime(2999, 1, 1, tzinfo=timezone.utc)
"""No stamp is later than this execution time, so no sync ends during the measurement."""


@contextmanager
def emulator(size: int, sync_seconds: float, quota: int = 1_000_000) -> Iterator[dict[str, str]]:
    """Start an emulator with ``size`` generated connectors. Yield the environment of its client."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "scenario.json"
        scenario.write_text(json.dumps({"fivetran": {"switches": {"quota": quota}}}))
        options = ["--port", "0", "--connectors", str(size), "--sync-seconds", str(sync_seconds)]
        command = [sys.executable, "-m", "emulator", *options, "--scenario", str(scenario)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield {
                    "PATH": os.environ["PATH"],
                    "FIVETRAN_API_URL": process.stdout.readline().strip() + "/v1",
                    "FIVETRAN_API_KEY": "emulator-key",
                    "FIVETRAN_API_SECRET": "emulator-secret",
                    **({"FIVETRAN_GROUP_ID": "Generated"} if size > 1 else {"FIVETRAN_CONNECTOR_ID": "amber_acorn"}),
                }
            finally:
                process.terminate()


def measured(arguments: list[str], environ: dict[str, str]) -> tuple[dict[str, Any], float, float]:
    """Run a Python process. Return its line of JSON, its CPU seconds and its peak memory in MiB."""
    with tempfile.TemporaryFile("w+") as stdout:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=new_folder(), env=environ, stdout=stdout, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0)
        assert process.returncode == 0, stdout.read()
        return json.loads(stdout.read()), usage.ru_utime + usage.ru_stime, peak(usage)


def runs() -> None:
    """Measure execute_sync with FIVETRAN_WAIT, from start to end."""
    print("| connectors | calls | of them triggers | CPU, s | CPU a connector, ms | peak, MiB | of N = 1 |")
    print("|---|---|---|---|---|---|---|")
    program = str(ROOT / "blueprints" / "fivetran" / "execute_sync.py")
    first = 0.0
    for size in SIZES:
        with emulator(size, 2.0 + size / 500) as environ:
            waiting = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}
            result, cpu, memory = measured([program], {**environ, **waiting})
        first = first or memory
        print(
            f"| {size} | {result['api_calls']} | {size} | {cpu:.2f} | {cpu * MILLI / size:.1f} | {memory:.1f} "
            f"| {memory / first:.2f} |",
            flush=True,
        )


def triggers() -> None:
    """Measure what one trigger more costs without a wait, by the difference of two sizes."""
    few, many = SIZES_OF_TRIGGERS
    program = str(ROOT / "blueprints" / "fivetran" / "execute_sync.py")
    print("| threads | CPU a trigger, ms |")
    print("|---|---|")
    for width in WIDTHS:
        found = []
        for _ in range(REPEATS):
            cpu = []
            for size in (few, many):
                with emulator(size, FOREVER) as environ:
                    cpu.append(measured([program], {**environ, "FIVETRAN_CONCURRENCY": str(width)})[1])
            found.append((cpu[1] - cpu[0]) / (many - few) * MILLI)
        print(f"| {width} | {median(found):.2f} |", flush=True)


def rounds() -> None:
    """Measure one poll of all connectors, by the list and by a loop over connectors, each in its own process."""
    head = "connectors | calls | asking each | CPU, ms | if all changed | asking each | ratio | if all changed"
    print(f"| {head} | peak, MiB | asking each |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in SIZES:
        found = {}
        for way in ("together", "each"):
            with emulator(size, FOREVER) as environ:
                arguments = [
                    "-c",
                    f"import sys; sys.path[0] = {str(ROOT)!r}; from benchmarks.many import {way}; {way}()",
                ]
                result, _, memory = measured(arguments, environ)
            count = ROUNDS[way]
            found[way] = (result["calls"] / count, result["cpu"] * MILLI / count, result["first"] * MILLI, memory)
        (calls, cpu, first, memory), (calls_each, cpu_each, _, memory_each) = found["together"], found["each"]
        print(
            f"| {size} | {calls:.0f} | {calls_each:.0f} | {cpu:.1f} | {first:.1f} | {cpu_each:.0f} "
            f"| {cpu / cpu_each:.3f} | {first / cpu_each:.3f} | {memory:.1f} | {memory_each:.1f} |",
            flush=True,
        )


def prepared() -> tuple[Batch, dict[str, Record]]:
    """Return a batch whose syncs are all running and do not end, and its records."""
    settings = Settings(os.environ)
    run = Run("fivetran/execute_sync", settings, os.environ)
    run.speak = lambda text: None
    batch = Batch(run, settings, settings)
    ids = batch.select()
    for connector_id in ids:
        batch.api.start_sync(connector_id, force=True)
    return batch, {one: Record(one, LATER) for one in ids}


def print_cost(batch: Batch, calls: int, began: float, first: float = 0.0) -> None:
    used = time.process_time() - began
    print(json.dumps({"cpu": used, "first": first, "calls": batch.api.client.usage.calls - calls}))


def together() -> None:
    """Poll as a batch does."""
    batch, records = prepared()
    wait = BatchWait(batch, Settings(os.environ), records, lambda row, seen: None)
    began = time.process_time()
    wait.poll()  # in the first poll all have changed, later none
    first = time.process_time() - began
    calls, began = batch.api.client.usage.calls, time.process_time()
    for _ in range(ROUNDS["together"]):
        wait.poll()
    print_cost(batch, calls, began, first)


def each() -> None:
    """Poll each connector by itself, with the same client and the same verdict."""
    batch, records = prepared()
    calls, began = batch.api.client.usage.calls, time.process_time()
    for _ in range(ROUNDS["each"]):
        for connector_id, record in records.items():
            connector = batch.api.get_connector(connector_id)
            verdict(connector, record)
    print_cost(batch, calls, began)


def main() -> int:
    runs()
    print()
    triggers()
    print()
    rounds()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
