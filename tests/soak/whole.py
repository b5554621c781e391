"""A whole soak: its parts, each played in a process of its own, and the table of figures."""

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT
from tests.soak import FIGURES

HEARTBEAT = 60.0
"""Seconds between two lines about the progress of a part."""
GRACE = 10.0
"""Seconds that an interrupted part may take to end."""


class Part(NamedTuple):
    """Tests that are played together. ``whole``: the least that a whole soak counts of them."""

    name: str
    what: str
    minutes: float
    """The duration of a whole one on two idle cores."""
    tests: tuple[str, ...]
    whole: dict[str, int]
    workers: int = 4
    command: tuple[str, ...] = (sys.executable, "-m", "pytest")

    def arguments(self, seed: int) -> list[str]:
        options = ["-p", "tests.soak.tally", "-n", str(self.workers), "--dist", "load", f"--hypothesis-seed={seed}"]
        return [*self.command, *options, *self.tests]


PARTS = [
    Part(
        "kills",
        "500 triggers are killed one to three times each, tried again and checked",
        4,
        ("tests/soak/test_kills.py",),
        {"rounds": 500, "kills": 500},
    ),
    Part(
        "signals",
        "300 signals from exec on to runs that wait; 2,000 from the first line on",
        4,
        ("tests/soak/test_signals.py", "tests/program/test_signals.py"),
        {"signals from exec on": 300, "signals from the first line on": 2000},
    ),
    Part(
        "processes",
        "100 rounds of two to ten processes of one run; 100 runs in one folder, alive at the same time",
        2,
        ("tests/soak/test_processes.py",),
        {"rounds": 100, "triggers alive at once": 100, "checks alive at once": 100},
        workers=2,
    ),
    Part(
        "damage",
        "10,000 runs with answers, pickles and records damaged by chance",
        2,
        ("tests/soak/test_damage.py",),
        {"rounds": 10_000},
    ),
    Part(
        "histories",
        "100,000 histories of a connector against the rule that says which stamps are ours",
        1,
        ("tests/fivetran/test_stamps_model.py",),
        {"histories": 100_000},
    ),
    Part(
        "weeks",
        "waits of a week on a virtual clock: tokens expire, a quota runs out, syncs are put off, a connector goes",
        1,
        ("tests/soak/test_weeks.py",),
        {"waits": 7},
    ),
    Part(
        "limits",
        "the largest files and answers of every kind that are let in; secrets that a server sends back",
        2,
        (
            "tests/artifacts/test_files_memory.py",
            "tests/artifacts/test_many_records.py",
            "tests/test_untrusted_json.py",
            "tests/test_redaction_echoes.py",
        ),
        {"escaped secrets": 20_000, "kinds of files": 21, "records": 200_000, "kinds of answers": 7},
        workers=2,
    ),
    Part(
        "faults",
        "every fault of servers and networks against every blueprint",
        15,
        ("tests/faults",),
        {"cells": 36_000},
        workers=6,
    ),
]


class Played(NamedTuple):
    """What a part has done so far."""

    seen: Counter[str]
    wrong: list[str]
    seconds: float = 0.0
    cpu: float = 0.0
    state: str = ""

    @classmethod
    def of(cls, path: Path, seconds: float, cpu: float = 0.0, state: str = "") -> "Played":
        """Read what the part's processes reported. A process may have been killed while it wrote the last line."""
        seen: Counter[str] = Counter()
        wrong: list[str] = []
        for line in path.read_bytes().split(b"\n")[:-1]:
            told = json.loads(line)
            seen.update(told["seen"])
            wrong += told["wrong"]
        return cls(seen, wrong, seconds, cpu, state)


