"""Many connectors at once, as users run them, against the emulator."""

import html
import json
import pickle
from itertools import islice
from typing import Any

import pytest

from emulator.fivetran.generated_connections import names
from tests.conftest import SECRET, Blueprint, Emulator, Finished, Process, eventually

SIX = "speak_inexpensive,sleepy_lantern,gratuitous_bounty,fractured_compass,stubborn_kettle,handmade_widget"
TWO = "speak_inexpensive,gratuitous_bounty"
WAIT = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}


def rows(blueprint: Blueprint | Process, result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    lines = (blueprint.cwd / result["data"]["rows"]).read_text().splitlines()
    return {row["connector_id"]: row for row in map(json.loads, lines)}


def statuses(blueprint: Blueprint | Process, done: Finished) -> dict[str, str]:
    return {key: row["status"] for key, row in rows(blueprint, done.result).items()}


def posts(emulator: Emulator) -> list[str]:
    return [row["path"].split("/")[-2] for row in emulator.requests("POST")]


def killed_on_the_way(process: Process, emulator: Emulator, **variables: str) -> list[str]:
    """Start a batch and kill its process when it has sent 22 triggers: the last two took effect, unanswered."""
    emulator.answers(
        "POST", "/v1/connections/*/sync", {"pass": True, "times": 20}, {"hang": 60, "handled": True, "times": 2}
    )
    running = process.start("fivetran/execute_sync", **{"FIVETRAN_CONCURRENCY": "2", **variables})
    assert eventually(lambda: len(posts(emulator)) == 22)
    running.kill()
    running.communicate()
    return posts(emulator)


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


def test_one_id_behaves_as_it_always_did(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive,")
    assert done.code == 0
    assert done.result["connector_id"] == "speak_inexpensive"
    pair = pickle.loads(blueprint.file("variables", "force_sync.pickle").read_bytes())
    assert pair[0] == "speak_inexpensive"


@pytest.mark.parametrize("run_id", [None, "nightly"])
def test_a_check_with_no_id_follows_the_fleet_before_it(blueprint: Blueprint, run_id: str | None) -> None:
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=SIX, SLIPWAY_RUN_ID=run_id)
    upstream = {"SLIPWAY_UPSTREAM_RUN_IDS": run_id}
    first = blueprint("fivetran/check_sync_status", **upstream)
    assert first.code in (1, 217)
    done = blueprint("fivetran/check_sync_status", **upstream, **WAIT)
    assert done.code == 1
    found = statuses(blueprint, done)
    assert found["speak_inexpensive"] == "succeeded"
    assert found["sleepy_lantern"] == "not_started"
    assert blueprint.file("responses", "connector_speak_inexpensive_response.json").exists()


def test_a_check_of_one_finds_it_in_the_fleet_before_it(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.set("gratuitous_bounty", failed_at="2030-01-01T00:00:00Z")
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO)
    done = blueprint("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID="gratuitous_bounty", **WAIT)
    assert (done.code, done.result["connector_id"]) == (0, "gratuitous_bounty")


def test_the_newer_of_a_fleets_and_ones_own_files_answers(blueprint: Blueprint) -> None:
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO)
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="handmade_widget")
    assert blueprint("fivetran/check_sync_status", **WAIT).result["connector_id"] == "handmade_widget"
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="handmade_widget,speak_inexpensive")
    assert not blueprint.file("variables", "handmade_widget_force_sync.json").exists()
    assert set(statuses(blueprint, blueprint("fivetran/check_sync_status", **WAIT))) == {
        "handmade_widget",
        "speak_inexpensive",
    }


