"""Measure the process that triggers one sync: Slipway in every form, the least that a script does, other programs.

``make bench`` runs them in turns against a server on this machine, over TLS, and writes the table of docs/benchmarks.md
and its picture. Compare only figures of the same run. ``make bench BASE=v0.1.0`` also measures the blueprints of that
commit, and ``ROUNDS=1`` tries whether everything can be measured.
"""

import contextlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.chart import Bar, chart
from benchmarks.processes import MILLI, Case, cost, peak
from benchmarks.ways import CHECK, CONNECTOR, ROOT, TRIGGER, blueprint, environment, ways

ROUNDS = int(os.environ.get("ROUNDS") or 25)
POLLS, FRESH = 200, 20
PAGE = ROOT / "docs/benchmarks.md"
PICTURE = ROOT / "docs/images/startup.svg"
MARK, END = "<!-- start-up: written by make bench -->\n", "<!-- end -->"


class Measured:
    """The rounds of one case: CPU milliseconds, peak MiB, and CPU divided by its floor's in the same round."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.cpu: list[float] = []
        self.memory: list[float] = []
        self.of_floor: list[float] = []

    def row(self, floors_memory: float, own: float) -> str:
        """Return a table row. ``own``: this program's peak in MiB; the system reports no smaller peak of a child."""
        cpu, memory = statistics.median(self.cpu), statistics.median(self.memory)
        peak = f"{memory:.1f} | {memory / floors_memory:.2f}" if memory > own + 1 else f"below {own + 1:.0f} | "
        return f"| {self.case.name} | {cpu:.0f} | {self.ratio:.2f} | {peak} |"

    @property
    def ratio(self) -> float:
        return statistics.median(self.of_floor) if self.case.floor else 1.0


@contextlib.contextmanager
def server(folder: Path) -> Iterator[tuple[str, Path]]:
    """Start the server in its own process. Yield its URL, and the path of the bundle of authorities in ``folder``."""
    command = [sys.executable, "-m", "benchmarks.server", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), folder / "bundle.pem"
        finally:
            process.terminate()


def measured(cases: list[Case], environ: Mapping[str, str], folder: Path) -> list[Measured]:
    found = [Measured(case) for case in cases]
    by_name = {one.case.name: one for one in found}
    for number in range(-2, ROUNDS):  # two rounds are not counted: they compile and cache
        for place, one in enumerate(found):  # in turns, so that other load affects all cases
            cpu, memory = cost(one.case, environ, folder / f"cwd-{place}")
            if number >= 0:
                one.cpu.append(cpu)
                one.memory.append(memory)
    for one in found:
        if one.case.floor:
            one.of_floor = [ours / floor for ours, floor in zip(one.cpu, by_name[one.case.floor].cpu, strict=True)]
    return found


@contextlib.contextmanager
def of_commit(ref: str, floor: Case, folder: Path) -> Iterator[list[Case]]:
    """Check out another commit and yield its cases, with the same Python and packages."""
    tree = folder / "base"
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(tree), ref], cwd=ROOT, check=True)
    try:
        yield [
            Case(f"{name.rpartition('/')[2]} of {ref}", [floor.command[0], str(blueprint(tree, name))], floor.name)
            for name in (TRIGGER, CHECK)
        ]
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)


def polls() -> None:
    """Print the CPU milliseconds of a poll and of a request without a session, as JSON. Runs in its own process."""
    import requests

    from blueprints.fivetran.check_sync_status import Settings
    from shared.fivetran.api import Fivetran
    from shared.fivetran.record import Record
    from shared.fivetran.verdict import verdict
    from shared.program.run import Run

    settings = Settings(os.environ)
    run = Run(CHECK, settings, os.environ)
    api, record = Fivetran(run, settings), Record(CONNECTOR, datetime(2999, 1, 1, tzinfo=timezone.utc))
    url = f"{settings.api_url}/connections/{CONNECTOR}"

    def poll() -> None:
        verdict(api.get_connector(CONNECTOR), record)

    def fresh() -> None:
        requests.get(url, auth=settings.credentials, timeout=60).raise_for_status()

    found = {}
    for name, call, count in (("poll", poll, POLLS), ("fresh", fresh, FRESH)):
        call()
        began = time.process_time()
        for _ in range(count):
            call()
        found[name] = (time.process_time() - began) * MILLI / count
    sys.stdout.write(json.dumps(found))


def poll_line(python: str, environ: Mapping[str, str], folder: Path) -> str:
    program = f"import sys; sys.path[0] = {str(ROOT)!r}; from benchmarks.startup import polls; polls()"
    found = json.loads(subprocess.check_output([python, "-c", program], env=dict(environ), cwd=folder))
    return (
        f"A poll of a wait costs {found['poll']:.2f} ms of CPU, {found['poll'] / found['fresh']:.3f} of a request "
        f"without a session ({found['fresh']:.1f} ms), which reads the bundle of authorities each time."
    )


def text(found: list[Measured], poll: str, when: str) -> str:
    memory = {one.case.name: statistics.median(one.memory) for one in found}
    named = {one.case.name: one.ratio for one in found}
    own = peak(resource.getrusage(resource.RUSAGE_SELF))
    rows = "\n".join(one.row(memory[one.case.floor or one.case.name], own) for one in found)
    official = named["execute_sync"] / named["official Shipyard package"]
    return (
        f"`make bench` on {when}, CPython {platform.python_version()}, {os.cpu_count()} cores: medians of {ROUNDS} "
        "processes each, started in turns. *Of its floor* is the median of the ratios within each round.\n\n"
        "| process | CPU, ms | of its floor | peak, MiB | of its floor |\n|---|---|---|---|---|\n"
        f"{rows}\n\n"
        f"`execute_sync` takes {official:.2f} of the official package's CPU. {poll}\n"
    )


def picture(found: list[Measured]) -> str:
    shown = [
        one for one in found if one.case.name != "floor in a zip file" and one.case.name != "floor, as in the image"
    ]
    return chart(
        "CPU of a whole process that triggers a sync, floor = 1",
        [Bar(one.case.name.strip("`").replace("` ", " "), one.ratio, _kind(one.case)) for one in shown],
    )


def _kind(case: Case) -> str:
    ours = ("execute_sync", "check_sync_status", "`slipway` command", "slipway.pyz", "image's entry point")
    return "ours" if case.name.startswith(ours) else "other" if case.floor else "floor"


def write(content: str) -> None:
    before, _, rest = PAGE.read_text().partition(MARK)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{MARK}\n{content}\n{END}{after}")


def main() -> int:
    base = os.environ.get("BASE", "")
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        url, bundle = stack.enter_context(server(folder))
        cases = ways(folder, url)
        if base:
            cases[3:3] = stack.enter_context(of_commit(base, cases[0], folder))
        environ = environment(url, bundle)
        found = measured(cases, environ, folder)
        content = text(found, poll_line(sys.executable, environ, folder), f"{datetime.now(timezone.utc):%Y-%m-%d}")
    print(content)
    if not base:  # the page shows only what this checkout can reproduce
        write(content)
        PICTURE.write_text(picture(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
