"""How fast parallel calls may go, with a clock that only sleeps advance."""

import pytest

from shared.errors import NotArrived, RateLimited
from shared.http.deadline import Deadline
from shared.http.rate_limit import RateLimiter
from shared.http.usage import Usage


class Limited:
    """A rate limiter, what the server has said, and the pauses that it made."""

    def __init__(self, reserve: int | None = None) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.said: list[str] = []
        self.usage = Usage()
        self.deadline = Deadline.never()
        self.limiter = RateLimiter(
            vendor="Acme",
            longest_stay=60.0,
            reserve=reserve,
            reserve_variable="ACME_RESERVE",
            say=self.said.append,
            clock=self.clock,
            sleep=self.sleep,
        )

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def quota(self, limit: int, remaining: int) -> None:
        self.usage.quota_limit, self.usage.quota_remaining = limit, remaining

    def call(self) -> None:
        self.limiter.wait(self.usage, self.deadline)


def test_after_a_429_nobody_calls_until_its_time_is_over() -> None:
    limited = Limited()
    limited.limiter.stay_away(30.0)
    limited.limiter.stay_away(10.0)
    limited.call()
    limited.call()
    assert limited.slept == [30.0]


def test_a_429_that_lasts_longer_than_calls_are_retried_ends_the_others_unsent() -> None:
    limited = Limited()
    limited.limiter.stay_away(3600.0)
    with pytest.raises(RateLimited, match=r"^Acme: the account's quota is used up .* for 1 h; not sent"):
        limited.call()
    assert limited.slept == []


def test_a_429_that_lasts_past_the_deadline_ends_the_others_unsent() -> None:
    limited = Limited()
    limited.limiter.stay_away(30.0)
    limited.deadline = Deadline(20.0, limited.clock)
    with pytest.raises(RateLimited, match="stay away for 30 s, past this wait; not sent"):
        limited.call()
    assert limited.slept == []


def test_below_the_reserve_calls_go_at_half_the_rate_at_which_the_quota_comes_back() -> None:
    limited = Limited(reserve=100)
    limited.quota(7200, 100)
    limited.call()
    limited.call()
    assert limited.slept == []
    limited.quota(7200, 99)
    for _ in range(4):
        limited.call()
    assert limited.slept == [1.0, 1.0, 1.0]
    assert limited.said == [
        "Acme: 99 calls are left of the hourly quota, fewer than ACME_RESERVE keeps for others; "
        "from here on a call every 1.0 s at most"
    ]


def test_no_call_waits_for_its_turn_past_the_deadline_and_the_one_at_the_deadline_is_made() -> None:
    limited = Limited(reserve=100)
    limited.quota(720, 99)
    limited.deadline = Deadline(25.0, limited.clock)
    for _ in range(3):
        limited.call()
    with pytest.raises(NotArrived, match="deadline of this wait; not sent"):
        limited.call()
    assert limited.slept == [10.0, 10.0]
    limited.now = 31.0
    limited.call()
    assert limited.slept == [10.0, 10.0]


def test_a_call_that_the_reserve_puts_off_past_the_deadline_is_not_rate_limited_by_a_429_that_is_over_before() -> None:
    limited = Limited(reserve=100)
    limited.quota(72, 99)
    limited.deadline = Deadline(25.0, limited.clock)
    limited.call()
    limited.limiter.stay_away(5.0)
    with pytest.raises(NotArrived, match="deadline of this wait; not sent"):
        limited.call()
    assert limited.slept == []