def test_ids_that_the_step_before_did_not_trigger_are_an_error_naming_both(blueprint: Blueprint) -> None:
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO)
    done = blueprint("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID="speak_inexpensive,handmade_widget")
    assert done.code == 206
    assert "handmade_widget" in done.result["message"]
    assert "gratuitous_bounty" in done.result["message"]


def test_a_group_is_found_by_name_and_narrowed_by_patterns(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/check_sync_status", FIVETRAN_GROUP_ID="Marketing", FIVETRAN_SERVICE="google_*")
    assert set(statuses(blueprint, done)) == {"sleepy_lantern", "unwritten_letter", "nightly_lighthouse"}
    done = blueprint("fivetran/check_sync_status", FIVETRAN_GROUP_ID="decent_dropsy", FIVETRAN_SCHEMA="z?nd*")
    assert set(statuses(blueprint, done)) == {"patient_turnstile"}
    assert not emulator.requests("POST")


@pytest.mark.parametrize("name", ["execute_sync", "check_sync_status", "update_connector", "check_freshness"])
@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"FIVETRAN_CONNECTOR_ID": TWO, "FIVETRAN_GROUP_ID": "Marketing"}, 206, "both given"),
        ({"FIVETRAN_CONNECTOR_ID": "a_b", "FIVETRAN_GROUP_ID": "Marketing"}, 206, "both given"),
        ({"FIVETRAN_CONNECTOR_ID": "a_b,c_d,a_b"}, 206, "a_b more than once"),
        ({"FIVETRAN_GROUP_ID": "Marketing", "FIVETRAN_SERVICE": "nothing_*"}, 206, "none matches FIVETRAN_SERVICE"),
        ({"FIVETRAN_GROUP_ID": "Marketting"}, 204, "did you mean Marketing"),
        ({"FIVETRAN_GROUP_ID": "Twin"}, 206, "several groups"),
        ({"FIVETRAN_GROUP_ID": "Empty"}, 206, "no connectors"),
        ({"FIVETRAN_GROUP_ID": "Marketing", "FIVETRAN_CONCURRENCY": "0"}, 206, "whole number from 1 to 64"),
    ],
)
def test_a_selection_that_is_none_is_refused_and_nothing_is_sent(
    blueprint: Blueprint, emulator: Emulator, name: str, given: dict[str, str], code: int, said: str
) -> None:
    emulator.scenario(
        {"fivetran": {"groups": {"one": {"name": "Twin"}, "two": {"name": "Twin"}, "no": {"name": "Empty"}}}}
    )
    done = blueprint(f"fivetran/{name}", **given, FIVETRAN_PAUSED="TRUE", FIVETRAN_CONFIRM_COUNT="2")
    assert (done.code, said in done.result["message"]) == (code, True), done.result["message"]
    assert not emulator.requests("POST")
    assert not emulator.requests("PATCH")


def test_a_cursor_that_repeats_ends_it_before_anything_is_sent(blueprint: Blueprint, emulator: Emulator) -> None:
    row = emulator.connector("speak_inexpensive")
    page = {"code": "Success", "data": {"items": [{"id": row["id"], "status": {}}], "next_cursor": "again"}}
    emulator.answers("GET", "/v1/connections", *[{"status": 200, "json": page} for _ in range(5)])
    done = blueprint("fivetran/execute_sync", FIVETRAN_GROUP_ID="Marketing")
    assert (done.code, "does not end" in done.result["message"]) == (223, True)
    assert not emulator.requests("POST")


def test_an_update_of_many_needs_their_count(blueprint: Blueprint, emulator: Emulator) -> None:
    group = {"FIVETRAN_GROUP_ID": "Marketing", "FIVETRAN_PAUSED": "TRUE"}
    done = blueprint("fivetran/update_connector", **group)
    assert (done.code, "FIVETRAN_CONFIRM_COUNT=6" in done.result["message"]) == (206, True)
    done = blueprint("fivetran/update_connector", **group, FIVETRAN_CONFIRM_COUNT="5")
    assert done.code == 206
    assert not emulator.requests("PATCH")
    done = blueprint("fivetran/update_connector", **group, FIVETRAN_CONFIRM_COUNT="6")
    assert done.code == 0
    assert len(emulator.requests("PATCH")) == 6
    found = rows(blueprint, done.result)
    assert found["patient_turnstile"]["changed"] == {"paused": {"old": False, "new": True}}
    assert found["sleepy_lantern"]["changed"] == {}


