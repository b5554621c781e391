"""execute_sync of many connections, with each API."""

import fcntl
import json
import signal
from collections import Counter
from typing import Any

import pytest

from shared.airbyte.batch import sync
from shared.artifacts import many_records
from tests.airbyte.conftest import ANALYTICS, FAILING, FLAKY, INACTIVE, LOCKED, SHOP
from tests.conftest import eventually

GENERATED = "f1d2d2f9-24e9-4ac0-86fd-f7b36c94bcdf"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
SNOWFLAKE = {"AIRBYTE_WORKSPACE_ID": ANALYTICS, "AIRBYTE_NAME": "*Snowflake"}


def rows(airbyte: Any, name: str = "execute_sync_rows.ndjson") -> dict[str, dict[str, Any]]:
    lines = airbyte.file("artifacts", name).read_text().splitlines()
    return {row["connection_id"]: row for row in map(json.loads, lines)}


def test_those_with_a_name_are_synced_and_awaited_together_and_one_that_fails_stops_no_other(airbyte: Any) -> None:
    done = airbyte("execute_sync", **SNOWFLAKE)
    assert (done.code, done.result["status"]) == (211, "failed")
    assert done.result["data"]["counts"] == {"succeeded": 2, "failed": 1, "paused": 1, "setup_broken": 1}
    found = rows(airbyte)
    assert {one: row["exit_code"] for one, row in found.items()} == {
        SHOP: 0,
        FLAKY: 0,
        FAILING: 211,
        INACTIVE: 216,
        LOCKED: 218,
    }
    assert (found[SHOP]["job_id"], found[SHOP]["rows_synced"]) == (airbyte.jobs(SHOP)[0]["id"], 1000)
    assert airbyte.triggers() == 3
    job = json.loads(airbyte.file("responses", f"job_{found[SHOP]['job_id']}_response.json").read_text())
    assert (job["job"]["id"] if airbyte.api == "own" else job["jobId"]) == found[SHOP]["job_id"]


def test_forty_connections_cost_a_trigger_each_and_a_few_pages(airbyte: Any) -> None:
    airbyte.emulator.reset(connectors=40, sync_seconds=2)
    done = airbyte("execute_sync", AIRBYTE_WORKSPACE_ID=GENERATED, AIRBYTE_NAME="*")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 40})
    paths = Counter(airbyte.paths())
    triggers = paths.pop("POST /connections/sync" if airbyte.api == "own" else "POST /jobs")
    assert triggers == 40
    assert sum(paths.values()) <= 15, paths


def test_more_than_one_run_may_trigger_are_refused_with_what_to_do(
    airbyte: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_records, "MOST_RECORDS", 1)
    done = airbyte("execute_sync", f"{SHOP},{FLAKY}")
    assert (done.code, airbyte.triggers()) == (206, 0)
    assert "2 connections are selected, and one run triggers 1 at most; nothing was sent" in done.stderr
    assert "by AIRBYTE_NAME or AIRBYTE_TAG, each with a SLIPWAY_RUN_ID of its own" in done.stderr


def test_a_list_of_them_is_left_for_the_next_step(airbyte: Any) -> None:
    done = airbyte("execute_sync", f"{SHOP},{FLAKY}", AIRBYTE_WAIT="FALSE", SLIPWAY_RUN_ID="nightly")
    assert (done.code, done.result["data"]["counts"]) == (0, {"triggered": 2})
    left = json.loads(airbyte.file("variables", "nightly_sync.json").read_text())
    assert {one["connection_id"]: one["job_id"] for one in left["connections"]} == {
        one: airbyte.jobs(one)[0]["id"] for one in (SHOP, FLAKY)
    }
    assert airbyte.file("variables", "nightly_sync.pickle").exists()
    assert not airbyte.file("variables", "nightly_sync.jsonl").exists()


def test_a_retry_joins_what_runs_or_has_succeeded_and_triggers_the_rest(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"seconds": 6})
    airbyte.outcomes(FAILING, "failed", "succeeded")
    ids = f"{SHOP},{FLAKY},{FAILING}"
    airbyte("execute_sync", ids, SLIPWAY_RUN_ID="r", AIRBYTE_WAIT_TIMEOUT="2")
    assert airbyte.triggers() == 3
    done = airbyte("execute_sync", ids, SLIPWAY_RUN_ID="r")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 3})
    assert airbyte.triggers() == 4
    assert len(airbyte.jobs(FAILING)) == 3


