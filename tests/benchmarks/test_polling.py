"""What the documentation says about the pauses of a wait, compared with the simulation that produced it."""

from pathlib import Path
from random import Random

import pytest

from benchmarks.polling import (
    FIXED,
    KINDS,
    LONGEST,
    SHORTEST,
    WITH,
    WITHOUT,
    Wait,
    connectors,
    delay,
    documents,
    noticed,
    polls,
    simulated,
)
from shared.poll_schedule import FEWEST, Schedule


@pytest.fixture(scope="module")
def found() -> dict[str, list[Wait]]:
    return simulated()


@pytest.mark.parametrize("ours", [WITHOUT, WITH])
def test_over_the_whole_mix_ends_are_noticed_sooner_than_every_15_s_and_with_fewer_polls(
    found: dict[str, list[Wait]], ours: str
) -> None:
    fixed = found["fixed, 15 s"]
    assert delay(found[ours]) < delay(fixed)
    assert polls(found[ours]) < polls(fixed) / 2


def test_a_history_makes_both_better(found: dict[str, list[Wait]]) -> None:
    assert delay(found[WITH]) < delay(found[WITHOUT])
    assert polls(found[WITH]) < polls(found[WITHOUT])


def test_no_fixed_pause_is_better_at_both(found: dict[str, list[Wait]]) -> None:
    for seconds in FIXED:
        fixed = found[f"fixed, {seconds} s"]
        assert delay(fixed) > delay(found[WITH]) or polls(fixed) > 5 * polls(found[WITH])


def test_where_history_was_steady_nobody_learns_of_the_end_30_s_late(found: dict[str, list[Wait]]) -> None:
    assert max(wait.late for wait in found[WITH] if wait.kind == "steady") < 30
    chance = Random(11)
    late = [
        noticed(kind, runs[at], Schedule(runs[:at]).pause, chance).late
        for kind, runs in connectors(chance)
        if kind == "steady"
        for at in range(FEWEST, 12)  # with this many earlier runs
    ]
    assert max(late) < 30


def test_the_mix_is_what_the_page_says(found: dict[str, list[Wait]]) -> None:
    waits = found[WITH]
    assert all(SHORTEST <= wait.length <= LONGEST for wait in waits)
    assert len({sum(wait.kind == kind for wait in waits) for kind in KINDS}) == 1
    assert sum(wait.length < 120 for wait in waits) > 100 < sum(wait.length > 3600 for wait in waits)


def test_the_page_and_its_picture_are_those_of_the_simulation(found: dict[str, list[Wait]]) -> None:
    """``make docs`` writes both."""
    stale = [path for path, text in documents(found).items() if Path(path).read_text("utf-8") != text]
    assert stale == []
