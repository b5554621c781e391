"""check_freshness, with each API."""

import json
from collections import Counter
from typing import Any

import pytest

from shared.http.client import Client
from tests.airbyte.conftest import ANALYTICS, DEPRECATED, FAILING, INACTIVE, SHOP

DAILY = "d4e5f6a7-b8c9-4d0e-8f1a-2b3c4d5e6f70"
GENERATED = "f1d2d2f9-24e9-4ac0-86fd-f7b36c94bcdf"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_a_workspaces_connections_are_judged_and_who_is_switched_off_is_said(airbyte: Any) -> None:
    done = airbyte("check_freshness", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_MAX_AGE="1d")
    assert (done.code, done.result["status"]) == (219, "stale")
    assert done.result["data"]["counts"] == {"stale": 4, "fresh": 2}
    rows = {row["connection_id"]: row for row in map(json.loads, lines(airbyte))}
    assert rows[SHOP]["status"] == "fresh"
    assert (rows[INACTIVE]["state"], rows[DEPRECATED]["state"]) == ("disabled", "deleted")
    assert "30 failures in a row, silently" in rows[INACTIVE]["why"]
    assert rows[FAILING]["why"].startswith("its last job (sync job 1005) failed at ")
    page = airbyte.file("artifacts", "freshness.html").read_text()
    assert "4 of 6 connections are stale" in page
    assert "· Airbyte</title>" in page
    assert "finance" in page
    assert airbyte.triggers() == 0


def lines(airbyte: Any) -> list[str]:
    text: str = airbyte.file("artifacts", "check_freshness_rows.ndjson").read_text()
    return text.splitlines()


def test_without_a_limit_a_basic_schedule_is_one_and_no_other_is(airbyte: Any) -> None:
    assert airbyte("check_freshness", DAILY).code == 0
    done = airbyte("check_freshness", SHOP)
    assert done.code == 215
    assert "its schedule is cron, which does not say how often it syncs; set AIRBYTE_MAX_AGE" in done.result["message"]


def test_one_without_a_limit_makes_the_whole_run_215_and_the_message_says_which_and_what_to_set(airbyte: Any) -> None:
    done = airbyte("check_freshness", f"{DAILY},{SHOP}")
    assert (done.code, done.result["data"]["counts"]) == (215, {"unknown": 1, "fresh": 1})
    assert f"{SHOP}: its schedule is cron" in done.result["message"]
    assert "set AIRBYTE_MAX_AGE to the age that is too old" in done.result["message"]
    assert [row["status"] for row in done.result["data"]["worst"]] == ["unknown", "fresh"]  # few: good ones follow
    assert airbyte("check_freshness", f"{DAILY},{SHOP}", AIRBYTE_MAX_AGE="2d").code == 0


def test_several_ids_of_which_one_is_unknown(airbyte: Any) -> None:
    done = airbyte("check_freshness", f"{SHOP}, {DAILY},{UNKNOWN}", AIRBYTE_MAX_AGE="12h")
    assert done.code == 204
    assert done.result["data"]["counts"] == {"fresh": 2, "unknown_id": 1}
    assert "could not be judged" in airbyte.file("artifacts", "freshness.html").read_text()


def test_many_connections_cost_pages_and_not_a_call_each(airbyte: Any) -> None:
    airbyte.emulator.reset(connectors=250, sync_seconds=0)
    done = airbyte("check_freshness", AIRBYTE_WORKSPACE_ID=GENERATED, AIRBYTE_MAX_AGE="1d")
    assert done.result["data"]["counts"] == {"stale": 250}
    own = {"POST /connections/list": 1, "POST /jobs/list_for_workspaces": 1}
    counted = Counter(path for path in airbyte.paths() if "token" not in path)
    assert counted == (own if airbyte.api == "own" else {"GET /connections": 4, "GET /jobs": 1})


def test_many_ids_are_read_from_the_list_of_their_workspace(airbyte: Any) -> None:
    airbyte.emulator.reset(connectors=20, sync_seconds=0)
    listed = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=GENERATED)
    ids = [row["connection_id"] for row in listed.result["data"]["connections"]]
    airbyte.emulator.forget_requests()
    done = airbyte("check_freshness", ",".join([*ids, SHOP]), AIRBYTE_MAX_AGE="1d")
    assert done.result["data"]["counts"] == {"stale": 20, "fresh": 1}
    assert len(airbyte.paths()) <= 9, "the first, its workspace, the last, and pages of jobs"


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_where_the_list_cannot_be_used_each_of_many_ids_is_asked_for(airbyte: Any, status: int) -> None:
    airbyte.emulator.reset(connectors=20, sync_seconds=0)
    listed = airbyte("list_connections", AIRBYTE_WORKSPACE_ID=GENERATED)
    ids = [row["connection_id"] for row in listed.result["data"]["connections"]]
    path = "/api/v1/connections/list" if airbyte.api == "own" else "/api/public/v1/connections"
    airbyte.answers(path, {"status": status, "json": {"errorId": "x"}, "times": "always"})
    done = airbyte("check_freshness", ",".join(ids), AIRBYTE_MAX_AGE="1d", SLIPWAY_RETRY_TIMEOUT="0")
    assert (done.code, done.result["data"]["counts"]) == (219, {"stale": 20})
    assert "reading each connection instead of the list" in done.stderr


