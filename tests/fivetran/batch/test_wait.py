"""The wait of a batch: its pauses, its deadline, and syncs that Fivetran has rescheduled."""

import json
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.batch.account import TWO, WAIT, posts, rows, statuses


def test_a_round_costs_a_call_per_thousand_and_asks_none_itself(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.reset(connectors=1001, sync_seconds=3.0)
    done = blueprint("fivetran/execute_sync", FIVETRAN_GROUP_ID="Generated", **WAIT, FIVETRAN_CONCURRENCY="4")
    assert done.code == 0
    assert done.result["data"]["counts"] == {"succeeded": 1001}
    gets = [row for row in emulator.requests("GET") if row["path"] == "/v1/connections"]
    assert len(posts(emulator)) == len(set(posts(emulator))) == 1001
    assert [row for row in emulator.requests("GET") if row["path"].count("/") > 2] == []
    selecting, before_triggers, after_them = 2, 6, 2
    rounds = [row for row in gets if row["query"]["limit"] == "1000"][selecting + after_them :]
    assert len(rounds) % 2 == 0
    assert len(gets) == selecting + before_triggers + after_them + len(rounds)
    assert done.result["api_calls"] == len(emulator.requests())
    assert len(done.stdout) < 20_000
    assert len(done.result["files"]) == 3


def test_at_the_deadline_those_that_are_left_have_221(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "success", "seconds": 600})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT, FIVETRAN_WAIT_TIMEOUT="2")
    assert done.code == 221
    assert statuses(blueprint, done) == {"speak_inexpensive": "succeeded", "gratuitous_bounty": "deadline_reached"}


def test_a_connector_that_two_polls_show_as_paused_is_not_waited_for_any_longer(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "success", "seconds": 30})
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive,gratuitous_bounty")
    done = blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_CONNECTOR_ID="sleepy_lantern,speak_inexpensive,gratuitous_bounty",
        FIVETRAN_EXECUTION_TIME="2999-01-01T00:00:00Z",
        FIVETRAN_WAIT_TIMEOUT="8",
        **WAIT,
    )
    assert done.code == 216
    assert "1 of 3 finished (1 failed), 1 running, 1 waiting (1 s)" in done.stderr


def test_a_429_counts_no_longer_once_the_list_shows_the_connector_again(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "success", "seconds": 600})
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="gratuitous_bounty")
    shown = {"pass": True}
    hidden = {"json": {"code": "Success", "data": {"items": []}}}
    emulator.answers("GET", "/v1/connections", shown, hidden, {"pass": True, "times": "always"})
    emulator.answers("GET", "/v1/connections/gratuitous_bounty", {"status": 429, "times": "always"})
    done = blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_CONNECTOR_ID=TWO,
        FIVETRAN_EXECUTION_TIME="2999-01-01T00:00:00Z",
        FIVETRAN_WAIT_TIMEOUT="5",
        SLIPWAY_RETRY_TIMEOUT="0",
        **WAIT,
    )
    assert statuses(blueprint, done)["gratuitous_bounty"] == "deadline_reached"


def test_what_was_put_off_under_a_manual_schedule_is_triggered_when_it_is_due(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "rescheduled", "after": 1}, {"result": "success"})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT, FIVETRAN_WAIT_TIMEOUT="60")
    assert done.code == 0
    assert posts(emulator).count("gratuitous_bounty") == 2


def test_what_was_put_off_is_triggered_once_although_the_poll_before_broke_off(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    """The rescheduled connector is on the first page of the list. The second page fails at the first poll."""
    emulator.reset(connectors=1100, sync_seconds=0.2)
    row = {"id": "postponed_voyage", "service": "facebook_ads", "schedule_type": "manual", "succeeded_at": None}
    late = {"sync_state": "rescheduled", "setup_state": "connected", "rescheduled_for": "2020-01-01T00:00:00Z"}
    page = {"code": "Success", "data": {"items": [{**row, "failed_at": None, "status": late}], "next_cursor": "two"}}
    busy = {"status": 503, "json": {"code": "Busy"}}
    empty = {"json": {"code": "Success", "data": {"items": []}}}
    ok = {"json": page}
    emulator.answers("GET", "/v1/connections", ok, busy, ok, empty, {"pass": True, "times": "always"})
    emulator.set("postponed_voyage", outcomes=["success"])
    ids = "postponed_voyage,speak_inexpensive,gratuitous_bounty,intrinsic_coolness,brisk_metronome"
    done = blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_CONNECTOR_ID=ids,
        FIVETRAN_EXECUTION_TIME="2020-01-01T00:00:00Z",
        SLIPWAY_RETRY_TIMEOUT="0",
        **WAIT,
    )
    assert done.code == 0
    assert posts(emulator) == ["postponed_voyage"]