class Soak:
    """One soak of some parts."""

    def __init__(self, parts: list[Part], share: float, seed: int, folder: Path) -> None:
        self.parts, self.share, self.seed, self.folder = parts, share, seed, folder
        self.played: dict[str, Played] = {}

    def play(self, environ: dict[str, str]) -> int:
        """Play all parts and print the table. Return the exit code."""
        minutes = max(1, round(sum(part.minutes for part in self.parts) * self.share))
        say(f"{self.command()}: about {minutes} min on two idle cores")
        interrupted = False
        try:
            for part in self.parts:
                self._play(part, environ)
        except KeyboardInterrupt:
            interrupted = True
        say("\n" + self.table())
        if interrupted:
            return 130
        return 1 if any(one.wrong for one in self.played.values()) else 0

    def command(self, *names: str) -> str:
        """Return the command that plays this again."""
        share = "small" if self.share == 0.1 else f"{self.share:g}"
        parts = f' PARTS="{" ".join(names)}"' if names else ""
        return f"make soak SOAK={share} SEED={self.seed}{parts}"

    def _play(self, part: Part, environ: dict[str, str]) -> None:
        say(f"\n{part.name}, about {max(1, round(part.minutes * self.share))} min: {part.what}")
        path = self.folder / f"{part.name}.figures"
        path.touch()
        variables = {"SLIPWAY_SOAK": f"{self.share:g}", "SLIPWAY_SOAK_SEED": str(self.seed), FIGURES: str(path)}
        began, spent, code, state = time.monotonic(), cpu(), None, "interrupted"
        process = subprocess.Popen(
            part.arguments(self.seed),
            cwd=ROOT,
            env=environ | variables | {"TMPDIR": str(self.folder)},
            start_new_session=True,
            preexec_fn=heed_sigint,
        )
        try:
            while code is None:
                try:
                    code = process.wait(HEARTBEAT)
                except subprocess.TimeoutExpired:
                    heartbeat(part, Played.of(path, time.monotonic() - began))
            state = ""
        finally:
            end(process)
            found = Played.of(path, time.monotonic() - began, cpu() - spent, state)
            found.wrong.extend(self.missed(part, found, code))
            self.played[part.name] = found
            say(row(part, found))

    def missed(self, part: Part, found: Played, code: int | None) -> list[str]:
        """Return what else is wrong with a part that ended by itself."""
        if code is None:
            return []
        least = {what: round(count * self.share) for what, count in part.whole.items()}
        few = [f"{found.seen[what]} {what}, not {count}" for what, count in least.items() if found.seen[what] < count]
        return few + ([f"its process ended with {code}"] if code and not found.wrong else [])

    def table(self) -> str:
        """Return the table: how much of each part was played, how much was wrong, its duration and its CPU minutes."""
        lines = [f"soak: {self.command()}", "", f"{'part':10} {'wrong':>5} {'min':>5} {'CPU':>5}  played", "-" * 110]
        for part in self.parts:
            lines.append(row(part, self.played.get(part.name, Played(Counter(), [], state="not played"))))
        total = Played(Counter(), [wrong for one in self.played.values() for wrong in one.wrong])
        for one in self.played.values():
            total = total._replace(seconds=total.seconds + one.seconds, cpu=total.cpu + one.cpu)
        lines += ["-" * 110, numbers("all", total)]
        for name, one in self.played.items():
            lines += [f"\n{name}: {len(one.wrong)} wrong; again: {self.command(name)}"] if one.wrong else []
            lines += [f"  {' '.join(wrong.split())[:600]}" for wrong in one.wrong[:10]]
        return "\n".join(lines)


def heed_sigint() -> None:
    """Stop ignoring SIGINT, which a shell's background jobs ignore and blueprints would inherit at first."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End all processes that a part has left."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(GRACE)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def heartbeat(part: Part, found: Played) -> None:
    say(f"{part.name}, {found.seconds / 60:.0f} min: {figures(part, found.seen)}; {len(found.wrong)} wrong")


def figures(part: Part, seen: Counter[str]) -> str:
    """Return what was counted, beginning with what a whole soak is measured by."""
    names = [*part.whole, *sorted(set(seen) - set(part.whole))]
    return ", ".join(f"{seen[name]:,} {name}" for name in names)


def row(part: Part, found: Played) -> str:
    words = figures(part, found.seen) if not found.state or found.seen else ""
    if found.state:
        words = f"{found.state.upper()}; {words}" if words else found.state.upper()
    before = numbers(part.name, found) + "  "
    return textwrap.fill(words, 110, initial_indent=before, subsequent_indent=" " * len(before))


def numbers(name: str, found: Played) -> str:
    return f"{name:10} {len(found.wrong):5,} {found.seconds / 60:5.1f} {found.cpu / 60:5.1f}"


def cpu() -> float:
    """Return the CPU seconds of all processes of parts that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def say(text: str) -> None:
    print(text, flush=True)
