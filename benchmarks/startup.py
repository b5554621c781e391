"""What a run costs before it does anything: CPU and memory of a whole process, beside what it stands on.

``make bench`` prints the table that stands in docs/benchmarks.md. Ratios within one run are what counts; the machine
is whatever it is.
"""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15
MILLI = 1000.0
KIB_IN_MIB = 1024

CASES = {
    "an empty Python": ["-c", "pass"],
    "import requests": ["-c", "import requests"],
    "execute_sync, without credentials, refused": [str(ROOT / "blueprints/fivetran/execute_sync.py")],
    "check_sync_status, the same": [str(ROOT / "blueprints/fivetran/check_sync_status.py")],
}


def cost(arguments: list[str]) -> tuple[float, float]:
    """CPU milliseconds and peak MiB of one process."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # wait4 has reaped it
    return (usage.ru_utime + usage.ru_stime) * MILLI, peak(usage)


def peak(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / KIB_IN_MIB


def main() -> int:
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
    for _ in range(ROUNDS):  # in turns, so that a noisy minute hits all alike
        for name, arguments in CASES.items():
            samples[name].append(cost(arguments))
    base = statistics.median(cpu for cpu, _ in samples["import requests"])
    print("| process | CPU, ms | of `import requests` | peak, MiB |\n|---|---|---|---|")
    for name, found in samples.items():
        cpu = statistics.median(cpu for cpu, _ in found)
        memory = statistics.median(memory for _, memory in found)
        print(f"| {name} | {cpu:.0f} | {cpu / base:.2f} | {memory:.0f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
