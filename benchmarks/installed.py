"""What each way of starting a blueprint costs: the script, the command of an installation, slipway.pyz.

``make bench-installed`` builds all three and prints the table that stands in docs/benchmarks.md. Each process is a
trigger that is refused for want of credentials. Ratios within one run are what counts.
"""

import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from release import pyz

ROOT = Path(__file__).resolve().parent.parent
BLUEPRINT = "fivetran/execute_sync"
ROUNDS = 15
MILLI = 1000.0


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        ways = prepared(Path(folder))
        samples: dict[str, list[float]] = {name: [] for name in ways}
        for command in ways.values():  # once for nothing: what is compiled or unpacked once is no cost of a start
            cost(command, folder)
        for _ in range(ROUNDS):  # in turns, so that a noisy minute hits all alike
            for name, command in ways.items():
                samples[name].append(cost(command, folder))
    base = statistics.median(next(iter(samples.values())))
    print("| started as | CPU, ms | of the script |\n|---|---|---|")
    for name, found in samples.items():
        print(f"| {name} | {statistics.median(found):.0f} | {statistics.median(found) / base:.2f} |")
    return 0


def prepared(folder: Path) -> dict[str, list[str]]:
    """The command of each way, with the same Python: a fresh environment that has the wheel."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    programs = folder / "venv/bin"
    pip = [str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    for wanted in (["--require-hashes", "-r", str(ROOT / "requirements.lock")], [str(wheel)]):
        subprocess.run([*pip, *wanted], check=True, capture_output=True)
    python = str(programs / "python")
    with contextlib.redirect_stdout(io.StringIO()):
        pyz.main([str(wheel), python])
    return {
        "`python blueprints/fivetran/execute_sync.py`": [python, str(ROOT / f"blueprints/{BLUEPRINT}.py")],
        "`slipway fivetran/execute_sync`": [str(programs / "slipway"), BLUEPRINT],
        "`python slipway.pyz fivetran/execute_sync`": [python, str(folder / "slipway.pyz"), BLUEPRINT],
    }


def cost(command: list[str], folder: str) -> float:
    """CPU milliseconds of one process."""
    process = subprocess.Popen(
        command,
        env={"PATH": os.environ["PATH"]},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # wait4 has reaped it
    assert os.waitstatus_to_exitcode(status) == 206, command
    return (usage.ru_utime + usage.ru_stime) * MILLI


if __name__ == "__main__":
    raise SystemExit(main())
