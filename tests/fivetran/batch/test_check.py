"""A check after a batch uses the records of that batch."""

from itertools import islice

import pytest

from emulator.fivetran.generated_connections import names
from tests.conftest import Blueprint, Emulator, Process
from tests.fivetran.batch.account import SIX, TWO, WAIT, killed_on_the_way, rows, statuses


@pytest.mark.parametrize("run_id", [None, "nightly"])
def test_a_check_with_no_id_follows_the_batch_before_it(blueprint: Blueprint, run_id: str | None) -> None:
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


def test_a_check_of_one_finds_it_in_the_batch_before_it(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.set("gratuitous_bounty", failed_at="2030-01-01T00:00:00Z")
    blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=TWO)
    done = blueprint("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID="gratuitous_bounty", **WAIT)
    assert (done.code, done.result["connector_id"]) == (0, "gratuitous_bounty")


def test_the_newer_file_answers_of_a_batch_or_of_one_connector(blueprint: Blueprint) -> None:
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


def test_a_check_tells_of_the_refused_too_where_only_one_of_a_batch_was_started(blueprint: Blueprint) -> None:
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
