"""A dry run reads, says what it would send and decide, and changes nothing, files included."""

from typing import Any

import pytest

from tests.conftest import SECRET, Emulator, Finished
from tests.fivetran.conftest import Play

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)
ID = "speak_inexpensive"
DRY = {"SLIPWAY_DRY_RUN": "TRUE", "FIVETRAN_CONNECTOR_ID": ID}


def dry(play: Play, emulator: Emulator, name: str, **variables: str) -> Finished:
    """Run it, and see that nothing but reads was sent, no file touched and no connector changed."""
    before = {path: path.stat().st_mtime_ns for path in play.cwd.rglob("*")}
    state = {**emulator.connector(ID), **emulator.connector("sleepy_lantern")}
    emulator.forget_requests()
    done = play(name, **{**DRY, **variables})
    assert {row["method"] for row in emulator.requests()} <= {"GET"}
    assert {path: path.stat().st_mtime_ns for path in play.cwd.rglob("*")} == before
    assert {**emulator.connector(ID), **emulator.connector("sleepy_lantern")} == state
    assert SECRET not in done.stdout + done.stderr
    assert done.result.get("files") == []
    return done


def planned(done: Finished) -> list[dict[str, Any]]:
    assert (done.code, done.result["status"]) == (0, "dry_run"), done
    found: list[dict[str, Any]] = done.result["data"]["requests"]
    assert all(f"would send {one['method']} {one['url']}" in done.stderr for one in found)
    return found


def test_a_trigger_says_the_exact_request(play: Play, emulator: Emulator) -> None:
    for force, sent in (("TRUE", True), ("FALSE", False)):
        url = f"{emulator.url}/v1/connections/{ID}/sync"
        done = dry(play, emulator, TRIGGER, FIVETRAN_FORCE=force, FIVETRAN_WAIT="TRUE")
        assert planned(done) == [{"method": "POST", "url": url, "body": {"force": sent}}]
    legacy = planned(dry(play, emulator, TRIGGER, FIVETRAN_LEGACY_API="TRUE"))
    assert legacy[0]["url"] == f"{emulator.url}/v1/connectors/{ID}/force"


@pytest.mark.parametrize(
    ("variables", "says"),
    [({}, "stopped and restarted"), ({"FIVETRAN_FORCE": "FALSE"}, "not be interrupted")],
)
def test_a_trigger_over_a_running_sync_says_what_it_decides(
    play: Play, emulator: Emulator, variables: dict[str, str], says: str
) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 600})
    emulator.set(ID, sync_state="syncing")
    assert says in dry(play, emulator, TRIGGER, **variables).stderr


@pytest.mark.parametrize(
    ("variables", "code", "methods"),
    [
        ({}, 216, None),
        ({"FIVETRAN_ON_PAUSED": "skip"}, 0, None),
        ({"FIVETRAN_ON_PAUSED": "resume"}, 0, ["PATCH", "POST"]),
    ],
)
def test_a_trigger_of_a_paused_connector_says_what_it_decides(
    play: Play, emulator: Emulator, variables: dict[str, str], code: int, methods: list[str] | None
) -> None:
    done = dry(play, emulator, TRIGGER, FIVETRAN_CONNECTOR_ID="sleepy_lantern", **variables)
    assert done.code == code
    if methods:
        found = planned(done)
        assert [one["method"] for one in found] == methods
        assert found[0]["body"] == {"run_setup_tests": False, "paused": False}


def test_a_trigger_of_a_broken_connector_would_test_it(play: Play, emulator: Emulator) -> None:
    broken = {"FIVETRAN_CONNECTOR_ID": "fractured_compass"}
    assert dry(play, emulator, TRIGGER, **broken).code == 218
    found = planned(dry(play, emulator, TRIGGER, **broken, FIVETRAN_ON_BROKEN="test"))
    assert found[0]["url"].endswith("/fractured_compass/test")


def test_files_of_before_stay_although_a_real_run_would_replace_them(play: Play, emulator: Emulator) -> None:
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    emulator.advance(60)
    dry(play, emulator, TRIGGER)
    dry(play, emulator, TRIGGER, FIVETRAN_API_KEY="revoked-key")
    dry(play, emulator, UPDATE, FIVETRAN_PAUSED="TRUE")
    assert dry(play, emulator, CHECK).code == 0
    assert play(CHECK).code == 0


def test_a_retry_that_would_join_says_so_and_sends_nothing(play: Play, emulator: Emulator) -> None:
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID="run-1").code == 0
    assert dry(play, emulator, TRIGGER, SLIPWAY_RUN_ID="run-1").result["status"] == "joined"


def test_a_check_reads_and_leaves_no_file(play: Play, emulator: Emulator) -> None:
    assert dry(play, emulator, CHECK).code == 0
    assert dry(play, emulator, WHO).code == 0


def test_a_check_that_waits_does_not_trigger_what_was_put_off(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "rescheduled", "after": 60, "seconds": 5})
    play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    emulator.advance(10)
    emulator.forget_requests()
    done = play(CHECK, **DRY, FIVETRAN_WAIT="TRUE")
    assert [one["body"] for one in planned(done)] == [{"force": False}]
    assert emulator.requests("POST") == []


def test_an_update_says_its_body_and_the_clash(play: Play, emulator: Emulator) -> None:
    custom = '{"paused": false, "schedule_type": "auto"}'
    done = dry(play, emulator, UPDATE, FIVETRAN_PAUSED="TRUE", FIVETRAN_CUSTOM_UPDATE=custom)
    body = {"run_setup_tests": False, "paused": True, "schedule_type": "auto"}
    assert planned(done) == [{"method": "PATCH", "url": f"{emulator.url}/v1/connections/{ID}", "body": body}]
    assert "FIVETRAN_CUSTOM_UPDATE gives paused too" in done.stderr
