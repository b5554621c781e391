"""Which requests are sent again, when, and for how long, with a clock that only sleeps advance."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.errors import NotArrived, Unreachable
from shared.http.deadline import Deadline
from shared.http.response import Answer
from shared.http.retry import Unusable, backoff, may_repeat, pause_after, with_retries


def test_what_is_answered_429_may_be_sent_again_and_a_read_after_four_server_errors_too() -> None:
    answers = [Answer(status, {}, b"") for status in range(100, 1000)]
    assert [one.status for one in answers if may_repeat(one, reads=True)] == [429, 500, 502, 503, 504]
    assert [one.status for one in answers if may_repeat(one, reads=False)] == [429]


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [(NotArrived("refused"), True, True), (Unreachable("reset"), True, False), (Unusable("too large"), False, False)],
)
def test_a_write_that_may_have_arrived_is_never_sent_again(error: Unreachable, read: bool, write: bool) -> None:
    assert (may_repeat(error, reads=True), may_repeat(error, reads=False)) == (read, write)


class Attempts:
    """Attempts with given outcomes, each after some seconds. The last one is repeated."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *outcomes: Any, took: float = 0.0) -> None:
        self.now = 100.0
        self.outcomes = list(outcomes)
        self.took = took
        self.began: list[float] = []
        self.slept: list[float] = []
        self.limited: list[float] = []
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        assert len(self.slept) < 10_000, "these retries do not end"
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> Answer:
        self.began.append(self.now - 100.0)
        self.now += self.took
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        answer: Answer = outcome
        return answer

    def run(self, *, reads: bool = True, seconds: float = 60.0, deadline: Deadline | None = None) -> Answer:
        return with_retries(
            self,
            reads=reads,
            retry_timeout=seconds,
            deadline=deadline or Deadline.never(),
            rate_limited=self.limited.append,
        )


BUSY, OK = Answer(503, {}, b""), Answer(200, {}, b"{}")
LIMITED = Answer(429, {"Retry-After": "5"}, b"")


def test_retries_end_so_many_seconds_after_the_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = Attempts(monkeypatch, BUSY, took=10.0)
    assert tried.run() is BUSY
    assert len(tried.began) > 3
    assert tried.began[-1] <= 10.0 + 60.0


def test_retries_end_at_the_deadline_where_that_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = Attempts(monkeypatch, Unreachable("reset"))
    with pytest.raises(Unreachable, match="reset"):
        tried.run(deadline=Deadline(4.0))
    assert len(tried.began) > 1
    assert tried.began[-1] <= 4.0


def test_past_the_deadline_there_is_one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = Attempts(monkeypatch, BUSY, OK)
    assert tried.run(deadline=Deadline(0.0)) is BUSY
    assert tried.slept == []


def test_a_write_is_attempted_once_where_its_answer_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = Attempts(monkeypatch, Unreachable("reset"), OK)
    with pytest.raises(Unreachable):
        tried.run(reads=False)
    assert len(tried.began) == 1


def test_each_429_is_told_with_its_pause_also_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = Attempts(monkeypatch, LIMITED, LIMITED, OK)
    assert tried.run(reads=False) is OK
    assert tried.limited == tried.slept
    assert all(5 <= pause < 6 for pause in tried.slept)
    tried = Attempts(monkeypatch, Answer(429, {"Retry-After": "3600"}, b""))
    assert tried.run().status == 429
    assert tried.slept == []
    assert len(tried.limited) == 1


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({}, 0.375, 0.625),
        ({"Retry-After": "0"}, 0, 1),
        ({"Retry-After": "7"}, 7, 8),
        ({"Retry-After": " 7 "}, 7, 8),
        *[
            ({"Retry-After": text}, 0.375, 0.625)
            for text in ("", "soon", "-1", "1.5", "1e9", "\u0667", "7 s", "Sun, 99 Nov 2026", ",", "\x00", "Infinity")
        ],
        # The date in Retry-After is compared with the server's own Date, not with this machine's clock.
        ({"Date": "Sun, 22 Nov 2001 12:00:00 GMT", "Retry-After": "Sun, 22 Nov 2001 12:00:20 GMT"}, 20, 21),
        ({"Date": "Sun, 22 Nov 2099 12:00:00 GMT", "Retry-After": "Sun, 22 Nov 2099 12:00:20 GMT"}, 20, 21),
        ({"Date": "Sun, 22 Nov 2026 12:00:00 GMT", "Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0, 1),
        ({"Retry-After": "Sun, 22 Nov 2099 12:00:00 GMT"}, 0.375, 0.625),  # without a Date it is ignored
        ({"Date": "nonsense", "Retry-After": "Sun, 22 Nov 2099 12:00:00 GMT"}, 0.375, 0.625),
    ],
)
def test_the_pause_is_what_the_server_asks_for_where_that_is_sense(
    headers: dict[str, str], least: float, most: float
) -> None:
    assert least <= pause_after(Answer(429, headers, b""), 1) <= most


@given(some.integers(1, 100))
def test_pauses_double_up_to_twenty_seconds_with_jitter(failures: int) -> None:
    plain = min(0.5 * 2 ** (failures - 1), 20)
    assert plain * 0.75 <= backoff(failures) <= plain * 1.25
    assert plain * 0.75 <= pause_after(Unreachable("reset"), failures) <= plain * 1.25


def test_a_429_that_says_no_time_backs_off_longer_than_a_minute_where_there_is_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = Attempts(monkeypatch, Answer(429, {}, b""))
    assert tried.run(reads=False, seconds=900.0).status == 429
    assert max(tried.slept) > 60
    assert sum(tried.slept) <= 900
    tried = Attempts(monkeypatch, BUSY)
    tried.run(seconds=900.0)
    assert max(tried.slept) <= 25
