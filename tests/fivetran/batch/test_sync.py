"""execute_sync of many connectors: if one fails, the others go on."""

import json
import pickle
import threading
from typing import Any

import pytest

from shared.program.run import Run
from tests.conftest import Blueprint, Emulator, Process
from tests.fivetran.batch.account import SIX, TWO, WAIT, posts, rows, statuses


def test_several_are_triggered_and_awaited_and_where_one_fails_the_others_go_on(
    process: Process, emulator: Emulator
) -> None:
    done = process("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=f"{SIX},nobody_here", **WAIT)
    assert done.code == 1
    assert statuses(process, done) == {
        "speak_inexpensive": "succeeded",
        "gratuitous_bounty": "succeeded",
        "handmade_widget": "succeeded",
        "sleepy_lantern": "paused",
        "fractured_compass": "setup_broken",
        "stubborn_kettle": "failed",
        "nobody_here": "unknown_id",
    }
    data = done.result["data"]
    assert data["counts"] == {"succeeded": 3, "failed": 1, "unknown_id": 1, "paused": 1, "setup_broken": 1}
    assert [row["connector_id"] for row in data["worst"]][:2] == ["stubborn_kettle", "nobody_here"]
    assert sorted(posts(emulator)) == ["gratuitous_bounty", "handmade_widget", "speak_inexpensive", "stubborn_kettle"]
    assert "Access denied" in data["worst"][0]["reason"]
    assert [row["reason"] for row in data["worst"] if row["reason"].startswith("Fivetran")] == []
    assert done.result["quota_remaining"] > 0


def test_several_leave_one_response_each_one_sidecar_and_one_pickle_of_pairs(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=SIX, SLIPWAY_RUN_ID="nightly")
    assert done.code == 216
    folder = "shipyard-artifacts/fivetran-blueprints"
    assert blueprint.files() == {
        *(f"{folder}/responses/sync_{one}_response.json" for one in SIX.split(",")),
        f"{folder}/variables/nightly_force_sync.json",
        f"{folder}/variables/nightly_force_sync.pickle",
        f"{folder}/artifacts/nightly_execute_sync_rows.ndjson",
    }
    pairs = pickle.loads(blueprint.file("variables", "nightly_force_sync.pickle").read_bytes())
    assert sorted(pair[0] for pair in pairs) == [
        *("gratuitous_bounty", "handmade_widget", "speak_inexpensive", "stubborn_kettle"),
    ]
    assert all(pair[1].tzinfo for pair in pairs)
    assert len(done.result["files"]) == 3


def test_response_files_are_written_by_one_thread_before_their_rows(
    blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads that create files in one folder wait for each other."""
    threads: list[str] = []
    save = Run.save_response

    def saved(run: Run, answer: Any, name: str, *rest: Any, **more: Any) -> str:
        threads.append(threading.current_thread().name)
        return save(run, answer, name, *rest, **more)

    monkeypatch.setattr(Run, "save_response", saved)
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=f"{SIX},nobody_here")
    assert threads == [threading.current_thread().name] * 7


def test_one_id_behaves_as_it_always_did(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive,")
    assert done.code == 0
    assert done.result["connector_id"] == "speak_inexpensive"
    pair = pickle.loads(blueprint.file("variables", "force_sync.pickle").read_bytes())
    assert pair[0] == "speak_inexpensive"


def test_a_dry_run_of_many_sends_nothing_and_touches_no_file(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, SLIPWAY_DRY_RUN="TRUE")
    assert (done.code, done.result["status"]) == (0, "dry_run")
    assert {request["method"] for request in done.result["data"]["requests"]} == {"POST"}
    assert len(done.result["data"]["requests"]) == 2
    assert not emulator.requests("POST")
    assert blueprint.files() == set()


def test_a_dry_run_of_very_many_counts_them_and_shows_the_first_twenty(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.reset(connectors=50)
    done = blueprint("fivetran/execute_sync", FIVETRAN_GROUP_ID="Generated", SLIPWAY_DRY_RUN="TRUE")
    assert (done.code, done.result["data"]["count"], len(done.result["data"]["requests"])) == (0, 50, 20)
    assert "50 requests would be, the first 20 in data" in done.result["message"]
    assert done.stderr.count("would send") == 20
    assert not emulator.requests("POST")


def test_wrong_credentials_end_it_at_once(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=SIX, FIVETRAN_API_KEY="revoked-key")
    assert done.code == 200
    assert len(emulator.requests()) == 1


def test_a_lost_answer_is_looked_for_and_the_others_go_on(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", "/v1/connections/speak_inexpensive/sync", {"reset": "after"})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT)
    assert done.code == 0
    assert sorted(posts(emulator)) == ["gratuitous_bounty", "speak_inexpensive"]


def test_a_429_is_waited_for_and_nothing_is_sent_twice(blueprint: Blueprint, emulator: Emulator) -> None:
    away = {"status": 429, "headers": {"Retry-After": "1"}, "json": {}}
    emulator.answers("POST", "/v1/connections/speak_inexpensive/sync", away)
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, SLIPWAY_RETRY_TIMEOUT="10", **WAIT)
    assert done.code == 0
    accepted = [row["path"] for row in emulator.requests("POST") if row["status"] == 200]
    assert len(accepted) == len(set(accepted)) == 2


def test_when_the_quota_is_used_up_the_rest_is_not_sent_and_a_retry_goes_on(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.reset(connectors=100, sync_seconds=600.0)
    emulator.switches(quota=30)
    given = {"FIVETRAN_GROUP_ID": "Generated", "SLIPWAY_RUN_ID": "nightly", "FIVETRAN_CONCURRENCY": "4"}
    done = blueprint("fivetran/execute_sync", **given)
    assert done.code == 222
    assert done.result["retry"] is True
    assert done.result["quota_remaining"] == 0
    counts = done.result["data"]["counts"]
    assert counts["triggered"] == 30 - 2
    assert counts["rate_limited"] == 72
    turned_away = [row for row in emulator.requests("POST") if row["status"] == 429]
    assert len(turned_away) <= 4
    emulator.switches(quota=20_000)
    done = blueprint("fivetran/execute_sync", **given)
    assert done.code == 0
    assert done.result["data"]["counts"] == {"triggered": 72, "joined": 28}


def test_a_list_that_breaks_off_between_triggers_leaves_a_row_for_each_and_the_started_are_awaited(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.reset(connectors=500)
    route = {"method": "GET", "path": "/v1/connections"}
    answers = [{"pass": True, "times": 2}, {"status": 503, "json": {"code": "Busy"}, "times": "always"}]
    emulator.scenario({"routes": [{**route, "answers": answers}]})
    done = blueprint(
        "fivetran/execute_sync", FIVETRAN_GROUP_ID="Generated", SLIPWAY_RETRY_TIMEOUT="0", SLIPWAY_RUN_ID="nightly"
    )
    assert (done.code, done.result["status"]) == (223, "unreachable")
    assert done.result["data"]["counts"] == {"unreachable": 300, "triggered": 200}
    assert len(posts(emulator)) == 200
    sidecar = json.loads(blueprint.file("variables", "nightly_force_sync.json").read_text())
    states = [one["state"] for one in sidecar["connectors"]]
    assert (states.count("accepted"), states.count("refused")) == (200, 300)


def test_when_the_key_is_revoked_on_the_way_yesterdays_files_answer_for_none_of_the_rest(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="gratuitous_bounty").code == 0
    emulator.answers("POST", "/v1/connections/speak_inexpensive/sync", {"status": 401, "json": {"code": "AuthFailed"}})
    ids = "speak_inexpensive,gratuitous_bounty"
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ids, FIVETRAN_CONCURRENCY="1")
    assert done.code == 200
    assert {"not sent" in row["reason"] for row in rows(blueprint, done.result).values()} == {True, False}
    check = blueprint("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID="gratuitous_bounty")
    assert (check.code, check.result["status"]) == (217, "not_started")


def test_an_answer_about_another_connector_ends_that_one_and_the_others_go_on(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    other = {"id": "Gratuitous_Bounty", "service": "mysql", "status": {"sync_state": "scheduled"}}
    answer = {"json": {"code": "Success", "data": other}, "times": "always"}
    emulator.answers("GET", "/v1/connections/gratuitous_bounty", answer)
    emulator.answers("GET", "/v1/connections", {"status": 403, "json": {"code": "Forbidden"}, "times": "always"})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT)
    assert done.code == 204
    assert statuses(blueprint, done) == {"speak_inexpensive": "succeeded", "gratuitous_bounty": "unknown_id"}
    assert "'Gratuitous_Bounty'; if that is the one, give this id" in done.result["message"]
    assert posts(emulator) == ["speak_inexpensive"]


def test_a_row_of_a_list_that_is_older_than_half_a_minute_is_read_again_before_its_trigger(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.reset(connectors=3, sync_seconds=600.0)
    busy = {"status": 429, "headers": {"Retry-After": "40"}}
    emulator.answers("POST", "/v1/connections/*/sync", busy)
    given = {"FIVETRAN_GROUP_ID": "Generated", "FIVETRAN_CONCURRENCY": "1", "SLIPWAY_RETRY_TIMEOUT": "60"}
    assert blueprint("fivetran/execute_sync", **given).code == 0
    asked = [(row["method"], row["path"]) for row in emulator.requests()]
    first, *others = dict.fromkeys(posts(emulator))
    assert ("GET", f"/v1/connections/{first}") not in asked
    assert len(others) == 2
    for one in others:
        sent = asked.index(("POST", f"/v1/connections/{one}/sync"))
        assert asked[sent - 1] == ("GET", f"/v1/connections/{one}")
