"""What a check finds after a batch was killed or could read nothing: no record of an older run."""

import json
import pickle

import pytest

from tests.conftest import Blueprint, Emulator, Process
from tests.fivetran.batch.account import TWO, TWO_AT_A_TIME, WAIT, killed_on_the_way, posts


def test_a_retry_of_a_killed_run_joins_what_that_one_started(process: Process, emulator: Emulator) -> None:
    emulator.reset(connectors=60, sync_seconds=600.0)
    given = {"FIVETRAN_GROUP_ID": "Generated", "SLIPWAY_RUN_ID": "nightly"}
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


def test_no_older_run_answers_for_one_that_was_killed_before_it_had_read_anything(
    process: Process, emulator: Emulator
) -> None:
    assert process("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO, **WAIT).code == 0
    emulator.forget_requests()
    emulator.answers("GET", "/v1/groups", {"pass": True, "delay": 60})
    running = process.start("fivetran/execute_sync", FIVETRAN_GROUP_ID="Marketing")
    process.until(running, emulator.requests)
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
    running = process.start("fivetran/execute_sync", **TWO_AT_A_TIME, FIVETRAN_GROUP_ID="Generated")
    process.until(running, lambda: len(posts(emulator)) > 20)
    running.terminate()
    stdout, _ = running.communicate(timeout=60)
    assert running.returncode == 143
    assert json.loads(stdout)["status"] == "interrupted"
    sent = posts(emulator)
    pairs = pickle.loads(process.file("variables", "force_sync.pickle").read_bytes())
    assert {pair[0] for pair in pairs} == set(sent)
    assert len(sent) < 300
    assert not process.file("variables", "force_sync.jsonl").exists()


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
