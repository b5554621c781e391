"""Waiting, with a clock that only sleeps advance."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.errors import (
    ArtifactUnusable,
    CredentialsRefused,
    DeadlineReached,
    NotArrived,
    RateLimited,
    RequestRefused,
    UnknownId,
    Unreachable,
)
from shared.http.response import Answer
from shared.poll_schedule import Schedule
from shared.polling import HEARTBEAT, Polled, Wait, with_jitter
from tests.conftest import Lines


@pytest.mark.parametrize(("quota", "expected"), [(None, 40), (1.0, 40), (0.1, 40), (0.0999, 80), (0.0, 80)])
def test_a_scheduled_pause_doubles_while_the_quota_is_scarce(quota: float | None, expected: float) -> None:
    assert with_jitter(40.0, quota) == expected


@given(chance=some.floats(-1, 1))
def test_jitter_is_a_tenth_either_way(chance: float) -> None:
    assert 90 - 1e-6 <= with_jitter(100.0, None, chance) <= 110 + 1e-6


class Time:
    """A clock, and a sleep that advances it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        assert len(self.slept) < 10_000, "this wait does not end"
        self.slept.append(seconds)
        self.now += seconds


class Watch:
    """A wait with given polls. Each is a Polled, an error to raise, or the seconds that the poll takes."""

    def __init__(self, timeout: float, interval: float | None, *script: object) -> None:
        self.time = Time()
        self.said: list[str] = []
        self.polled_at: list[float] = []
        self.script = list(script)
        self.wait = Wait(timeout, interval, Lines(self.said.append, self.time.sleep), self.time.clock)

    def poll(self) -> "Polled[str]":
        self.polled_at.append(self.time.now - 1000.0)
        entry = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(entry, float):
            self.time.now += entry
            return self.poll()
        if isinstance(entry, Exception):
            raise entry
        assert isinstance(entry, Polled)
        return entry

    def until(self) -> str:
        return self.wait.until(self.poll)


RUNS: "Polled[str]" = Polled(None, "Fivetran: x: the sync is running")
ENDED: "Polled[str]" = Polled("ended", "Fivetran: x: done")


def test_what_is_found_at_once_is_not_waited_for() -> None:
    watch = Watch(100, None, ENDED)
    assert watch.until() == "ended"
    assert watch.time.slept == []


def test_an_interval_is_kept_exactly() -> None:
    watch = Watch(100, 7.0, RUNS, RUNS, RUNS, ENDED)
    assert watch.until() == "ended"
    assert watch.time.slept == [7.0, 7.0, 7.0]


def test_the_last_poll_comes_at_the_deadline_and_not_an_interval_before_it() -> None:
    watch = Watch(25, 10.0, RUNS)
    with pytest.raises(DeadlineReached):
        watch.until()
    assert watch.polled_at == [0, 10, 20, 25]


def test_the_result_of_the_last_poll_counts() -> None:
    watch = Watch(25, 10.0, RUNS, RUNS, RUNS, ENDED)
    assert watch.until() == "ended"
    assert watch.time.now == 1025


def test_a_poll_that_outlasts_the_deadline_is_the_last() -> None:
    watch = Watch(25, 10.0, RUNS, 60.0, RUNS)
    with pytest.raises(DeadlineReached):
        watch.until()
    assert len(watch.time.slept) == 1


def test_the_deadline_says_how_long_and_the_state_that_was_read_last() -> None:
    watch = Watch(13800, None, RUNS)
    with pytest.raises(DeadlineReached, match=r"^Fivetran: x: the sync is running; not finished within 3 h 50 min"):
        watch.until()
    assert watch.time.now == 1000 + 13800


FAILED = [
    Unreachable("Fivetran: GET /x failed: reset"),
    NotArrived("Fivetran: GET /x failed: refused"),
    Unreachable("Fivetran: no JSON", Answer(200, {}, b"<html>")),
    RateLimited("Fivetran: too many requests", Answer(429, {"Retry-After": "1"}, b"")),
]