def test_a_running_sync_is_joined_or_not_as_for_one(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"seconds": 3})
    done = airbyte("execute_sync", f"{SHOP},{FLAKY}", AIRBYTE_ON_RUNNING="fail")
    assert (done.code, rows(airbyte)[SHOP]["status"]) == (203, "already_running")
    done = airbyte("execute_sync", f"{SHOP},{FLAKY}", AIRBYTE_WAIT="FALSE")
    assert (done.code, rows(airbyte)[SHOP]["status"]) == (0, "joined")


def test_a_lost_answer_is_looked_into_for_each(airbyte: Any) -> None:
    airbyte.answer_trigger({"reset": "after"}, {"reset": "after"})
    done = airbyte("execute_sync", f"{SHOP},{FLAKY}")
    assert (done.code, done.result["data"]["counts"]) == (0, {"succeeded": 2})
    assert (len(airbyte.jobs(SHOP)), len(airbyte.jobs(FLAKY))) == (2, 2)


def test_who_cannot_be_read_is_recorded_as_not_sent_and_the_others_go_on(airbyte: Any) -> None:
    done = airbyte("execute_sync", f"{SHOP},{UNKNOWN}", SLIPWAY_RUN_ID="r")
    assert (done.code, done.result["data"]["counts"]) == (204, {"succeeded": 1, "unknown_id": 1})
    left = json.loads(airbyte.file("variables", "r_sync.json").read_text())
    assert {one["connection_id"]: one["state"] for one in left["connections"]} == {SHOP: "accepted", UNKNOWN: "refused"}
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r")
    assert (done.code, done.result["data"]["counts"]) == (204, {"succeeded": 1, "unknown_id": 1})


def test_where_nothing_can_be_selected_no_older_file_answers(airbyte: Any) -> None:
    airbyte("execute_sync", f"{SHOP},{FLAKY}")
    assert airbyte("execute_sync", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_TAG="nobody's").code == 206
    done = airbyte("check_sync_status")
    assert (done.code, done.result["status"]) == (217, "not_started")
    assert "could not read which connections it was about" in done.result["message"]


def test_nor_where_a_name_is_not_found(airbyte: Any) -> None:
    airbyte("execute_sync", SHOP)
    assert airbyte("execute_sync", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_CONNECTION_NAME="qqq").code == 204
    assert airbyte("check_sync_status").code == 217


def test_too_few_rows_are_a_failure_of_each(airbyte: Any) -> None:
    airbyte.outcomes(SHOP, {"rows": 0})
    done = airbyte("execute_sync", f"{SHOP},{FLAKY}", AIRBYTE_MIN_ROWS="1")
    assert (done.code, rows(airbyte)[SHOP]["status"]) == (211, "too_few_rows")
    airbyte.outcomes(SHOP, {"rows": 0})
    done = airbyte("execute_sync", f"{SHOP},{FLAKY}")
    assert done.code == 0
    assert "it brought no rows" in rows(airbyte)[SHOP]["rows_warning"]


def test_a_dry_run_shows_all_requests_and_writes_no_file(airbyte: Any) -> None:
    done = airbyte("execute_sync", **SNOWFLAKE, SLIPWAY_DRY_RUN="TRUE")
    assert (done.code, done.result["data"]["count"], airbyte.triggers()) == (0, 3, 0)
    assert airbyte.blueprint.files() == set()


