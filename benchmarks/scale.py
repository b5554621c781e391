"""Measure how many connectors one process can handle: up to 20,000 on the emulator, 100,000 by calculation.

``make bench-scale`` writes the tables of docs/scale.md. It takes minutes.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from benchmarks.many import FOREVER, ROOT, emulator
from benchmarks.processes import new_folder, peak
from shared.fivetran.batch.reader import FEW
from shared.fivetran.paging import LARGEST_PAGE

SIZES = (1_000, 5_000, 20_000)
FULL = 100_000
QUOTA = 20_000
"""Calls per hour of a paid account: https://fivetran.com/docs/rest-api/rate-limiting"""
SHARE_OF_QUOTA = 5
"""In the run with a small quota there are this many times as many connectors as calls per hour."""
PAGE = ROOT / "docs/scale.md"
MARK, END = "<!-- scale: written by make bench-scale -->\n", "<!-- end -->"
EXECUTE = str(ROOT / "blueprints/fivetran/execute_sync.py")


class Seen(NamedTuple):
    code: int
    result: Mapping[str, object]
    cpu: float
    memory: float

    @property
    def counts(self) -> str:
        data = self.result.get("data")
        counts = data.get("counts") if isinstance(data, Mapping) else None
        return ", ".join(f"{count} {status}" for status, count in counts.items()) if isinstance(counts, Mapping) else ""


def run(environ: Mapping[str, str], folder: str) -> Seen:
    with tempfile.TemporaryFile("w+") as stdout:
        command = [sys.executable, EXECUTE]
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=stdout, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0)
        result = json.loads(stdout.read())
    return Seen(process.returncode, result, usage.ru_utime + usage.ru_stime, peak(usage))


def measured() -> str:
    rows = ["| connectors | calls | CPU, s | peak, MiB | record, MB | files, MB |", "|---|---|---|---|---|---|"]
    for size in SIZES:
        folder = new_folder()
        with emulator(size, FOREVER) as environ:
            seen = run(environ, folder)
        assert seen.code == 0, seen.result
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        record = sum(path.stat().st_size for path in files if path.name == "force_sync.json")
        everything = sum(path.stat().st_blocks * 512 for path in files)
        rows.append(
            f"| {size:,} | {seen.result['api_calls']:,} | {seen.cpu:.0f} | {seen.memory:.0f} "
            f"| {record / 1e6:.1f} | {everything / 1e6:.0f} |"
        )
    return "\n".join(rows)


def tries() -> str:
    """Run a batch that exceeds the hourly quota, and its retries with the same run id, each an hour later."""
    rows = ["| try | exit code | connectors | calls |", "|---|---|---|---|"]
    quota = 400
    folder = new_folder()
    with emulator(quota * SHARE_OF_QUOTA, FOREVER, quota) as given:
        environ = {**given, "SLIPWAY_RUN_ID": "nightly"}
        for number in range(1, 2 * SHARE_OF_QUOTA):
            seen = run(environ, folder)
            rows.append(f"| {number} | {seen.code} | {seen.counts} | {seen.result['api_calls']} |")
            if seen.code == 0:
                break
            hour = json.dumps({"advance": 3600}).encode()
            control = environ["FIVETRAN_API_URL"].removesuffix("/v1") + "/_emulator/clock"
            request = urllib.request.Request(control, hour, {"Content-Type": "application/json"})  # noqa: S310  # http
            urllib.request.urlopen(request).close()  # noqa: S310
    return f"{quota * SHARE_OF_QUOTA:,} connectors, {quota} calls an hour:\n\n" + "\n".join(rows)


def on_paper() -> str:
    """Calculate the calls of one batch, see docs/batch.md: the selection, the readings before and after, triggers."""
    rows = ["| connectors | calls | of them triggers | hours of quota | a poll |", "|---|---|---|---|---|"]
    for size in (*SIZES, FULL):
        pages = math.ceil(size / LARGEST_PAGE)
        calls = pages + math.ceil(size / FEW) + size + pages
        rows.append(f"| {size:,} | {calls:,} | {size:,} | {calls / QUOTA:.2f} | {pages} |")
    return "\n".join(rows)


def main() -> int:
    today = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    content = (
        f"`make bench-scale` on {today}: triggers without a wait, against the emulator.\n\n"
        f"{measured()}\n\nOn paper, with {QUOTA:,} calls an hour:\n\n{on_paper()}\n\n{tries()}\n"
    )
    print(content)
    before, _, rest = PAGE.read_text().partition(MARK)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{MARK}\n{content}\n{END}{after}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
