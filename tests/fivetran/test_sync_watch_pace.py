"""The pauses of a wait grow as it uses up the API quota that is reserved for others."""

import pytest

from shared.fivetran.sync_watch import stretch
from shared.polling import LONGEST_STRETCH, Polled, Wait
from tests.conftest import Lines


class Time:
    """A clock that only sleeps advance."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("remaining", "reserve", "factor"),
    [(None, 100, 1.0), (50, None, 1.0), (100, 100, 1.0), (50, 100, 2.0), (10, 100, 10.0), (0, 100, 100.0), (5, 0, 1.0)],
)
def test_the_pause_is_stretched_by_how_much_of_the_reserve_is_used(
    remaining: int | None, reserve: int | None, factor: float
) -> None:
    assert stretch(remaining, reserve) == factor


def test_a_stretched_pause_has_an_end() -> None:
    time = Time()
    wait = Wait(100_000, 30, Lines(lambda text: None, time.sleep), time.clock)
    polls = iter([Polled(None, "a", stretch=2.0), Polled(None, "b", stretch=1000.0), Polled(True, "c")])
    wait.until(lambda: next(polls))
    assert time.slept == [60.0, LONGEST_STRETCH]
