"""The emulator's core without a vendor: scenarios of several vendors, stamps, the memory of the request log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import request_log, routes
from emulator.airbyte import jobs, tokens
from emulator.airbyte.job import Outcome, start
from emulator.airbyte.switches import Switches
from emulator.clock import Clock, stamp_seconds, stamp_text
from emulator.core import Core
from emulator.options import Options
from emulator.request_log import RequestLog
from emulator.scenario import ScenarioError, read_scenario, whole


class Counter:
    """A vendor whose state is one number."""

    def __init__(self, name):
        self.name, self.prefixes, self.number = name, (f"/{name}/",), 0

    def reset(self, connectors, sync_seconds):
        self.number = 0

    def read(self, where, section):
        number = whole(where, section)

        def apply():
            self.number = number

        return apply


@pytest.fixture
def core():
    """A core with two vendors."""
    return Core(Options(), lambda options, clock: [Counter("one"), Counter("other")], Clock(), lambda seconds: None)


def numbers(core):
    return [vendor.number for vendor in core.vendors]


def test_each_vendor_gets_its_section(core):
    core.apply({"one": 1, "other": 2})
    assert numbers(core) == [1, 2]
    assert core.owner("/other/x") is core.vendors[1]
    assert core.owner("/nobody/x") is None


@pytest.mark.parametrize("scenario", [{"one": 1, "other": -2}, {"one": 1, "routes": [{}]}, {"one": 1, "third": 3}])
def test_an_error_in_one_section_leaves_all_as_they_were(core, scenario):
    with pytest.raises(ScenarioError):
        core.apply(scenario)
    assert numbers(core) == [0, 0]


def test_a_scenario_file_that_is_not_there(tmp_path):
    with pytest.raises(ScenarioError, match="nowhere"):
        read_scenario(tmp_path / "nowhere.json")


@given(st.integers(min_value=-(10**15), max_value=4 * 10**15))
def test_a_stamp_survives_its_text(micros):
    assert round(stamp_seconds(stamp_text(micros / 1e6)) * 1e6) == micros


@given(st.integers(min_value=0, max_value=4 * 10**15), st.sampled_from([0, 3]))
def test_a_shorter_stamp_is_cut_and_never_later(micros, digits):
    shown = round(stamp_seconds(stamp_text(micros / 1e6, digits)) * 1e6)
    assert shown == micros - micros % 10 ** (6 - digits)


@pytest.mark.parametrize(
    "text", ["", "2024-03-17", "2024-03-17T12:31:40", "2024-03-17T12:31:40+02:00", "2024-13-17T12:31:40Z"]
)
def test_texts_that_are_no_stamp(text):
    with pytest.raises(ValueError, match=r".+"):
        stamp_seconds(text)


def test_the_log_forgets_the_oldest_but_counts_them(monkeypatch):
    monkeypatch.setattr(request_log, "KEPT", 3)
    log = RequestLog(prints=False)
    for number in range(5):
        log.open("GET", f"/{number}", [], b"", frozenset())
    assert [one["path"] for one in log.entries] == ["/2", "/3", "/4"]
    assert log.total == 5


def test_the_log_masks_what_a_vendor_calls_its_credentials():
    log = RequestLog(prints=False)
    hidden = frozenset({"client_secret"})
    log.open("POST", "/token", [], b'{"client_id": "a", "deep": [{"client_secret": "b"}]}', hidden)
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    log.open("POST", "/token", form, b"client_id=a&client_secret=b", hidden)
    first, second = (one["body"] for one in log.entries)
    assert first == {"client_id": "a", "deep": [{"client_secret": "******"}]}
    assert second == {"client_id": "a", "client_secret": "******"}


def test_the_log_writes_no_control_characters(capsys):
    log = RequestLog(prints=True)
    log.close(log.open("GET", "/a\x1b[2Jb", [], b"", frozenset()), None)
    assert capsys.readouterr().err == "GET /a?[2Jb no answer\n"


def test_the_log_is_bounded_in_bytes_too(monkeypatch):
    monkeypatch.setattr(request_log, "KEPT_BYTES", 1000)
    log = RequestLog(prints=False)
    for number in range(5):
        log.open("POST", f"/{number}", [("X-Long", "x" * 300)], b"y" * 100, frozenset())
    assert [one["path"] for one in log.entries] == ["/3", "/4"]
    log.clear()
    log.open("POST", "/5", [], b"y" * 900, frozenset())
    assert [one["path"] for one in log.entries] == ["/5"]


def test_a_large_body_is_not_kept():
    log = RequestLog(prints=False)
    log.open("POST", "/", [], b"[" * (request_log.LARGEST_KEPT_BODY + 1), frozenset())
    assert log.entries[0]["body"] == "(262145 bytes)"


def test_routes_are_bounded_and_used_ones_do_not_count(core):
    route = {"path": "/one/x", "answers": [{"status": 500}]}
    core.apply({"routes": [route] * routes.MOST_ROUTES})
    with pytest.raises(ScenarioError, match="routes: more than 10000"):
        core.apply({"one": 1, "routes": [route]})
    assert numbers(core) == [0, 0]
    assert core.routes.next("GET", "/one/x") is not None
    core.apply({"routes": [route]})
    assert len(core.routes.all) == routes.MOST_ROUTES


def test_the_oldest_jobs_and_tokens_are_forgotten(monkeypatch):
    monkeypatch.setattr(jobs, "MOST_JOBS", 3)
    monkeypatch.setattr(tokens, "MOST_TOKENS", 3)
    found = jobs.Jobs(start(number, "a", "sync", 0.0, Outcome(), 1.0) for number in range(1, 6))
    assert [one.id for one in found.of("a")] == [one.id for one in found.newest_first()] == [5, 4, 3]
    assert (found.get(2), found.next_id) == (None, 6)
    issuer = tokens.Tokens(Options(), Clock(), Switches())
    issued = [issuer.issue() for _ in range(4)]
    assert [issuer.is_valid(one) for one in issued] == [False, True, True, True]


def test_a_clock_that_stands_still_is_moved_by_nothing_but_advance_and_a_tick_each_time_it_is_read():
    machine = [1_800_000_000.25]
    clock = Clock(lambda: machine[-1])
    clock.stand_still()
    machine.append(1_800_009_000.0)
    first, second = clock.now(), clock.now()
    assert 1_800_000_001 < first < second < 1_800_000_001.001
    clock.advance(60)
    assert clock.now() == pytest.approx(first + 60, abs=0.001)
    clock.reset()
    assert clock.now() == machine[-1]