def test_an_update_of_several_ids_needs_their_count_before_anything_is_asked(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    done = blueprint("fivetran/update_connector", FIVETRAN_CONNECTOR_ID=TWO, FIVETRAN_PAUSED="TRUE")
    assert done.code == 206
    assert not emulator.requests()


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


def test_where_the_list_may_not_be_read_each_is_asked(blueprint: Blueprint, emulator: Emulator) -> None:
    forbidden = {"status": 403, "json": {"code": "Forbidden", "message": "no"}}
    emulator.answers("GET", "/v1/connections", *[forbidden] * 3)
    done = blueprint("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID=TWO)
    assert done.code == 0
    assert "asking for each connector instead" in done.stderr


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


def test_at_the_deadline_those_that_are_left_have_221(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "success", "seconds": 600})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT, FIVETRAN_WAIT_TIMEOUT="2")
    assert done.code == 221
    assert statuses(blueprint, done) == {"speak_inexpensive": "succeeded", "gratuitous_bounty": "deadline_reached"}


def test_what_was_put_off_under_a_manual_schedule_is_triggered_when_it_is_due(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "rescheduled", "after": 1}, {"result": "success"})
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT, FIVETRAN_WAIT_TIMEOUT="60")
    assert done.code == 0
    assert posts(emulator).count("gratuitous_bounty") == 2


def test_a_retry_of_a_killed_run_joins_what_that_one_started(process: Process, emulator: Emulator) -> None:
    emulator.reset(connectors=60, sync_seconds=600.0)
    given = {"FIVETRAN_GROUP_ID": "Generated", "SLIPWAY_RUN_ID": "nightly", "FIVETRAN_CONCURRENCY": "2"}
    killed_on_the_way(process, emulator, **given)
    assert process.file("variables", "nightly_force_sync.jsonl").exists()
    done = process("fivetran/execute_sync", **given)
    assert done.code == 0
    again = posts(emulator)
    assert len(again) == len(set(again)) == 60
    assert done.result["data"]["counts"] == {"triggered": 38, "joined": 22}
    pairs = pickle.loads(process.file("variables", "nightly_force_sync.pickle").read_bytes())
    assert len(pairs) == 60
    assert not process.file("variables", "nightly_force_sync.jsonl").exists()


