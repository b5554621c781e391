"""A dry run of a trigger reads, prints what it would send and decide, and changes nothing, not even files."""

import pytest

from tests.conftest import Emulator
from tests.fivetran.conftest import Play
from tests.fivetran.dry_run import ID, dry, planned

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)


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


@pytest.mark.parametrize("ids", [ID, f"{ID},sleepy_lantern"])
def test_a_running_sync_that_would_be_joined_is_not_waited_for(play: Play, emulator: Emulator, ids: str) -> None:
    emulator.set(ID, sync_state="syncing")
    more = {"FIVETRAN_FORCE": "FALSE", "FIVETRAN_WAIT": "TRUE", "FIVETRAN_WAIT_TIMEOUT": "60"}
    done = dry(play, emulator, TRIGGER, **more, FIVETRAN_CONNECTOR_ID=ids, FIVETRAN_ON_PAUSED="skip")
    assert (done.code, "joined" in done.result["message"]) == (0, True)


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
