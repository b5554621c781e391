"""One test for each fault of the official programs. Fault 10, Airbyte's, is tested with Airbyte."""

import json
import pickle
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import KEY, ROOT, SECRET, Blueprint, Emulator
from tests.fivetran.conftest import Play

TRIGGER, CHECK, UPDATE = "fivetran/execute_sync", "fivetran/check_sync_status", "fivetran/update_connector"
ID = "speak_inexpensive"
A = "shipyard-artifacts/fivetran-blueprints"


def test_fault_1_the_check_reads_what_the_trigger_writes(blueprint: Blueprint, emulator: Emulator) -> None:
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SHIPYARD_LOG_ID="log-1").code == 0
    content = pickle.loads((blueprint.cwd / A / "variables/log-1_force_sync.pickle").read_bytes())
    assert content[0] == ID
    assert isinstance(content[1], datetime)
    assert content[1].tzinfo is not None
    emulator.advance(5)
    for sidecar in (True, False):  # with Slipway's own file, and with the official pickle alone
        done = blueprint(CHECK, SHIPYARD_LOG_ID="log-2", SHIPYARD_FLEET_UPSTREAM_LOG_IDS="log-1")
        assert (done.code, done.result["connector_id"]) == (0, ID), sidecar
        (blueprint.cwd / A / "variables/log-1_force_sync.json").unlink(missing_ok=True)


def test_fault_2_every_response_is_saved_under_its_right_name_on_failure_too(play: Play, emulator: Emulator) -> None:
    names = {CHECK: "connector", TRIGGER: "sync", UPDATE: "update"}
    for name, prefix in names.items():
        saved = play.file("responses", f"{prefix}_{ID}_response.json")
        assert play(name, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_SCHEDULE_TYPE="auto").code in (0, 255)
        assert json.loads(saved.read_text())["code"] == "Success"
        emulator.answers("*", "/v1/connections/*", {"status": 403, "html": "<h1>no</h1>"})
        assert play(name, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_SCHEDULE_TYPE="auto").code == 200
        assert json.loads(saved.read_text()) == {
            "status_code": 403,
            "content_type": "text/html; charset=utf-8",
            "body": "<h1>no</h1>",
        }


def test_fault_3_neither_the_platforms_variables_nor_a_login_are_needed(blueprint: Blueprint) -> None:
    assert not {"USER", "SHIPYARD_FLEET_DOWNSTREAM_COUNT"} & blueprint.environment({}).keys()
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert blueprint(CHECK).code in (0, 255)
    assert blueprint(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="FALSE").code == 0
    assert {name.partition("/")[0] for name in blueprint.files()} == {"shipyard-artifacts"}


def test_fault_4_an_update_needs_no_custom_part(play: Play, emulator: Emulator) -> None:
    assert play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_SCHEDULE_TYPE="manual").code == 0
    assert emulator.requests("PATCH")[0]["body"] == {"run_setup_tests": False, "schedule_type": "manual"}


def test_fault_4_none_never_resumes_a_paused_connector(play: Play, emulator: Emulator) -> None:
    given = {"FIVETRAN_PAUSED": "None", "FIVETRAN_HISTORICAL_SYNC": "None", "FIVETRAN_SCHEDULE_TYPE": "auto"}
    assert play(UPDATE, FIVETRAN_CONNECTOR_ID="sleepy_lantern", **given).code == 0
    assert emulator.requests("PATCH")[0]["body"] == {"run_setup_tests": False, "schedule_type": "auto"}
    assert emulator.connector("sleepy_lantern")["paused"] is True


def test_fault_4_a_historical_sync_goes_under_the_apis_own_key(play: Play, emulator: Emulator) -> None:
    emulator.switches(unknown_fields="refuse")
    assert play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_HISTORICAL_SYNC="TRUE").code == 0
    assert emulator.requests("PATCH")[0]["body"] == {"run_setup_tests": False, "is_historical_sync": True}
    assert emulator.connector(ID)["is_historical_sync"] is True


def test_fault_4_nothing_to_change_is_an_error_and_sends_nothing(play: Play, emulator: Emulator) -> None:
    nothing = ("None", "", " ", None)
    for given in nothing:
        blank = {"FIVETRAN_PAUSED": given, "FIVETRAN_SCHEDULE_TYPE": given, "FIVETRAN_CUSTOM_UPDATE": given}
        assert play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, **blank).code == 206
    assert play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_CUSTOM_UPDATE="{}").code == 206
    assert play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_CUSTOM_UPDATE='{"run_setup_tests": true}').code == 206
    assert emulator.requests() == []


@pytest.mark.parametrize("skew", [3600, -3600])
def test_fault_5_a_quick_sync_is_seen_whatever_the_clock_and_the_run_before_is_not(
    play: Play, emulator: Emulator, skew: int
) -> None:
    emulator.switches(date_skew=skew, stamp_skew=skew)  # for the client this is the same as a wrong local clock
    emulator.set(ID, succeeded_at=emulator.connector(ID)["succeeded_at"] + skew)
    emulator.outcomes(ID, {"result": "success", "seconds": 0}, {"result": "success", "seconds": 30})
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    emulator.advance(31)  # until then it could be an older sync's end
    assert play(CHECK).code == 0
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert play(CHECK).code == 255