def test_a_check_tells_of_all_that_a_killed_run_was_about(process: Process, emulator: Emulator) -> None:
    emulator.reset(connectors=60, sync_seconds=0.1)
    *_, last = islice(names(), 60)
    assert process("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=last, **WAIT).code == 0
    emulator.forget_requests()
    sent = killed_on_the_way(process, emulator, FIVETRAN_GROUP_ID="Generated")
    assert last not in sent
    done = process("fivetran/check_sync_status")
    assert (done.code, done.result["data"]["selected"]) == (217, 60)
    ends = rows(process, done.result)
    announced = {one for one in ends if ends[one]["exit_code"] != 217}
    assert announced >= set(sent)
    assert len(announced) <= len(sent) + 2
    assert process("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID=last).code == 217


def test_no_older_run_answers_for_one_that_was_killed_before_it_had_read_anything(
    process: Process, emulator: Emulator
) -> None:
    assert process("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT).code == 0
    emulator.forget_requests()
    emulator.answers("GET", "/v1/groups", {"pass": True, "delay": 60})
    running = process.start("fivetran/execute_sync", FIVETRAN_GROUP_ID="Marketing")
    assert eventually(emulator.requests)
    running.kill()
    running.communicate()
    assert process("fivetran/check_sync_status").code == 217


def test_a_killed_run_leaves_no_older_rows_for_its_own(process: Process, emulator: Emulator) -> None:
    emulator.reset(connectors=60, sync_seconds=0.1)
    assert process("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO).code == 0
    emulator.forget_requests()
    left = process.file("artifacts", "execute_sync_rows.ndjson")
    assert left.exists()
    killed_on_the_way(process, emulator, FIVETRAN_GROUP_ID="Generated")
    assert not left.exists()


@pytest.mark.parametrize("name", ["execute_sync", "check_sync_status", "update_connector", "check_freshness"])
def test_a_run_that_ends_before_it_has_rows_leaves_none_of_an_earlier_ones(
    blueprint: Blueprint, emulator: Emulator, name: str
) -> None:
    given = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_PAUSED": "FALSE", "FIVETRAN_CONFIRM_COUNT": "8"}
    blueprint(f"fivetran/{name}", **given)
    files = {path for path in blueprint.files() if "/artifacts/" in path}
    assert len(files) == 1 + (name == "check_freshness")
    emulator.answers("GET", "/v1/connections", {"status": 503, "json": {"code": "Busy"}, "times": "always"})
    dry = blueprint(f"fivetran/{name}", **given, SLIPWAY_RETRY_TIMEOUT="0", SLIPWAY_DRY_RUN="TRUE")
    assert dry.code == 223
    assert files <= blueprint.files()
    assert blueprint(f"fivetran/{name}", **given, SLIPWAY_RETRY_TIMEOUT="0").code == 223
    assert not files & blueprint.files()


def test_sigterm_begins_nothing_further_and_leaves_sidecar_and_pickle(process: Process, emulator: Emulator) -> None:
    emulator.reset(connectors=300, sync_seconds=600.0)
    slow = {"pass": True, "delay": 0.5, "times": "always"}
    emulator.answers("POST", "/v1/connections/*/sync", {"pass": True, "times": 20}, slow)
    running = process.start("fivetran/execute_sync", FIVETRAN_GROUP_ID="Generated", FIVETRAN_CONCURRENCY="2")
    assert eventually(lambda: len(posts(emulator)) > 20)
    running.terminate()
    stdout, _ = running.communicate(timeout=60)
    assert running.returncode == 143
    assert json.loads(stdout)["status"] == "interrupted"
    sent = posts(emulator)
    pairs = pickle.loads(process.file("variables", "force_sync.pickle").read_bytes())
    assert {pair[0] for pair in pairs} == set(sent)
    assert len(sent) < 300
    assert not process.file("variables", "force_sync.jsonl").exists()


def test_freshness_never_triggers_and_says_how_late_and_why(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/check_freshness")
    assert done.code == 219
    found = rows(blueprint, done.result)
    assert len(found) == 14
    assert found["brisk_metronome"]["status"] == "fresh"
    late = found["sleepy_lantern"]
    assert (late["status"], late["state"], late["why"]) == ("stale", "paused", "it is paused")
    assert late["age_seconds"] == pytest.approx(9 * 86400, abs=60)
    assert found["unopened_parcel"]["age_seconds"] is None
    assert {row["method"] for row in emulator.requests()} == {"GET"}
    assert done.result["api_calls"] == 2  # the connectors, and the names of their groups
    assert done.result["data"]["worst"][0]["status"] == "stale"


def test_a_key_that_may_not_read_groups_sees_their_ids(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("GET", "/v1/groups", {"status": 403, "json": {"code": "Forbidden"}})
    done = blueprint("fivetran/check_freshness")
    assert done.code == 219
    assert "warning: groups are shown by their ids" in done.stderr
    assert "projected_sickle" in blueprint.file("artifacts", "freshness.html").read_text()


def test_freshness_tells_ages_by_the_servers_clock(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.advance(100 * 86400)
    done = blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID="speak_inexpensive", FIVETRAN_MAX_AGE="99d")
    assert done.code == 219
    done = blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID="speak_inexpensive", FIVETRAN_MAX_AGE="101d")
    assert done.code == 0


def test_freshness_names_what_is_unknown_and_looks_at_the_rest(blueprint: Blueprint) -> None:
    ids = "brisk_metronome,nobody_here"
    done = blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID=ids)
    assert done.code == 204
    assert statuses(blueprint, done) == {"brisk_metronome": "fresh", "nobody_here": "unknown_id"}
    assert "nobody_here" in blueprint.file("artifacts", "freshness.html").read_text()


def test_freshness_adds_a_table_to_a_github_step_summary(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.set("sleepy_lantern", schema="<script>alert(1)</script>|x")
    summary = blueprint.cwd / "summary.md"
    summary.write_text("before\n")
    blueprint("fivetran/check_freshness", GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text()
    assert text.startswith("before\n")
    assert "| connector | service |" in text
    assert "<script>" not in text


def test_a_malformed_age_is_refused(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/check_freshness", FIVETRAN_MAX_AGE="6 parsecs")
    assert (done.code, "FIVETRAN_MAX_AGE" in done.result["message"]) == (206, True)
    assert not emulator.requests()


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


def test_a_check_tells_of_the_refused_too_where_only_one_of_a_fleet_was_started(blueprint: Blueprint) -> None:
    ids = "speak_inexpensive,sleepy_lantern"
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ids, **WAIT).code == 216
    check = blueprint("fivetran/check_sync_status")
    assert check.code == 217
    assert statuses(blueprint, check) == {"speak_inexpensive": "succeeded", "sleepy_lantern": "not_started"}


def test_a_check_after_a_group_of_one_that_was_refused_is_not_answered_by_an_older_run(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive", **WAIT).code == 0
    group = {"FIVETRAN_GROUP_ID": emulator.connector("sleepy_lantern")["group_id"], "FIVETRAN_SCHEMA": "google_ads"}
    assert blueprint("fivetran/execute_sync", **group).code == 216
    check = blueprint("fivetran/check_sync_status")
    assert check.code == 217
    assert statuses(blueprint, check) == {"sleepy_lantern": "not_started"}


@pytest.mark.parametrize("selection", [{"FIVETRAN_GROUP_ID": "Marketing"}, {"FIVETRAN_CONNECTOR_ID": TWO}])
def test_where_nobody_could_be_read_no_older_run_answers_for_this_one(
    blueprint: Blueprint, emulator: Emulator, selection: dict[str, str]
) -> None:
    blueprint("fivetran/execute_sync", **selection)
    if "FIVETRAN_CONNECTOR_ID" in selection:
        blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="gratuitous_bounty")
    emulator.answers("GET", "/v1/connections", {"status": 503, "json": {"code": "Busy"}, "times": "always"})
    assert blueprint("fivetran/execute_sync", **selection, SLIPWAY_RETRY_TIMEOUT="0").code == 223
    assert not [path for path in blueprint.files() if path.endswith("force_sync.pickle")]
    emulator.reset()
    for asked in ({}, selection):
        check = blueprint("fivetran/check_sync_status", **asked)
        assert (check.code, check.result["status"]) == (217, "not_started")


@pytest.mark.parametrize("run_id", [None, "nightly"])
def test_where_a_group_could_not_be_read_no_older_run_about_one_answers(
    blueprint: Blueprint, emulator: Emulator, run_id: str | None
) -> None:
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive", **WAIT).code == 0
    emulator.answers("GET", "/v1/groups", {"status": 503, "json": {"code": "Busy"}, "times": "always"})
    failed = {"FIVETRAN_GROUP_ID": "Marketing", "SLIPWAY_RETRY_TIMEOUT": "0", "SLIPWAY_RUN_ID": run_id}
    assert blueprint("fivetran/execute_sync", **failed).code == 223
    check = blueprint("fivetran/check_sync_status", SLIPWAY_RUN_ID=run_id)
    assert (check.code, check.result["status"]) == (217, "not_started")
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive", **WAIT).code == 0
    assert blueprint("fivetran/check_sync_status").code == 0


@pytest.mark.parametrize(("later", "known"), [(0, True), (29 * 3600, False)])
def test_where_nobody_could_be_read_what_an_earlier_try_started_stays_known(
    blueprint: Blueprint, emulator: Emulator, later: int, known: bool
) -> None:
    run_id = {"SLIPWAY_RUN_ID": "nightly"}
    assert blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **run_id).code == 0
    emulator.advance(later)
    emulator.answers("GET", "/v1/connections", {"status": 503, "json": {"code": "Busy"}, "times": 1})
    failed = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **run_id, SLIPWAY_RETRY_TIMEOUT="0")
    assert failed.code == 223
    assert blueprint.file("variables", "nightly_force_sync.pickle").exists() is known
    again = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **run_id)
    assert again.result["data"]["counts"] == {"joined" if known else "triggered": 2}


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


def test_what_was_put_off_is_triggered_once_although_the_look_before_broke_off(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    """The due one stands on the list's first page, and the second page fails the first time."""
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


def test_a_secret_in_an_answer_is_hidden_in_each_picture_of_freshness(blueprint: Blueprint, emulator: Emulator) -> None:
    task = {"code": "x", "message": f"login with {SECRET} failed"}
    emulator.set("speak_inexpensive", succeeded_at="2020-01-01T00:00:00Z", tasks=[task])
    summary = blueprint.cwd / "summary.md"
    blueprint("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID=TWO, GITHUB_STEP_SUMMARY=str(summary))
    texts = [path.read_text() for path in blueprint.cwd.rglob("*") if path.is_file()]
    assert len(texts) >= 3
    shown = html.unescape("".join(texts))
    assert "login with ****** failed" in shown
    assert SECRET not in shown


@pytest.mark.parametrize(("reserve", "timeout"), [(None, "15"), ("1000000", "5")])
def test_below_the_reserve_looks_come_more_rarely_than_the_interval_says(
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
    looks = [row for row in emulator.requests("GET") if row["path"] == "/v1/connections"]
    assert (len(looks) > 4) is (reserve is None)  # to select, after the triggers, and at both ends of the wait
    assert ("fewer than FIVETRAN_QUOTA_RESERVE keeps for others" in done.stderr) is (reserve is not None)
    unheard = done.result["quota_remaining"] - (20000 - done.result["api_calls"])
    assert unheard in (0, 1)  # the deadline may cut off a call: it was made, and its answer not heard


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


TURNED_AWAY = {"status": 429, "headers": {"Retry-After": "0"}, "times": "always"}


@pytest.mark.parametrize(
    ("the_list", "code", "expected"),
    [
        (TURNED_AWAY, 222, ["rate_limited", "rate_limited"]),
        ({"status": 403, "empty": True}, 221, ["deadline_reached", "rate_limited"]),  # so each is asked itself
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
    emulator.switches(quota=20)  # below the reserve a call every 360 s
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


def test_a_row_without_an_id_is_told_of_and_asked_about_under_no_name(blueprint: Blueprint, emulator: Emulator) -> None:
    status = {"setup_state": "connected", "sync_state": "scheduled"}
    items = [{"id": one, "succeeded_at": None, "status": status} for one in (None, 7, "../x", "speak_inexpensive")]
    emulator.answers("GET", "/v1/connections", {"json": {"code": "Success", "data": {"items": items}}})
    done = blueprint("fivetran/check_freshness", FIVETRAN_MAX_AGE="6h")
    assert (done.code, len(emulator.requests())) == (219, 1)
    found = statuses(blueprint, done)
    assert found == {**dict.fromkeys(["(row 1)", "(row 2)", "../x"], "unreachable"), "speak_inexpensive": "stale"}


MALFORMED = [7, {"service": "mysql"}, {"id": ["x"]}, {"id": "gratuitous_bounty", "service": "mysql", "status": "x"}]


def listed(emulator: Emulator, *items: Any) -> None:
    page = {"json": {"code": "Success", "data": {"items": list(items)}}, "times": "always"}
    emulator.answers("GET", "/v1/connections", page)


def test_malformed_rows_are_told_of_each_whatever_the_patterns_and_the_others_go_on(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    listed(emulator, *MALFORMED, emulator.connector("speak_inexpensive") | {"status": {"sync_state": "scheduled"}})
    group = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SERVICE": "postgres"}
    done = blueprint("fivetran/execute_sync", **group, **WAIT)
    assert done.code == 223
    unreadable = dict.fromkeys(["(row 1)", "(row 2)", "(row 3)"], "unreachable")
    assert statuses(blueprint, done) == {**unreadable, "speak_inexpensive": "succeeded"}
    assert posts(emulator) == ["speak_inexpensive"]


def test_a_row_that_leaves_out_what_a_pattern_asks_about_is_asked_itself(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    ids = ("speak_inexpensive", "gratuitous_bounty", "handmade_widget", "intrinsic_coolness")
    bare = [emulator.connector(one) | {"status": {"sync_state": "scheduled"}, "service": 7} for one in ids]
    for row in bare[1:]:
        del row["service"]
    listed(emulator, *bare[:3], bare[3] | {"service": None}, bare[0] | {"id": ""})
    nowhere = {"json": {"code": "Success", "data": bare[2]}, "times": "always"}
    emulator.answers("GET", "/v1/connections/handmade_widget", nowhere)
    group = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SERVICE": "postgres"}
    done = blueprint("fivetran/execute_sync", **group, **WAIT)
    assert done.code == 223
    unreadable = dict.fromkeys(["(row 5)", "handmade_widget"], "unreachable")
    assert statuses(blueprint, done) == {**unreadable, "speak_inexpensive": "succeeded"}
    assert posts(emulator) == ["speak_inexpensive"]
    listing = blueprint("fivetran/list_connectors", FIVETRAN_SERVICE="postgres")
    assert (listing.result["data"]["count"], listing.result["data"]["malformed"]) == (0, 4)


def test_where_none_that_was_asked_itself_is_meant_nothing_is_selected(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    listed(emulator, {"id": "gratuitous_bounty", "status": {}})
    group = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SERVICE": "postgres"}
    done = blueprint("fivetran/execute_sync", **group)
    assert (done.code, posts(emulator)) == (206, [])


def test_a_wait_is_not_kept_by_rows_without_an_id_nor_broken_by_rows_without_a_state(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    listed(emulator, *MALFORMED, {"id": "speak_inexpensive", "succeeded_at": [1]}, {"id": "intrinsic_coolness"})
    done = blueprint(
        "fivetran/check_sync_status",
        FIVETRAN_GROUP_ID="Warehouse",
        FIVETRAN_EXECUTION_TIME="2020-01-01T00:00:00Z",
        **WAIT,
    )
    assert done.code == 223
    assert done.result["data"]["counts"] == {"unreachable": 3, "succeeded": 3}


@pytest.mark.parametrize("name", ["execute_sync", "check_sync_status", "update_connector", "check_freshness"])
@pytest.mark.parametrize("data", [7, {}, {"id": "gratuitous_bounty", "status": "x"}, {"id": 7, "status": {}}])
def test_a_connector_that_was_asked_for_and_is_malformed_is_no_success(
    blueprint: Blueprint, emulator: Emulator, name: str, data: Any
) -> None:
    listed(emulator, *MALFORMED)
    answer = {"json": {"code": "Success", "data": data}, "times": "always"}
    emulator.answers("GET", "/v1/connections/gratuitous_bounty", answer)
    given = {"FIVETRAN_PAUSED": "FALSE", "FIVETRAN_CONFIRM_COUNT": "2", "FIVETRAN_MAX_AGE": "9d"}
    done = blueprint(f"fivetran/{name}", FIVETRAN_CONNECTOR_ID=TWO, **given)
    assert done.code == 223
    found = rows(blueprint, done.result)
    assert found["gratuitous_bounty"]["exit_code"] == done.code
    assert found["speak_inexpensive"]["exit_code"] == 0
    assert not [row for row in emulator.requests() if row["method"] != "GET" and "gratuitous" in row["path"]]