@pytest.mark.parametrize(("reserve", "timeout"), [(None, "15"), ("1000000", "5")])
def test_below_the_reserve_polls_come_more_rarely_than_the_interval_says(
    blueprint: Blueprint, emulator: Emulator, reserve: str | None, timeout: str
) -> None:
    emulator.reset(connectors=3, sync_seconds=600.0)
    done = blueprint(
        "fivetran/execute_sync",
        FIVETRAN_GROUP_ID="Generated",
        FIVETRAN_WAIT_TIMEOUT=timeout,
        FIVETRAN_QUOTA_RESERVE=reserve,
        **WAIT,
    )
    assert done.code == 221
    assert done.result["data"]["counts"] == {"deadline_reached": 3}
    assert len(posts(emulator)) == 3
    polls = [row for row in emulator.requests("GET") if row["path"] == "/v1/connections"]
    assert (len(polls) > 4) is (reserve is None)  # to select, after the triggers, and at both ends of the wait
    assert ("fewer than FIVETRAN_QUOTA_RESERVE keeps for others" in done.stderr) is (reserve is not None)
    unheard = done.result["quota_remaining"] - (20000 - done.result["api_calls"])
    assert unheard in (0, 1)  # the deadline may end a call whose answer is then not read


TURNED_AWAY = {"status": 429, "headers": {"Retry-After": "0"}, "times": "always"}


@pytest.mark.parametrize(
    ("the_list", "code", "expected"),
    [
        (TURNED_AWAY, 222, ["rate_limited", "rate_limited"]),
        (
            {"status": 403, "json": {"code": "Forbidden"}},
            221,
            ["deadline_reached", "rate_limited"],
        ),  # so each is read by itself
    ],
)
def test_at_the_deadline_those_that_the_api_turns_away_are_222(
    blueprint: Blueprint, emulator: Emulator, the_list: dict[str, Any], code: int, expected: list[str]
) -> None:
    emulator.answers("GET", "/v1/connections", the_list)
    emulator.answers("GET", "/v1/connections/speak_inexpensive", TURNED_AWAY)
    done = blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_CONNECTOR_ID=TWO,
        FIVETRAN_EXECUTION_TIME="2999-01-01T00:00:00Z",
        FIVETRAN_WAIT_TIMEOUT="2",
        FIVETRAN_CONCURRENCY="1",
        SLIPWAY_RETRY_TIMEOUT="0",
        **WAIT,
    )
    found = statuses(blueprint, done)
    assert (done.code, [found["gratuitous_bounty"], found["speak_inexpensive"]]) == (code, expected)
    said = json.dumps(rows(blueprint, done.result))
    assert said.count("the API asks to wait until 20") == expected.count("rate_limited")


def test_a_reserve_lets_no_wait_go_on_past_its_deadline(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.reset(connectors=1, sync_seconds=600.0)
    emulator.switches(quota=20)  # below the reserve, one call every 360 s
    done = blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_GROUP_ID="Generated",
        FIVETRAN_EXECUTION_TIME="2999-01-01T00:00:00Z",
        FIVETRAN_WAIT_TIMEOUT="2",
        FIVETRAN_QUOTA_RESERVE="20",
        **WAIT,
    )
    assert (done.code, done.result["data"]["counts"]) == (221, {"deadline_reached": 1})
    assert done.result["quota_remaining"] == 20 - done.result["api_calls"] >= 16


def test_a_file_that_cannot_be_written_is_no_end_of_the_wait(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "failure", "seconds": 3})

    def block() -> None:
        blueprint.file("responses", "connector_gratuitous_bounty_response.json").mkdir(parents=True)

    blueprint.during[1] = block
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO)
    done = blueprint("fivetran/check_sync_status", **WAIT)
    assert (done.code, done.result["status"]) == (207, "artifact_unusable")
