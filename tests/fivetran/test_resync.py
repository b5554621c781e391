"""A re-sync of a paused connector: queued if that is allowed, and found by the check and by a retry."""

import json
from typing import Any

import pytest

from tests.conftest import Process
from tests.fivetran.conftest import Play

PAUSED = "sleepy_lantern"
HERE = {"FIVETRAN_CONNECTOR_ID": PAUSED}
QUEUE = {**HERE, "FIVETRAN_ON_PAUSED": "queue"}
DAY = 86400.0
RUNNING = {"id": PAUSED, "paused": False, "status": {"setup_state": "connected", "sync_state": "syncing"}}


def posts(play: Any) -> list[str]:
    return [row["path"].rpartition("/")[2] for row in play.emulator.requests("POST")]


def test_a_paused_connector_is_not_re_synced_unasked_and_the_message_says_what_would_happen(play: Play) -> None:
    done = play("fivetran/resync_connector", **HERE)
    assert (done.code, done.result["status"], posts(play)) == (216, "paused", [])
    assert "would be queued until it is resumed; set FIVETRAN_ON_PAUSED=queue" in done.result["message"]


def test_a_queued_one_is_a_process_that_ends_well_and_the_check_says_what_it_waits_for(process: Process) -> None:
    done = process("fivetran/resync_connector", **QUEUE)
    assert (done.code, done.result["status"], posts(process)) == (0, "queued", ["resync"])
    assert "it runs when the connector is resumed" in done.result["message"]
    checked = process("fivetran/check_sync_status")
    assert (checked.code, checked.result["status"]) == (216, "queued")
    assert "queued until the connector is resumed" in checked.result["message"]


def test_it_runs_when_the_connector_is_resumed_and_is_followed_like_any_other(play: Play) -> None:
    assert play("fivetran/resync_connector", **QUEUE).code == 0
    assert play("fivetran/check_sync_status", FIVETRAN_WAIT="TRUE").code == 216
    play.emulator.advance(3 * DAY)
    play.emulator.outcomes(PAUSED, {"seconds": 60})
    assert play("fivetran/update_connector", **HERE, FIVETRAN_PAUSED="FALSE").code == 0
    running = play("fivetran/check_sync_status")
    assert (running.code, running.result["status"]) == (255, "syncing")
    assert play("fivetran/check_sync_status", FIVETRAN_WAIT="TRUE").result["status"] == "succeeded"


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_retry_of_the_same_run_joins_it_however_old_it_is(play: Play, days: float) -> None:
    run = {"SLIPWAY_RUN_ID": "yearly"}
    assert play("fivetran/resync_connector", **QUEUE, **run).result["status"] == "queued"
    play.emulator.advance(days * DAY)
    again = play("fivetran/resync_connector", **QUEUE, **run)
    assert (again.code, again.result["status"], posts(play)) == (0, "joined", ["resync"])
    play.emulator.outcomes(PAUSED, {"seconds": 60})
    play.emulator.set(PAUSED, paused=False)
    resumed = play("fivetran/resync_connector", **QUEUE, **run)
    assert (resumed.result["status"], posts(play)) == ("joined", ["resync"])


def test_an_api_that_cannot_be_read_in_between_does_not_forget_it(play: Play) -> None:
    run = {"SLIPWAY_RUN_ID": "yearly"}
    assert play("fivetran/resync_connector", **QUEUE, **run).code == 0
    play.emulator.advance(400 * DAY)
    play.emulator.answers("GET", f"/v1/connections/{PAUSED}", {"status": 404, "json": {"code": "NotFound_Connection"}})
    assert play("fivetran/resync_connector", **QUEUE, **run).code == 204
    assert play("fivetran/check_sync_status", **run).result["status"] == "queued"
    assert play("fivetran/resync_connector", **QUEUE, **run).result["status"] == "joined"


def test_one_that_failed_once_it_ran_is_triggered_anew(play: Play) -> None:
    run = {"SLIPWAY_RUN_ID": "yearly"}
    assert play("fivetran/resync_connector", **QUEUE, **run).code == 0
    play.emulator.outcomes(PAUSED, {"result": "failure", "seconds": 5})
    play.emulator.set(PAUSED, paused=False)
    play.emulator.advance(60)
    assert play("fivetran/resync_connector", **QUEUE, **run).result["status"] == "triggered"
    assert posts(play) == ["resync", "resync"]


def test_without_a_run_id_the_sidecar_says_that_it_is_queued(play: Play) -> None:
    assert play("fivetran/resync_connector", **QUEUE).code == 0
    (entry,) = json.loads(play.file("variables", f"{PAUSED}_force_sync.json").read_text())["connectors"]
    assert (entry["state"], entry["queued"]) == ("accepted", True)


def test_a_connector_that_was_resumed_meanwhile_is_not_called_queued(play: Play) -> None:
    play.emulator.outcomes(PAUSED, {"seconds": 60})
    body = {"code": "Success", "message": "queued"}
    play.emulator.answers("POST", f"/v1/connections/{PAUSED}/resync", {"json": body, "handled": True})
    play.emulator.answers(
        "GET",
        f"/v1/connections/{PAUSED}",
        {"pass": True},
        {"json": {"code": "Success", "data": RUNNING}, "times": "always"},
    )
    done = play("fivetran/resync_connector", **QUEUE)
    assert (done.code, done.result["status"]) == (0, "triggered")


def test_nobody_waits_for_a_queued_one(play: Play) -> None:
    done = play("fivetran/resync_connector", **QUEUE, FIVETRAN_WAIT="TRUE")
    assert (done.code, play.emulator.requests()) == (206, [])
    assert "FIVETRAN_ON_PAUSED queue and FIVETRAN_WAIT=TRUE" in done.result["message"]


@pytest.mark.parametrize("many", [False, True])
def test_an_ordinary_sync_takes_queue_for_fail_and_says_so(play: Play, many: bool) -> None:
    ids = f"{PAUSED},speak_inexpensive" if many else PAUSED
    done = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ids, FIVETRAN_ON_PAUSED="queue")
    assert done.code == 216
    assert "queue is for historical syncs, and is taken for fail here" in done.result["message"]
    well = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive", FIVETRAN_ON_PAUSED="queue")
    assert well.code == 0


def test_the_help_of_an_ordinary_sync_does_not_offer_it(play: Play) -> None:
    offered = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=PAUSED, FIVETRAN_ON_PAUSED="later")
    assert (offered.code, "use one of fail, resume, skip" in offered.result["message"]) == (206, True)


def test_a_lost_answer_leaves_it_unknown_and_a_retry_asks_again(play: Play) -> None:
    run = {"SLIPWAY_RUN_ID": "yearly"}
    play.emulator.answers("POST", f"/v1/connections/{PAUSED}/resync", {"reset": "before"})
    lost = play("fivetran/resync_connector", **QUEUE, **run)
    assert (lost.code, lost.result["status"]) == (202, "unknown")
    assert play("fivetran/check_sync_status", **run).code == 216
    again = play("fivetran/resync_connector", **QUEUE, **run)
    assert (again.code, again.result["status"]) == (0, "queued")
