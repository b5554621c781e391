"""A trigger and its check: one folder, exit codes, files, and the ways to start them."""

import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import KEY, ROOT, SECRET, Blueprint, Emulator, Finished, Process

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID = "speak_inexpensive"
A = "shipyard-artifacts/fivetran-blueprints"


def checked(run: Blueprint | Process, **variables: str | None) -> Finished:
    """Check once the sync has had the time to end."""
    run.emulator.advance(1)
    return run(CHECK, **variables)


def test_without_run_ids_the_check_finds_the_trigger_by_the_plain_files(process: Process) -> None:
    started = process(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    assert (started.code, started.result["status"]) == (0, "triggered")
    done = checked(process)
    assert (done.code, done.result["status"]) == (0, "succeeded")
    saved = json.loads(process.file("responses", f"connector_{ID}_response.json").read_text())
    assert done.result["succeeded_at"] == saved["data"]["succeeded_at"]
    assert process.files() == {
        f"{A}/responses/sync_{ID}_response.json",
        f"{A}/responses/connector_{ID}_response.json",
        f"{A}/variables/force_sync.pickle",
        f"{A}/variables/{ID}_force_sync.json",
    }
    assert set(started.result["files"]) | set(done.result["files"]) == process.files()


def test_with_run_ids_the_check_finds_the_trigger_by_the_upstream_ids(blueprint: Blueprint, emulator: Emulator) -> None:
    chain = {"SHIPYARD_FLEET_LOG_ID": "f1", "SHIPYARD_FLEET_DOWNSTREAM_COUNT": "1"}
    started = blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SHIPYARD_LOG_ID="11111111-aaaa", **chain)
    assert (started.code, started.result["run_id"]) == (0, "11111111-aaaa")
    upstream = {"SHIPYARD_LOG_ID": "22222222-bbbb", "SHIPYARD_FLEET_UPSTREAM_LOG_IDS": "00000000-none,11111111-aaaa"}
    assert checked(blueprint, **upstream, **chain).code == 0
    assert f"{A}/variables/11111111-aaaa_force_sync.pickle" in blueprint.files()
    assert f"{A}/variables/force_sync.pickle" not in blueprint.files()
    missing = blueprint(CHECK, SHIPYARD_FLEET_UPSTREAM_LOG_IDS="33333333-cccc")
    assert missing.code == 207
    assert "33333333-cccc" in missing.result["message"]


def test_slipways_own_run_ids_come_before_shipyards(blueprint: Blueprint) -> None:
    both = {"SLIPWAY_RUN_ID": "ours", "SHIPYARD_LOG_ID": "theirs"}
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **both).result["run_id"] == "ours"
    both = {"SLIPWAY_UPSTREAM_RUN_IDS": "ours", "SHIPYARD_FLEET_UPSTREAM_LOG_IDS": "theirs"}
    assert checked(blueprint, **both).code == 0


def test_a_run_id_that_is_no_file_name_is_made_one_on_both_sides(blueprint: Blueprint) -> None:
    run_id = "scheduled__2026-11-22T00:00:00+00:00/" + "x" * 300
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID=run_id).code == 0
    assert checked(blueprint, SLIPWAY_UPSTREAM_RUN_IDS=run_id).code == 0


def test_where_steps_share_no_disk_the_execution_time_travels_by_variable(
    blueprint: Blueprint, emulator: Emulator, tmp_path: Path
) -> None:
    moment = blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).result["execution_time"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    emulator.advance(1)
    done = blueprint(CHECK, cwd=elsewhere, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_EXECUTION_TIME=moment)
    assert (done.code, done.result["execution_time"]) == (0, moment)
    later = blueprint(CHECK, cwd=elsewhere, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_EXECUTION_TIME="2099-01-01T00:00:00Z")
    assert later.code == 255


def test_the_requests_are_exactly_these(blueprint: Blueprint, emulator: Emulator) -> None:
    blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_FORCE="FALSE")
    blueprint(CHECK)
    asked = [(row["method"], row["path"], row["query"], row["body"]) for row in emulator.requests()]
    assert asked == [
        ("GET", f"/v1/connections/{ID}", {}, None),
        ("POST", f"/v1/connections/{ID}/sync", {}, {"force": False}),
        ("GET", f"/v1/connections/{ID}", {}, None),  # the second reading: a stamp that it shows is not this run's
        ("GET", f"/v1/connections/{ID}", {}, None),
    ]
    assert {row["headers"]["accept"] for row in emulator.requests()} == {"application/json;version=2"}