@pytest.mark.parametrize("error", FAILED)
def test_a_failed_poll_ends_nothing_and_is_reported(error: Exception) -> None:
    watch = Watch(100, 10.0, error, RUNS, error, ENDED)
    assert watch.until() == "ended"
    assert [line for line in watch.said if str(error) in line and "looking again" in line] == [
        f"{error}; looking again (0 s)",
        f"{error}; looking again (20 s)",
    ]


def test_a_refusal_is_a_failed_poll_in_the_middle_and_the_end_at_the_beginning() -> None:
    refused = RequestRefused("Fivetran: the server redirects", Answer(302, {}, b""))
    assert Watch(100, 10.0, RUNS, refused, refused, ENDED).until() == "ended"
    for script in ([refused], [FAILED[0], refused]):
        with pytest.raises(RequestRefused):
            Watch(100, 10.0, *script, ENDED).until()


@pytest.mark.parametrize(
    "error", [CredentialsRefused("no"), UnknownId("gone"), ArtifactUnusable("full"), KeyError("k")]
)
def test_what_no_waiting_mends_ends_the_wait(error: Exception) -> None:
    with pytest.raises(type(error)):
        Watch(100, 10.0, RUNS, error, ENDED).until()


def test_where_no_poll_ever_succeeded_the_deadline_says_why() -> None:
    with pytest.raises(DeadlineReached, match=r"^Fivetran: GET /x failed: reset"):
        Watch(25, 10.0, FAILED[0]).until()


DATE = {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({}, ""),
        ({"Retry-After": "soon"}, ""),
        ({"Retry-After": "900"}, "the API asks to wait for 15 min; "),
        ({**DATE, "Retry-After": "900"}, "the API asks to wait until 2026-11-22T12:15:00.000000Z; "),
        (
            {**DATE, "Retry-After": "Sun, 22 Nov 2026 13:00:00 GMT"},
            "the API asks to wait until 2026-11-22T13:00:00.000000Z; ",
        ),
        ({"Date": "Fri, 31 Dec 9999 23:59:59 GMT", "Retry-After": "900"}, "the API asks to wait for 15 min; "),
    ],
)
def test_a_wait_that_ends_turned_away_is_rate_limited_and_says_until_when(headers: dict[str, str], asked: str) -> None:
    turned_away = RateLimited("Fivetran: too many", Answer(429, headers, b""))
    over = "not finished within 25 s; it goes on"
    for script, last_state in (
        ([RUNS, turned_away], "last seen: Fivetran: x: the sync is running; "),
        ([turned_away], ""),
    ):
        with pytest.raises(RateLimited) as caught:
            Watch(25, 10.0, *script).until()
        assert caught.value.message == f"Fivetran: too many; {asked}{last_state}{over}"


@pytest.mark.parametrize("last", [RUNS, FAILED[0], FAILED[2]])
def test_a_wait_whose_last_poll_was_not_turned_away_has_reached_its_deadline(last: object) -> None:
    turned_away = RateLimited("Fivetran: too many", Answer(429, {"Retry-After": "1"}, b""))
    with pytest.raises(DeadlineReached, match="the sync is running; not finished within"):
        Watch(25, 10.0, RUNS, turned_away, turned_away, last).until()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "60"}, 60),
        ({"Retry-After": "3"}, 10),
        ({"Retry-After": "soon"}, 60),
        ({"Retry-After": "999999999999"}, 500),  # the deadline is earlier
        ({"Date": "Sun, 22 Nov 2026 12:00:00 GMT", "Retry-After": "Sun, 22 Nov 2026 12:01:00 GMT"}, 60),
    ],
)
def test_the_server_may_ask_for_a_longer_pause_between_polls(headers: dict[str, str], expected: float) -> None:
    watch = Watch(500, 10.0, RateLimited("Fivetran: too many", Answer(429, headers, b"")), ENDED)
    assert watch.until() == "ended"
    assert watch.time.slept == [expected]


def test_a_server_that_says_nothing_of_when_is_given_twice_as_long_each_time() -> None:
    turned_away = RateLimited("Airbyte: too many", Answer(429, {}, b""))
    watch = Watch(5000, 10.0, *[turned_away] * 6, RUNS, turned_away, ENDED)
    assert watch.until() == "ended"
    assert watch.time.slept == [60, 120, 240, 480, 900, 900, 10, 60]


