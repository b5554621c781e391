"""The time after which something is given up."""

import math

from shared.http.deadline import Deadline


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_deadline_is_reached_when_its_seconds_are_over() -> None:
    clock = Clock()
    deadline = Deadline(30.0, clock)
    assert (deadline.remaining, deadline.reached, deadline.seconds) == (30.0, False, 30.0)
    clock.now = 129.9
    assert not deadline.reached
    clock.now = 130.0
    assert (deadline.remaining, deadline.reached) == (0.0, True)
    clock.now = 500.0
    assert (deadline.remaining, deadline.reached) == (0.0, True)


def test_one_that_is_never_reached() -> None:
    never = Deadline.never()
    assert never.remaining == math.inf
    assert not never.reached


def test_of_two_the_one_that_comes_first_counts() -> None:
    clock = Clock()
    soon, late = Deadline(1.0, clock), Deadline(2.0, clock)
    assert soon.earliest(late) is soon
    assert late.earliest(soon) is soon
    assert Deadline.never().earliest(late) is late