def test_an_answer_about_another_connection_is_none(airbyte: Any) -> None:
    other = {"connectionId": DAILY, "name": "Other", "status": "active"}
    airbyte.answers("/api/*/connections/*", {"json": other})
    done = airbyte("check_freshness", SHOP, AIRBYTE_MAX_AGE="1d")
    assert done.code == 223
    assert f"asked about connection {SHOP}, the API answered about {DAILY}" in done.result["message"]


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"AIRBYTE_TAG": "finance"}, 2),
        ({"AIRBYTE_NAME": "*Snowflake"}, 5),
        ({"AIRBYTE_NAME": "*Snowflake", "AIRBYTE_TAG": "nightly"}, 1),
        ({"AIRBYTE_NAME": "Deleted spreadsheet"}, 1),
    ],
)
def test_a_name_and_a_tag_select(airbyte: Any, given: dict[str, str], count: int) -> None:
    done = airbyte("check_freshness", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_MAX_AGE="1d", **given)
    assert done.result["selected"] == count


def test_the_public_api_needs_no_workspace_and_names_several(public: Any) -> None:
    done = public("check_freshness", AIRBYTE_MAX_AGE="1d")
    assert done.result["selected"] == 8
    page = public.file("artifacts", "freshness.html").read_text()
    assert all(name in page for name in ("in 2 workspaces", "all workspaces", "Analytics", "Marketing"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"AIRBYTE_TAG": "nightli"}, "has AIRBYTE_TAG 'nightli'; its tags are finance, nightly"),
        ({"AIRBYTE_NAME": "postgres*"}, "of the 6 connections of the workspace"),
        ({"AIRBYTE_CONNECTION_ID": SHOP, "AIRBYTE_TAG": "nightly"}, "AIRBYTE_TAG and AIRBYTE_CONNECTION_ID are both"),
        ({"AIRBYTE_CONNECTION_ID": SHOP, "AIRBYTE_NAME": "x"}, "AIRBYTE_NAME and AIRBYTE_CONNECTION_ID are both given"),
        ({"AIRBYTE_CONNECTION_ID": f"{SHOP},{SHOP}"}, f"names {SHOP} more than once"),
        ({"AIRBYTE_CONNECTION_ID": ","}, "has no id"),
        ({"AIRBYTE_MAX_AGE": "6"}, "is 6h meant?"),
        ({"AIRBYTE_CONCURRENCY": "0"}, "AIRBYTE_CONCURRENCY"),
    ],
)
def test_what_selects_nothing_or_contradicts_itself(airbyte: Any, given: dict[str, str], said: str) -> None:
    done = airbyte("check_freshness", **{"AIRBYTE_WORKSPACE_ID": ANALYTICS, "AIRBYTE_MAX_AGE": "1d", **given})
    assert done.code == 206
    assert said in done.result["message"]


def test_the_configuration_api_needs_to_know_where(own: Any) -> None:
    assert "or AIRBYTE_WORKSPACE_ID is required" in own("check_freshness").result["message"]
    done = own("check_freshness", AIRBYTE_TAG="finance")
    assert (done.code, own.paths()) == (206, [])
    assert "AIRBYTE_WORKSPACE_ID is required on the Configuration API" in done.result["message"]


def test_a_row_that_names_no_connection_is_not_passed_over(airbyte: Any) -> None:
    rows = [{"name": "y"}, {"connectionId": SHOP, "name": "Shop", "status": "active"}]
    airbyte.answers("*/connections*", {"json": {"connections": rows, "data": rows, "next": ""}})
    done = airbyte("check_freshness", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_MAX_AGE="1d")
    assert (done.code, done.result["data"]["counts"]) == (223, {"unreachable": 1, "fresh": 1})
    assert json.loads(lines(airbyte)[0])["connection_id"] == "(row 1)"


def test_a_reset_since_the_last_sync_leaves_nothing_fresh(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"kind": "reset", "seconds": 0})
    done = airbyte("check_freshness", SHOP, AIRBYTE_MAX_AGE="1d")
    assert (done.code, done.result["data"]["worst"][0]["state"]) == (219, "cleared")


def test_an_older_success_is_looked_for_where_the_newest_job_is_none(airbyte: Any) -> None:
    airbyte.set(SHOP, start={"result": "failed", "seconds": 0})
    done = airbyte("check_freshness", f"{SHOP},{DAILY}", AIRBYTE_MAX_AGE="1d")
    assert (done.code, done.result["data"]["counts"]) == (0, {"fresh": 2})
    (row,) = [row for row in done.result["data"]["worst"] if row["connection_id"] == SHOP]
    assert (row["state"], row["job_id"]) == ("failing", 1007)


@pytest.mark.parametrize("others", ["", f",{DAILY}"])
def test_a_failed_job_is_no_success_where_the_server_ignores_the_filter(
    airbyte: Any, others: str, monkeypatch: Any
) -> None:
    ask, get = Client.ask, Client.get

    def without(fields: Any) -> Any:
        return {name: value for name, value in (fields or {}).items() if name not in ("status", "statuses")}

    monkeypatch.setattr(Client, "ask", lambda self, where, body, **more: ask(self, where, without(body), **more))
    monkeypatch.setattr(Client, "get", lambda self, where, query=None: get(self, where, without(query)))
    for one in (SHOP, DAILY):
        airbyte.set(one, start={"result": "failed", "seconds": 0})
    done = airbyte("check_freshness", SHOP + others, AIRBYTE_MAX_AGE="1d")
    assert {row["connection_id"]: row["job_id"] for row in done.result["data"]["worst"]}[SHOP] == 1007


def test_as_a_process_it_leaves_rows_and_page(airbyte_process: Any) -> None:
    done = airbyte_process("check_freshness", AIRBYTE_WORKSPACE_ID=ANALYTICS, AIRBYTE_MAX_AGE="2d")
    assert (done.code, done.result["status"]) == (219, "stale")
    assert airbyte_process.file("artifacts", "freshness.html").is_file()
    assert len(lines(airbyte_process)) == 6