def test_such_a_rest_is_not_longer_than_the_deadline_allows() -> None:
    watch = Watch(100, 10.0, RateLimited("Airbyte: too many", Answer(429, {}, b"")), ENDED)
    watch.script[1:1] = [watch.script[0]]
    assert watch.until() == "ended"
    assert watch.polled_at == [0, 60, 100]


def test_what_is_due_sooner_than_the_next_poll_is_polled_when_due() -> None:
    watch = Watch(500, 60.0, Polled(None, "put off", due_in=20.0), Polled(None, "put off", due_in=0.2), RUNS, ENDED)
    assert watch.until() == "ended"
    assert watch.time.slept == [20.0, 1.0, 60.0]


def test_what_is_due_later_than_the_pace_changes_nothing() -> None:
    watch = Watch(500, 60.0, Polled(None, "put off", due_in=200.0), ENDED)
    watch.until()
    assert watch.time.slept == [60.0]


def test_each_change_of_state_is_a_line_and_in_between_a_heartbeat() -> None:
    put_off: Polled[str] = Polled(None, "Fivetran: x: put off")
    watch = Watch(10_000, 60.0, *[RUNS] * 11, put_off, put_off, RUNS, ENDED)
    watch.until()
    assert watch.said == [
        "Fivetran: x: the sync is running (0 s)",
        "Fivetran: x: the sync is running (5 min)",
        "Fivetran: x: the sync is running (10 min)",
        "Fivetran: x: put off (11 min)",
        "Fivetran: x: the sync is running (13 min)",
    ]
    assert HEARTBEAT == 300


def test_a_scarce_quota_doubles_the_pause() -> None:
    watch = Watch(500, None, Polled(None, "runs", quota_left=0.05), ENDED)
    watch.until()
    assert 5.4 <= watch.time.slept[0] <= 6.6


def test_without_an_interval_the_pause_is_a_tenth_of_the_time_elapsed() -> None:
    watch = Watch(3000, None, RUNS)
    with pytest.raises(DeadlineReached):
        watch.until()
    paired = zip(watch.polled_at, watch.time.slept[:-1], strict=False)
    assert all(0.89 * min(max(at / 10, 3), 120) <= pause <= 1.11 * min(max(at / 10, 3), 120) for at, pause in paired)


def test_what_had_run_before_the_wait_began_is_as_old_as_it_is() -> None:
    watch = Watch(3000, None, Polled(None, "runs", age=1000.0), FAILED[0], Polled(None, "runs"), ENDED)
    watch.until()
    assert [90 <= pause <= 145 for pause in watch.time.slept] == [True] * 3  # also if one poll does not say the age


def test_an_age_of_the_servers_clock_that_cannot_be_counts_as_none() -> None:
    watch = Watch(3000, None, Polled(None, "runs", age=-1000.0), ENDED)
    watch.until()
    assert 2.7 <= watch.time.slept[0] <= 3.3


def test_a_wait_keeps_to_its_schedule() -> None:
    watch = Watch(3000, None, RUNS)
    watch.wait.schedule = Schedule([600.0] * 20)
    with pytest.raises(DeadlineReached):
        watch.until()
    near = [at for at in watch.polled_at if 540 < at < 660]
    before = [at for at in watch.polled_at if 300 < at < 500]
    assert len(near) > 2 * len(before) > 1


def test_an_interval_is_kept_whatever_is_known() -> None:
    watch = Watch(3000, 50.0, *[Polled(None, "runs", 0.5 * 1000, age=590.0)] * 4, ENDED)
    watch.wait.schedule = Schedule([600.0] * 20)
    watch.until()
    assert watch.time.slept == [50.0] * 4


@given(timeout=some.floats(1, 1e5), interval=some.none() | some.floats(1, 3600))
def test_every_wait_ends_at_its_deadline(timeout: float, interval: float | None) -> None:
    watch = Watch(timeout, interval if interval is None else max(interval, timeout / 500), RUNS)
    with pytest.raises(DeadlineReached):
        watch.until()
    assert watch.time.now - 1000 == pytest.approx(timeout)
