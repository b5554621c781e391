"""The time of the next poll, by the durations of earlier runs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.poll_schedule import LONGEST, LONGEST_BEFORE, SHORTEST, Schedule, plain
from shared.polling import JITTER

AGES = some.floats(0, 1e7)
LENGTHS = some.lists(some.floats(0.001, 30 * 86400), max_size=20)


def polls(schedule: Schedule, until: float) -> list[float]:
    """Return the ages at which polls come up to ``until``, without jitter."""
    ages = [0.0]
    while ages[-1] < until:
        ages.append(ages[-1] + schedule.pause(ages[-1]))
    return ages


@pytest.mark.parametrize(("age", "expected"), [(0, 3), (30, 3), (31, 3.1), (1000, 100), (1200, 120), (1e6, 120)])
def test_without_history_the_pause_is_a_tenth_of_the_age(age: float, expected: float) -> None:
    assert Schedule().pause(age) == plain(age) == pytest.approx(expected)


@given(lengths=LENGTHS, failures=LENGTHS, age=AGES)
def test_no_history_makes_a_pause_too_short_or_too_long(
    lengths: list[float], failures: list[float], age: float
) -> None:
    pause = Schedule(lengths, failures).pause(age)
    assert SHORTEST <= pause <= LONGEST_BEFORE
    if age > 1.5 * max([0.0, *lengths, *failures]):
        assert pause <= LONGEST


@given(
    median=some.floats(20, 4 * 3600),
    shares=some.lists(some.floats(0.9, 1.1), min_size=6, max_size=20),
    share=some.floats(0, 1),
    late=some.booleans(),
)
def test_the_end_of_a_run_like_steady_ones_is_noticed_within_30_s(
    median: float, shares: list[float], share: float, late: bool
) -> None:
    """Even with the worst jitter, for a run that is as much longer than the others as those differ."""
    lengths = [median * one for one in shares]
    spread = max(lengths) - min(lengths)
    length = min(lengths) - spread + share * 3 * spread
    schedule, age = Schedule(lengths), 0.0
    while age < length:
        age += schedule.pause(age) * (1 + JITTER * (1 if late else -1))
    assert age - length < 30


def test_few_polls_come_where_no_run_has_ended_and_many_where_all_have() -> None:
    ages = polls(Schedule([3600.0 + one for one in range(-100, 100, 10)]), 4200)
    known = [len([age for age in ages if start <= age < start + 300]) for start in (2400, 3450)]
    assert known[0] <= 3
    assert known[1] >= 12
    assert len(ages) < len(polls(Schedule(), 4200)) + 5


def test_of_two_lengths_both_are_watched_and_what_lies_between_is_not() -> None:
    ages = polls(Schedule([120.0] * 16 + [3600.0] * 4), 4000)
    gaps = [after - before for before, after in pairwise(ages)]
    near_short = max(gap for age, gap in zip(ages, gaps, strict=False) if 110 < age < 130)
    near_long = max(gap for age, gap in zip(ages, gaps, strict=False) if 3500 < age < 3700)
    between = max(gap for age, gap in zip(ages, gaps, strict=False) if 200 < age < 3000)
    assert near_short < 5
    assert near_long < 100
    assert between > 150


def test_a_run_that_outlasts_all_others_is_polled_as_if_nothing_were_known() -> None:
    assert Schedule([100.0] * 20).pause(900.0) == pytest.approx(plain(900.0), rel=0.06)


def test_the_first_poll_of_a_steady_run_comes_when_the_first_end_may() -> None:
    schedule = Schedule([7200.0] * 20)
    ages = polls(schedule, 7200)
    assert max(after - before for before, after in pairwise(age for age in ages if age > 6800)) <= 25


def test_a_pause_does_not_reach_into_the_time_when_steady_runs_end() -> None:
    schedule = Schedule([14400.0 + 36 * one for one in range(20)])  # the first may end at 13440.6 s
    assert schedule.pause(13240.6) == pytest.approx(200)
    assert schedule.pause(13441.0) <= 25


def test_failures_are_watched_for_too_and_make_nothing_less_steady() -> None:
    steady = [7200.0 + one for one in range(20)]
    without, also = Schedule(steady), Schedule(steady, [60.0] * 5)
    assert also.pause(55.0) < without.pause(55.0)
    assert also.pause(7195.0) <= 25
    assert Schedule([*steady, 60.0]).pause(7195.0) > 25


@pytest.mark.parametrize("few", range(1, 6))
def test_few_runs_are_not_called_steady(few: int) -> None:
    assert Schedule([14400.0] * few).pause(14300.0) > 25
    assert Schedule([14400.0] * 6).pause(14300.0) <= 25