def test_the_legacy_api_uses_the_paths_from_before_the_rename(blueprint: Blueprint, emulator: Emulator) -> None:
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_LEGACY_API="TRUE").code == 0
    assert blueprint(CHECK, FIVETRAN_LEGACY_API="TRUE").code in (0, 255)
    assert [(row["method"], row["path"]) for row in emulator.requests()] == [
        ("GET", f"/v1/connectors/{ID}"),
        ("POST", f"/v1/connectors/{ID}/force"),
        ("GET", f"/v1/connectors/{ID}"),
        ("GET", f"/v1/connectors/{ID}"),
    ]


# -- ways to start them -----------------------------------------------------------------------------------------------


def started(command: list[str], cwd: Path, environ: dict[str, str]) -> Finished:
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=60)
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("way", ["absolute", "relative", "link", "linked folder", "module"])
def test_every_way_of_starting_works_from_where_it_is_documented(process: Process, tmp_path: Path, way: str) -> None:
    script = ROOT / "blueprints/fivetran/execute_sync.py"
    cwd = process.cwd
    if way == "module":
        argument, cwd = ["-m", "blueprints.fivetran.execute_sync"], ROOT
    elif way == "link":
        (tmp_path / "sync.py").symlink_to(script)
        argument = [str(tmp_path / "sync.py")]
    elif way == "linked folder":
        (tmp_path / "programs").symlink_to(ROOT / "blueprints")
        argument = [str(tmp_path / "programs/fivetran/execute_sync.py")]
    else:
        argument = [os.path.relpath(script, cwd) if way == "relative" else str(script)]
    variables = {"FIVETRAN_CONNECTOR_ID": ID, "SHIPYARD_ARTIFACTS_DIRECTORY": str(tmp_path / "out")}
    done = started([sys.executable, *argument], cwd, process.environment(variables))
    assert (done.code, done.result["blueprint"]) == (0, TRIGGER), done
    assert (tmp_path / "out/fivetran-blueprints/variables/force_sync.pickle").is_file()


def test_settings_come_from_a_dotenv_in_the_working_directory(blueprint: Blueprint, emulator: Emulator) -> None:
    lines = [
        f"FIVETRAN_API_URL={emulator.url}/v1",
        f"FIVETRAN_API_KEY='{KEY}'",
        f'FIVETRAN_API_SECRET="{SECRET}"',
        f"FIVETRAN_CONNECTOR_ID={ID}",
        "FIVETRAN_FORCE=${HOME}",
        "UNDECLARED=1",
    ]
    (blueprint.cwd / ".env").write_text("\n".join(lines[:4]))
    (blueprint.cwd / ".env").chmod(0o600)
    bare = {"FIVETRAN_API_URL": None, "FIVETRAN_API_KEY": None, "FIVETRAN_API_SECRET": None}
    assert blueprint(TRIGGER, **bare).code == 0
    assert checked(blueprint, **bare).code == 0
    other = blueprint(TRIGGER, **bare, FIVETRAN_CONNECTOR_ID="brisk_metronome")
    assert other.result["connector_id"] == "brisk_metronome"  # the process's environment wins over .env
    (blueprint.cwd / ".env").write_text("\n".join(lines))
    done = blueprint(TRIGGER, **bare)
    assert done.code == 206  # values are taken literally: nothing in them is expanded
    assert "FIVETRAN_FORCE holds ${" in done.result["message"]


def test_a_dotenv_planted_among_the_artifacts_is_not_read(blueprint: Blueprint, emulator: Emulator) -> None:
    blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    planted = (
        f"FIVETRAN_CONNECTOR_ID=brisk_metronome\nFIVETRAN_API_KEY=revoked-key\nFIVETRAN_API_URL={emulator.url}/evil"
    )
    for folder in ("shipyard-artifacts", A, f"{A}/variables", ".."):
        (blueprint.cwd / folder / ".env").write_text(planted)
    done = checked(blueprint)
    assert (done.code, done.result["connector_id"]) == (0, ID)
    assert not any("evil" in row["path"] for row in emulator.requests())


