"""Reading what a write did, with a clock that only sleeps advance."""

from types import SimpleNamespace
from typing import Any

import pytest

from shared.confirmation import readings
from shared.errors import NotArrived, RateLimited
from shared.http.deadline import Deadline
from shared.http.response import Answer


class Asked:
    """An API that keeps only the deadline that it was given."""

    def until(self, deadline: Deadline, *, last_chance: bool = False) -> "Asked":
        assert last_chance
        assert deadline.seconds == 30.0
        return self


@pytest.mark.parametrize(
    ("error", "slept"),
    [
        (RateLimited("many", Answer(429, {"Retry-After": "12"}, b"")), [12, 12, 6]),
        (RateLimited("many", Answer(429, {}, b"")), [2] * 15),
        (RateLimited("not sent"), [30]),  # by the rate limiter, which would wait until any time before the deadline
        (NotArrived("no route"), [2] * 15),
    ],
)
def test_failed_reads_rest_as_long_as_asked_and_no_longer_than_to_the_end(error: Exception, slept: list[float]) -> None:
    now, done, said = [100.0], [], []

    def sleep(seconds: float) -> None:
        done.append(seconds)
        now[0] += seconds

    def look(asked: Asked) -> None:
        raise error

    run: Any = SimpleNamespace(
        clock=lambda: now[0],
        retry_timeout=60.0,
        say=said.append,
        sleep=sleep,
    )
    assert list(readings(run, Asked(), look)) == []
    assert done == slept
    assert len(said) == len(slept) + 1
