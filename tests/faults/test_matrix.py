"""Every blueprint against every fault: a share of the matrix in ``make test``, all of it in ``make soak``."""

import random
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.http import client
from tests.conftest import ROOT
from tests.faults.blueprints import STARTS, Start
from tests.faults.matrix import CELLS, judged, play
from tests.faults.page import page
from tests.faults.server import STRIKES, Server
from tests.faults.table import FAULTS
from tests.soak import SEED, SHARE

MOST_MEMORY = 1024 * 1024
"""KiB that this process, with the server and the client in it, takes at most."""
FEW = 8
"""Cells of each blueprint in ``make test``."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def cells(start: Start) -> list[tuple[str, str]]:
    """The share of the matrix that is to be run; in ``make test`` the same one each time, and nothing slow."""
    if SHARE:
        return random.Random(f"{SEED} {start.key}").sample(CELLS, round(len(CELLS) * min(SHARE, 1)))
    quick = [cell for cell in CELLS if not FAULTS[cell[1]].slow]
    return random.Random(start.key).sample(quick, FEW)


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.key)
def test_no_fault_makes_a_blueprint_crash_lie_or_write_twice(
    start: Start, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(client, "SLOW_FACTOR", 1)
    good = play(start, server, tmp_path / "good", None, "")
    assert (good.code, good.problems) == (0, [])
    failed = {}
    played = 0
    for strike, name in cells(start):
        folder = tmp_path / f"{strike} {played}"
        seen = play(start, server, folder, FAULTS[name], strike)
        played += seen.struck > 0
        if seen.struck and (problems := judged(start, strike, FAULTS[name], good, seen)):
            failed[f"{name}, {STRIKES[strike]}"] = problems
    print(f"SLIPWAY_SOAK_SEED={SEED} {start.key}: {played} cells")
    assert failed == {}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_MEMORY


def test_every_blueprint_is_in_the_table() -> None:
    scripts = (ROOT / "blueprints").glob("*/*.py")
    names = {f"{path.parent.name}/{path.stem}" for path in scripts if not path.stem.startswith("_")}
    assert {start.name for start in STARTS} == names


def test_the_page_has_every_fault_and_every_blueprint() -> None:
    text = (ROOT / "docs" / "faults.md").read_text()
    assert text == page()
    assert all(f"| {name} |" in text for name in FAULTS)
    assert all(f"`{start.name}`" in text for start in STARTS)
