"""Play the faults against every blueprint: a part of the cells in ``make test``, all in ``make soak``.

Exit code and number of requests of each cell must be exactly those in docs/faults.md.
"""

import gc
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.blueprints import STARTS, Start
from tests.faults.expected import cells, judged
from tests.faults.matrix import Seen, play
from tests.faults.page import PATH, page, parsed
from tests.faults.server import STRIKES, Server
from tests.faults.table import FAULTS, PARTS
from tests.soak import SEED, SHARE, tell

MOST_MEMORY = 768 * 1024
"""KiB by which this process, which has server and client, may grow during the cells of one test."""
FEW = 8
"""Cells of each blueprint in ``make test``."""
SHARES = 4 if SHARE else 1
"""Tests for each blueprint. With more tests several processes share the work better."""
REPEATS = 2
"""How often a cell that hangs is played again, because the machine may have been busy. Problems that no run may have
count each time."""
PATIENT = 4.0
"""Seconds to wait for an answer when a cell is played again."""
PAGE = parsed(PATH.read_text())


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def resident() -> int:
    """Return the KiB that this process has, and reset its peak. Earlier tests may have left free memory allocated."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> int:
    """Return the most KiB that this process has had since ``resident`` was called."""
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def chosen(start: Start, good: Seen, part: int) -> list[tuple[str, str]]:
    """Return the cells to play. In ``make test`` they are a few, the same each time, without slow ones."""
    found = cells(start, good)
    if not SHARE:
        quick = [cell for cell in found if not (FAULTS[cell[1]].slow or FAULTS[cell[1]].hangs)]
        return random.Random(start.key).sample(quick, FEW)
    mine = found[part::SHARES]
    return random.Random(f"{SEED} {start.key} {part}").sample(mine, round(len(mine) * min(SHARE, 1)))


@pytest.mark.parametrize("part", range(SHARES))
@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.key)
def test_of_each_fault_comes_what_the_page_says(
    start: Start, part: int, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    good = play(start, server, tmp_path / "good", None, "")
    before = resident()
    assert (good.code, good.problems) == (0, [])
    failed = {}
    played = chosen(start, good, part)
    for number, (strike, name) in enumerate(played):
        problems = wrong(start, server, tmp_path / str(number), good, strike, name)
        if problems:
            failed[f"{name}, {STRIKES[strike]}"] = problems
    print(f"SLIPWAY_SOAK_SEED={SEED} {start.key}: {len(played)} cells")
    tell({"cells": len(played)})
    assert failed == {}
    assert peak() - before < MOST_MEMORY


def wrong(start: Start, server: Server, folder: Path, good: Seen, strike: str, name: str) -> list[str]:
    """Return what is wrong with the outcome of a cell."""
    fault, wanted = FAULTS[name], PAGE.get((start.key, strike, name))
    seen, problems = play(start, server, folder, fault, strike), []
    for again in range(REPEATS if fault.hangs else 0):
        if seen.outcome(good) != wanted:
            problems += seen.problems
            seen = play(start, server, folder.with_name(f"{folder.name} again {again}"), fault, strike, PATIENT)
    problems += judged(start, strike, fault, good, seen)
    if seen.outcome(good) != wanted:
        problems.append(f"{seen.outcome(good)}, not {wanted}: {seen.said[-1000:]}")
    return problems


def test_every_blueprint_is_in_the_table() -> None:
    scripts = (ROOT / "blueprints").glob("*/*.py")
    names = {f"{path.parent.name}/{path.stem}" for path in scripts if not path.stem.startswith("_")}
    assert {start.name for start in STARTS} == names


def test_no_two_parts_of_the_table_have_the_same_name() -> None:
    assert len(FAULTS) == sum(len(part) for part in PARTS)


def test_the_page_has_every_fault_and_every_blueprint() -> None:
    assert page(PAGE) == PATH.read_text()
    assert {name for _, _, name in PAGE} == set(FAULTS)
    assert {key for key, _, _ in PAGE} == {start.key for start in STARTS}