def test_no_variable_of_a_scheduler_or_a_login_is_needed(process: Process) -> None:
    for name in ("HOME", "USER", "LOGNAME", "PATH", "LANG", "TZ"):
        assert name not in process.environment({"HOME": None, "PATH": None})
    bare: dict[str, str | None] = {"HOME": None, "PATH": None}
    assert process(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **bare).code == 0
    assert checked(process, **bare).code == 0
    assert {name.split("/")[0] for name in process.files()} == {"shipyard-artifacts"}


def test_an_absolute_artifacts_directory_stays_absolute(blueprint: Blueprint, tmp_path: Path) -> None:
    out = {"SHIPYARD_ARTIFACTS_DIRECTORY": str(tmp_path / "out" / "deep")}
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **out).code == 0
    assert checked(blueprint, **out).code == 0
    assert blueprint.files() == set()
    written = {path.name for path in (tmp_path / "out/deep/fivetran-blueprints").rglob("*") if path.is_file()}
    assert {"force_sync.pickle", f"sync_{ID}_response.json", f"connector_{ID}_response.json"} <= written


def test_a_netrc_that_names_the_host_changes_nothing(process: Process) -> None:
    netrc = Path(process.environ["HOME"]) / ".netrc"
    netrc.write_text("machine 127.0.0.1 login revoked-key password whatever\n")
    netrc.chmod(0o600)
    assert process(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert process(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_API_KEY="revoked-key").code == 200


def test_key_and_secret_may_come_as_one(blueprint: Blueprint) -> None:
    from base64 import b64encode

    pair = b64encode(b"revoked-key:secret-x").decode()
    assert blueprint("fivetran/check_credentials", FIVETRAN_API_KEY=pair, FIVETRAN_API_SECRET=None).code == 200
    pair = b64encode(f"{KEY}:{SECRET}".encode()).decode()
    done = blueprint(TRIGGER, FIVETRAN_API_KEY=pair, FIVETRAN_API_SECRET=None, FIVETRAN_CONNECTOR_ID=ID)
    assert done.code == 0
    assert not any(secret in done.stdout + done.stderr for secret in (pair, SECRET, KEY))


# -- several runs in one folder ---------------------------------------------------------------------------------------


def test_two_runs_in_parallel_in_one_folder_do_not_disturb_each_other(process: Process, emulator: Emulator) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "failure"})
    pairs = {"run-1": ID, "run-2": "gratuitous_bounty"}
    running = [
        process.start(
            TRIGGER, FIVETRAN_CONNECTOR_ID=one, SLIPWAY_RUN_ID=run, FIVETRAN_WAIT="TRUE", FIVETRAN_POLL_INTERVAL="1"
        )
        for run, one in pairs.items()
    ]
    results = [json.loads(process.communicate(timeout=30)[0]) for process in running]
    assert [(result["connector_id"], result["exit_code"]) for result in results] == [(ID, 0), ("gratuitous_bounty", 1)]
    assert [process(CHECK, SLIPWAY_UPSTREAM_RUN_IDS=run).code for run in pairs] == [0, 1]
    both = process(CHECK, SLIPWAY_UPSTREAM_RUN_IDS="run-1,run-2")
    assert both.code == 206
    assert ID in both.result["message"]
    assert "gratuitous_bounty" in both.result["message"]
    chosen = process(CHECK, SLIPWAY_UPSTREAM_RUN_IDS="run-1,run-2", FIVETRAN_CONNECTOR_ID="gratuitous_bounty")
    assert chosen.code == 1


def test_two_connectors_in_one_folder_without_run_ids_are_told_apart(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.outcomes("gratuitous_bounty", {"result": "failure"})
    for one in (ID, "gratuitous_bounty"):
        assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=one).code == 0
    assert checked(blueprint, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert checked(blueprint, FIVETRAN_CONNECTOR_ID="gratuitous_bounty").code == 1
    assert checked(blueprint).result["connector_id"] == "gratuitous_bounty"  # the connector that was triggered last
    mismatch = blueprint(CHECK, FIVETRAN_CONNECTOR_ID="brisk_metronome")
    assert mismatch.code == 206
    assert "brisk_metronome" in mismatch.result["message"]
    assert "gratuitous_bounty" in mismatch.result["message"]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"FIVETRAN_ON_PAUSED": "fail"}, 216),
        ({"FIVETRAN_ON_PAUSED": "skip"}, 0),
        ({"FIVETRAN_API_KEY": "revoked-key"}, 200),
        ({"FIVETRAN_API_URL": "http://127.0.0.1:1/v1", "SLIPWAY_RETRY_TIMEOUT": "0"}, 223),
    ],
)
def test_yesterdays_files_never_answer_for_todays_refused_trigger(
    blueprint: Blueprint, emulator: Emulator, variables: dict[str, str], code: int
) -> None:
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert checked(blueprint).code == 0
    emulator.advance(86400)
    emulator.set(ID, paused=True)
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **variables).code == code
    for asked in ({}, {"FIVETRAN_CONNECTOR_ID": ID}):
        done = blueprint(CHECK, **asked)
        assert (done.code, done.result["status"]) == (217, "not_started")
    assert f"{A}/variables/force_sync.pickle" not in blueprint.files()