def test_credentials_that_are_refused_end_it_and_no_more_is_sent(public: Any) -> None:
    public.answer_trigger({"status": 401, "json": {}, "times": "always"})
    done = public("execute_sync", f"{SHOP},{FLAKY}", AIRBYTE_CONCURRENCY="1")
    assert (done.code, done.result["data"]["counts"]) == (200, {"credentials_refused": 2})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"AIRBYTE_TAG": "nightli"}, "has AIRBYTE_TAG 'nightli'; its tags are finance, nightly"),
        ({"AIRBYTE_TAG": "nightly", "AIRBYTE_CONNECTION_ID": SHOP}, "AIRBYTE_TAG and AIRBYTE_CONNECTION_ID are both"),
        ({"AIRBYTE_TAG": "nightly", "AIRBYTE_CONNECTION_NAME": "x"}, "AIRBYTE_CONNECTION_NAME and AIRBYTE_TAG"),
        ({"AIRBYTE_TAG": "nightly", "AIRBYTE_JOB_TYPE": "reset"}, "AIRBYTE_JOB_TYPE reset is for one connection"),
        ({"AIRBYTE_TAG": "nightly", "AIRBYTE_ON_STOP": "cancel"}, "AIRBYTE_ON_STOP cancel is for one connection"),
        ({}, "AIRBYTE_CONNECTION_ID is required"),
    ],
)
def test_what_selects_nothing_or_contradicts_itself(airbyte: Any, given: dict[str, str], said: str) -> None:
    done = airbyte("execute_sync", **{"AIRBYTE_WORKSPACE_ID": ANALYTICS, **given})
    assert (done.code, airbyte.triggers()) == (206, 0)
    assert said in done.result["message"]


def test_a_check_after_a_killed_run_knows_of_all(airbyte_process: Any) -> None:
    airbyte = airbyte_process
    airbyte.answer_trigger({"pass": True}, {"delay": 30})
    airbyte.outcomes(SHOP, {"seconds": 60})
    given = {"AIRBYTE_CONCURRENCY": "1", "SLIPWAY_RUN_ID": "r", "SLIPWAY_READ_TIMEOUT": "60"}
    process = airbyte.start("execute_sync", f"{SHOP},{FLAKY}", **given)
    assert eventually(lambda: airbyte.triggers() == 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert airbyte.file("variables", "r_sync.jsonl").exists()
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r")
    assert done.code == 255
    assert set(rows(airbyte, "check_sync_status_rows.ndjson")) == {SHOP, FLAKY}


def test_a_list_of_jobs_that_breaks_off_ends_only_those_that_are_left(public: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sync, "CHUNK", 2)
    public.emulator.answers("GET", "/api/public/v1/jobs", {"pass": True}, {"status": 503, "empty": True})
    ids = ",".join([SHOP, FLAKY, FAILING, INACTIVE])
    done = public("execute_sync", ids, AIRBYTE_CONCURRENCY="1", SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["data"]["counts"]) == (223, {"succeeded": 2, "unreachable": 2})
    assert public.triggers() == 2


def test_one_connection_that_is_gone_from_the_cloud_hinders_no_other(public: Any) -> None:
    public.answers("*/jobs", {"status": 400, "json": {}}, {"status": 403, "json": {"title": "x"}}, method="GET")
    done = public("execute_sync", f"{SHOP},{FLAKY}")
    assert (done.code, done.result["data"]["counts"]) == (200, {"credentials_refused": 1, "succeeded": 1})


def test_a_listed_id_that_is_none_is_not_triggered_and_damages_no_record(airbyte: Any) -> None:
    good = {"connectionId": SHOP, "name": "a", "status": "active", "workspaceId": ANALYTICS}
    found = [good, {**good, "connectionId": "../x"}]
    airbyte.answers("*/connections*", {"json": {"connections": found, "data": found, "next": ""}})
    done = airbyte("execute_sync", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_NAME="*", SLIPWAY_RUN_ID="r")
    assert (done.code, done.result["data"]["counts"], airbyte.triggers()) == (
        223,
        {"succeeded": 1, "unreachable": 1},
        1,
    )
    done = airbyte("check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r")
    assert (done.code, done.result["connection_id"]) == (0, SHOP)


def test_while_another_process_of_the_run_triggers_nothing_is_sent(airbyte: Any) -> None:
    lock = airbyte.file("variables", "r_sync.lock")
    lock.parent.mkdir(parents=True)
    triggers: list[int] = []
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        def release() -> None:
            triggers.append(airbyte.triggers())
            fcntl.flock(held, fcntl.LOCK_UN)

        airbyte.during(2, release)
        done = airbyte("execute_sync", f"{SHOP},{FLAKY}", SLIPWAY_RUN_ID="r")
    assert (done.code, triggers, airbyte.triggers()) == (0, [0], 2)
    assert "another process of this run is triggering" in done.stderr