def test_fault_6_paused_and_rescheduled_are_not_waited_for_without_end(play: Play, emulator: Emulator) -> None:
    wait = {"FIVETRAN_WAIT": "TRUE"}
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID="sleepy_lantern", **wait).code == 216
    assert (
        play(CHECK, FIVETRAN_CONNECTOR_ID="sleepy_lantern", FIVETRAN_EXECUTION_TIME="2099-01-01T00:00Z", **wait).code
        == 216
    )
    emulator.outcomes(ID, {"result": "rescheduled", "after": 86400})
    assert play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **wait).code == 221
    assert play(CHECK, FIVETRAN_CONNECTOR_ID=ID).code == 217


def test_fault_6_a_call_that_hangs_ends(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("GET", f"/v1/connections/{ID}", {"hang": True, "times": "always"})
    done = blueprint(CHECK, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_READ_TIMEOUT="1", SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 223
    assert "timed out" in done.result["message"]


def test_fault_7_a_429_a_502_and_a_dropped_connection_do_not_end_the_wait(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 100})
    troubles = [
        {"status": 429, "empty": True, "times": 2},
        {"status": 502, "html": "<h1>Bad Gateway</h1>", "times": 2},
        {"reset": "after", "times": 3},  # after a reset on a kept connection the client asks again at once
    ]
    emulator.answers("GET", f"/v1/connections/{ID}", {"pass": True, "times": 2}, *troubles)
    done = play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_WAIT="TRUE", SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 0
    assert done.stderr.count("looking again") == 6
    assert "Traceback" not in done.stderr


def test_fault_8_an_absolute_artifacts_directory_stays_absolute(blueprint: Blueprint, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    done = blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SHIPYARD_ARTIFACTS_DIRECTORY=str(out))
    assert done.code == 0
    assert all(name.startswith(f"{out}/") for name in done.result["files"])
    assert blueprint.files() == set()


def test_fault_9_secrets_are_in_no_command_line_no_log_and_no_file(blueprint: Blueprint, emulator: Emulator) -> None:
    refused = blueprint(TRIGGER, f"--api-secret={SECRET}", FIVETRAN_CONNECTOR_ID=ID)
    assert refused.code == 206
    emulator.answers("GET", f"/v1/connections/{ID}", {"status": 400, "html": f"<p>{KEY}:{SECRET} {KEY} {SECRET}</p>"})
    said = [
        blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID),
        blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID),
        blueprint(CHECK),
    ]
    config = '{"config": {"password": "hunter2hunter2"}}'
    said.append(blueprint(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_CUSTOM_UPDATE=config))
    texts = [text for done in said for text in (done.stdout, done.stderr)]
    texts += [(blueprint.cwd / name).read_bytes().decode("latin-1") for name in blueprint.files()]
    assert [done.code for done in said] == [201, 0, 0, 0] or [done.code for done in said] == [201, 0, 255, 0]
    for secret in (KEY, SECRET, "hunter2"):
        assert not any(secret in text for text in texts)


def test_the_official_packages_own_two_pickles_lead_to_a_verdict(blueprint: Blueprint, emulator: Emulator) -> None:
    """The other direction of fault 1: a check after the newer official trigger, without pytz."""
    assert subprocess.run([sys.executable, "-c", "import pytz"], cwd=ROOT, capture_output=True).returncode == 1
    folder = blueprint.cwd / A / "variables"
    folder.mkdir(parents=True)
    (folder / "connector_id.pickle").write_bytes(
        b"\x80\x04\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11" + ID.encode() + b"\x94."
    )
    moment = (  # datetime(2026, 11, 22, 12, tzinfo=pytz.utc)
        b"\x80\x04\x95=\x00\x00\x00\x00\x00\x00\x00\x8c\x08datetime\x94\x8c\x08datetime\x94\x93\x94C\n\x07\xea\x0b\x16"
        b"\x0c\x00\x00\x00\x00\x00\x94\x8c\x04pytz\x94\x8c\x04_UTC\x94\x93\x94)R\x94\x86\x94R\x94."
    )
    (folder / "execution_time.pickle").write_bytes(moment)
    noon = datetime.fromisoformat("2026-11-22T12:00:00+00:00").timestamp()
    for stamps, code in (
        ({"succeeded_at": noon - 1}, 255),
        ({"succeeded_at": noon + 1}, 0),
        ({"succeeded_at": noon - 1, "failed_at": noon + 1}, 1),
    ):
        emulator.set(ID, **stamps)
        done = blueprint(CHECK)
        assert (done.code, done.result["execution_time"]) == (code, "2026-11-22T12:00:00.000000Z")