def test_a_connector_that_is_skipped_is_0_where_one_step_waits_and_a_check_names_that_step(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.set(ID, paused=True)
    given = {"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_ON_PAUSED": "skip"}
    done = blueprint(TRIGGER, **given, FIVETRAN_WAIT="TRUE")
    assert (done.code, done.result["status"], emulator.requests("POST")) == (0, "skipped", [])
    blueprint(TRIGGER, **given)
    check = blueprint(CHECK)
    assert (check.code, check.result["retry"]) == (217, False)
    assert "skipped or not sent; the connector is paused. If it may be skipped, wait in exec" in check.result["message"]


def test_a_failed_sync_is_1_with_the_apis_reason_and_a_link(blueprint: Blueprint) -> None:
    assert blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID="stubborn_kettle").code == 0
    done = checked(blueprint)
    assert (done.code, done.result["status"], done.result["retry"]) == (1, "failed", False)
    assert "Access denied to bucket partner-files" in done.result["message"]
    assert done.result["dashboard"] in done.result["message"]


@pytest.mark.parametrize(("result", "code"), [("success", 0), ("failure", 1)])
def test_a_sync_that_was_joined_is_judged_by_what_was_there_before(
    blueprint: Blueprint, emulator: Emulator, result: str, code: int
) -> None:
    joined = "gratuitous_bounty"  # its failure of days ago is still there
    emulator.outcomes(joined, {"result": result, "seconds": 60})
    emulator.set(joined, sync_state="syncing")
    done = blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=joined, FIVETRAN_FORCE="FALSE")
    assert (done.code, done.result["status"]) == (0, "joined")
    assert emulator.requests("POST") == []
    assert pickle.loads(blueprint.file("variables", "force_sync.pickle").read_bytes())[0] == joined
    assert blueprint(CHECK).code == 255
    emulator.advance(61)
    assert blueprint(CHECK).code == code


# -- clocks -----------------------------------------------------------------------------------------------------------

SHIFTED = """
import datetime, os, time
shift = float(os.environ["SHIFTED_BY"])
real, real_ns = time.time, time.time_ns
time.time = lambda: real() + shift
time.time_ns = lambda: real_ns() + int(shift * 1e9)
class Shifted(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(seconds=shift)
    @classmethod
    def utcnow(cls):
        return super().utcnow() + datetime.timedelta(seconds=shift)
Shifted.__name__ = Shifted.__qualname__ = "datetime"
Shifted.__module__ = "datetime"
datetime.datetime = Shifted
"""


@pytest.mark.parametrize("shift", ["-3600", "3600"])
def test_a_local_clock_that_is_wrong_by_an_hour_changes_nothing(
    process: Process, tmp_path: Path, emulator: Emulator, shift: str
) -> None:
    folder = tmp_path / "shifted"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SHIFTED)
    wrong = {"PYTHONPATH": str(folder), "SHIFTED_BY": shift}
    probe = [sys.executable, "-c", "import time, datetime; print(time.time(), datetime.datetime.now().timestamp())"]
    told = subprocess.run(probe, env=wrong, capture_output=True, text=True).stdout.split()
    assert all(abs(float(one) - time.time() - float(shift)) < 60 for one in told), told

    def chain() -> int:
        return checked(process, **wrong).code

    assert process(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **wrong).code == 0
    assert chain() == 0
    moment = pickle.loads(process.file("variables", "force_sync.pickle").read_bytes())[1]
    assert abs(moment.timestamp() - time.time()) < 60
    emulator.outcomes(ID, {"result": "failure"})
    assert process(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, **wrong).code == 0
    assert chain() == 1
    process.file("variables", f"{ID}_force_sync.json").unlink()  # the pickle alone says the same
    assert chain() == 1
