"""``make soak`` as one command: its parts and its table, also if a part fails or somebody interrupts it."""

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.soak.whole import PARTS, Part, Soak

TELL = "import os; file = open(os.environ['SLIPWAY_SOAK_FIGURES'], 'a'); print({!r}, file=file, flush=True)"


def part(name: str, *then: str, seen: int = 12, wrong: tuple[str, ...] = ()) -> Part:
    """Return a part that reports what it has seen, and then does something else."""
    told = json.dumps({"seen": {"kills": seen, "left nothing": 1}, "wrong": wrong})
    program = "; ".join([TELL.format(told), *then])
    return Part(name, "something", 1, (), {"kills": 20}, command=(sys.executable, "-c", program))


def played(folder: Path, says: pytest.CaptureFixture[str], *parts: Part) -> tuple[int, list[str]]:
    """Play parts. Return the exit code and the table without its lines."""
    code = Soak([*parts], 0.5, 7, folder).play({})
    table = says.readouterr().out.partition("\nsoak: ")[2].splitlines()
    return code, [" ".join(line.split()) for line in table if line.strip("-")]


def test_a_table_says_what_was_played_and_that_nothing_was_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, table = played(tmp_path, capsys, part("one"), part("two", seen=1000))
    assert code == 0
    assert table == [
        "make soak SOAK=0.5 SEED=7",
        "part wrong min CPU played",
        "one 0 0.0 0.0 12 kills, 1 left nothing",
        "two 0 0.0 0.0 1,000 kills, 1 left nothing",
        "all 0 0.0 0.0",
    ]


def test_a_red_part_is_in_the_table_with_how_to_play_it_again_and_the_next_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    red, few, broken = part("red", wrong=("it lied",)), part("few", seen=9), part("broken", "raise SystemExit(3)")
    code, table = played(tmp_path, capsys, red, few, broken, part("last"))
    assert code == 1
    assert [line[:8] for line in table[2:6]] == ["red 1 0.", "few 1 0.", "broken 1", "last 0 0"]
    assert table[7:] == [
        'red: 1 wrong; again: make soak SOAK=0.5 SEED=7 PARTS="red"',
        "it lied",
        'few: 1 wrong; again: make soak SOAK=0.5 SEED=7 PARTS="few"',
        "9 kills, not 10",
        'broken: 1 wrong; again: make soak SOAK=0.5 SEED=7 PARTS="broken"',
        "its process ended with 3",
    ]


def test_who_interrupts_it_gets_the_table_of_what_was_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.soak.whole.heartbeat", interrupt)
    monkeypatch.setattr("tests.soak.whole.HEARTBEAT", 0.2)
    slow = part("slow", "import time; time.sleep(600)")
    code, table = played(tmp_path, capsys, part("quick"), slow, part("last"))
    assert code == 130
    assert table[2][:7] == "quick 0"
    assert table[3].startswith("slow 0 0.0 0.0 INTERRUPTED")
    assert table[4] == "last 0 0.0 0.0 NOT PLAYED"


def test_signals_that_a_shell_has_its_background_jobs_ignore_are_not_ignored_by_what_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In ``make soak &``, a blueprint would otherwise ignore a SIGINT that comes before its first line."""
    ignores = "import signal; raise SystemExit(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code, _ = played(tmp_path, capsys, part("one", ignores))
    finally:
        signal.signal(signal.SIGINT, before)
    assert code == 0


def test_every_part_is_there_and_the_page_has_it() -> None:
    page = (ROOT / "docs" / "dev" / "soak.md").read_text()
    for one in PARTS:
        assert all((ROOT / test).exists() for test in one.tests)
        assert f"| `{one.name}` |" in page
    tests = {test for one in PARTS for test in one.tests}
    assert {f"tests/soak/{path.name}" for path in Path(__file__).parent.glob("test_*.py")} - tests == {
        "tests/soak/test_whole.py"
    }
