"""Bad input: a clear message, the right code, nothing lost, nothing sent, no file left."""

import base64
import json
import os
import pickle
import resource
import struct
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from blueprints.fivetran import execute_sync
from tests.conftest import KEY, ROOT, SECRET, Blueprint, Emulator, Finished, Process

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)
ALL = sorted(f"fivetran/{path.stem}" for path in (ROOT / "blueprints/fivetran").glob("*.py") if path.stem != "__init__")
ID = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
PAUSE = {**ID, "FIVETRAN_PAUSED": "TRUE"}


def refused(done: Finished, code: int, *says: str) -> None:
    """A refusal in due form: the code, one line for programs and the same words for people."""
    assert done.code == code, done.stderr
    assert done.result["exit_code"] == code
    assert done.result["retry"] is False
    message = done.result["message"]
    for text in says:
        assert text in message
    last = done.stderr.splitlines()[-1]
    assert last == f"Slipway: exit {code}: {message}".replace("##", "## ")
    assert "Traceback" not in done.stderr
    for secret in (KEY, SECRET, base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()):
        assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ALL)
def test_every_blueprint_without_credentials_says_which(name: str, blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint(name, FIVETRAN_API_KEY=None, FIVETRAN_API_SECRET=None)
    refused(done, 206, "FIVETRAN_API_KEY is required (or FIVETRAN_API_KEY_FILE)", "FIVETRAN_API_SECRET is required")
    assert done.result["blueprint"] == name
    assert (emulator.requests(), blueprint.files()) == ([], set())


@pytest.mark.parametrize("name", ALL)
def test_every_blueprint_refuses_an_argument_and_names_no_value(
    name: str, blueprint: Blueprint, emulator: Emulator
) -> None:
    refused(blueprint(name, f"--api-secret={SECRET}", **PAUSE), 206, "unknown argument --api-secret;", "see --help")
    assert (emulator.requests(), blueprint.files()) == ([], set())


FORCE = "FIVETRAN_FORCE"
HOST = "https://api.example.com/v1"
ROWS: list[tuple[str, dict[str, str | None], int, list[str]]] = [
    *(
        (TRIGGER, {**ID, "FIVETRAN_API_KEY": text}, 206, ["FIVETRAN_API_KEY is required", "API Config"])
        for text in (None, "", "  ", "None")
    ),
    *(
        (TRIGGER, {**ID, "FIVETRAN_API_SECRET": text}, 206, ["FIVETRAN_API_SECRET is required"])
        for text in (None, "", "\t", "none")
    ),
    *(
        (TRIGGER, {"FIVETRAN_CONNECTOR_ID": text}, 206, ["FIVETRAN_CONNECTOR_ID is required", "speak_inexpensive"])
        for text in (None, "", " \n", "NONE")
    ),
    (UPDATE, {**PAUSE, "FIVETRAN_CONNECTOR_ID": None}, 206, ["FIVETRAN_CONNECTOR_ID is required"]),
    (CHECK, {}, 206, ["FIVETRAN_CONNECTOR_ID is required", "run after execute_sync in the same working directory"]),
    *(
        (TRIGGER, {"FIVETRAN_CONNECTOR_ID": text}, 206, ["FIVETRAN_CONNECTOR_ID ", "is not an id"])
        for text in ("a/b", "..", "../../etc/passwd", "x" * 300, "१२३", "a;b", "%2e%2e", "a?b", "a#b")
    ),
    (CHECK, {"FIVETRAN_CONNECTOR_ID": "../x"}, 206, ["is not an id"]),
    (UPDATE, {**PAUSE, "FIVETRAN_CONNECTOR_ID": "a/pause"}, 206, ["is not an id"]),
    (TRIGGER, {**ID, FORCE: "Ture"}, 206, ['FIVETRAN_FORCE "Ture" is neither TRUE nor FALSE']),
    (UPDATE, {**ID, "FIVETRAN_PAUSED": "Ture"}, 206, ['FIVETRAN_PAUSED "Ture" is neither TRUE nor FALSE']),
    (WHO, {"FIVETRAN_LEGACY_API": "maybe"}, 206, ['FIVETRAN_LEGACY_API "maybe"']),
    (TRIGGER, {**ID, "FIVETRAN_ON_PAUSED": "wait"}, 206, ["FIVETRAN_ON_PAUSED", "use one of fail, resume, skip"]),
    *(
        (name, {**ID, "FIVETRAN_POLL_INTERVAL": text}, 205, ["FIVETRAN_POLL_INTERVAL", "use 1 to 3600 seconds"])
        for name, text in ((TRIGGER, "0"), (TRIGGER, "-5"), (CHECK, "fifteen"), (CHECK, "3601"), (CHECK, "nan"))
    ),
    (TRIGGER, {**ID, "FIVETRAN_WAIT_TIMEOUT": "0"}, 205, ["FIVETRAN_WAIT_TIMEOUT", "use 1 to 604800 seconds"]),
    (TRIGGER, {**ID, "FIVETRAN_POLL_INTERVAL": "0", FORCE: "Ture"}, 206, [FORCE, "FIVETRAN_POLL_INTERVAL"]),
    (CHECK, {**ID, "FIVETRAN_EXECUTION_TIME": "yesterday"}, 206, ["FIVETRAN_EXECUTION_TIME", "2026-11-22T06:17:05Z"]),
    (CHECK, {**ID, "FIVETRAN_EXECUTION_TIME": "2026-11-22T06:17:05"}, 206, ["has no time zone; add Z"]),
    (CHECK, {**ID, "FIVETRAN_EXECUTION_TIME": "0001-01-01T00:00:00+14:00"}, 206, ["FIVETRAN_EXECUTION_TIME"]),
    (UPDATE, {**ID}, 206, ["nothing to change", "FIVETRAN_SCHEDULE_TYPE", "FIVETRAN_CUSTOM_UPDATE"]),
    (UPDATE, {**ID, "FIVETRAN_PAUSED": "None", "FIVETRAN_SCHEDULE_TYPE": " "}, 206, ["nothing to change"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "{}"}, 206, ["nothing to change"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": '{"run_setup_tests": true}'}, 206, ["nothing to change"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "paused: true"}, 206, ["FIVETRAN_CUSTOM_UPDATE is not JSON"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "[1]"}, 206, ["FIVETRAN_CUSTOM_UPDATE is JSON but not an object"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": '"x"'}, 206, ["FIVETRAN_CUSTOM_UPDATE is JSON but not an object"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": '{"a": NaN}'}, 206, ["FIVETRAN_CUSTOM_UPDATE is not JSON"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": '{"a":' * 300 + "1" + "}" * 300}, 206, ["nested deeper"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": '{"a":' * 9000}, 206, ["FIVETRAN_CUSTOM_UPDATE is not JSON"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": '{"config": {"password": "******"}}'}, 206, ["the API's mask"]),
    (UPDATE, {**ID, "FIVETRAN_SYNC_FREQUENCY": "10"}, 206, ["FIVETRAN_SYNC_FREQUENCY", "5, 15, 30, 60"]),
    (UPDATE, {**ID, "FIVETRAN_DAILY_SYNC_TIME": "5:30"}, 206, ["FIVETRAN_DAILY_SYNC_TIME", "00:00 to 23:00"]),
    (UPDATE, {**ID, "FIVETRAN_HISTORICAL_SYNC": "FALSE"}, 206, ["FIVETRAN_HISTORICAL_SYNC can only be TRUE"]),
    (
        UPDATE,
        {**ID, "FIVETRAN_DAILY_SYNC_TIME": "05:00", "FIVETRAN_SYNC_FREQUENCY": "60"},
        206,
        ["FIVETRAN_DAILY_SYNC_TIME goes only with a sync frequency of 1440"],
    ),
    (WHO, {"FIVETRAN_API_URL": "api.fivetran.com/v1"}, 206, ["FIVETRAN_API_URL", "https://api.example.com/v1"]),
    (WHO, {"FIVETRAN_API_URL": f"https://me:{SECRET}@api.fivetran.com"}, 206, ["user name or password"]),
    (WHO, {"FIVETRAN_API_URL": f"me:{SECRET}@api.fivetran.com"}, 206, ["user name or password"]),
    (WHO, {"FIVETRAN_API_URL": f"{HOST}?key={SECRET}"}, 206, ["query or fragment"]),
    *(
        (WHO, {"FIVETRAN_API_URL": url}, 206, ["FIVETRAN_API_URL would send the credentials over plain http"])
        for url in ("http://api.fivetran.com", "HTTP://api.fivetran.com", "http://192.0.2.1:8000", "http://0.0.0.0:1",
                    "http://localhost.example.com", "http://my.localhost", "http://[2001:db8::1]", "http://127.1")
    ),
    (WHO, {"FIVETRAN_API_URL": "http://x", "FIVETRAN_ALLOW_HTTP": "Ture"}, 206, ["FIVETRAN_ALLOW_HTTP"]),
    (WHO, {"FIVETRAN_API_KEY": "abc"}, 206, ["FIVETRAN_API_KEY is shorter than 4 characters"]),
    (WHO, {"FIVETRAN_API_SECRET": "in two\nlines"}, 206, ["FIVETRAN_API_SECRET holds a line break"]),
    (WHO, {"FIVETRAN_API_KEY_FILE": "/dev/null"}, 206, ["FIVETRAN_API_KEY and FIVETRAN_API_KEY_FILE are both given"]),
    (WHO, {"FIVETRAN_API_KEY": None, "FIVETRAN_API_KEY_FILE": "/nowhere"}, 206, ["FIVETRAN_API_KEY_FILE names"]),
    (WHO, {"FIVETRAN_API_KEY": "YTpi", "FIVETRAN_API_SECRET": None}, 206, ["FIVETRAN_API_KEY holds", "less than 4"]),
    (TRIGGER, {"FIVETRAN_CONECTOR_ID": "x"}, 206, ["did you mean FIVETRAN_CONNECTOR_ID?"]),
    (TRIGGER, {"FIVETRAN_CONNECTOR_ID": KEY + "!"}, 206, ["is not an id"]),
    (TRIGGER, {**ID, "SHIPYARD_ARTIFACTS_DIRECTORY": "/proc/slipway"}, 207, ["/proc/slipway/fivetran-blueprints"]),
    (CHECK, {**ID, "SHIPYARD_ARTIFACTS_DIRECTORY": "/proc/slipway"}, 207, ["SHIPYARD_ARTIFACTS_DIRECTORY"]),
    (UPDATE, {**PAUSE, "SHIPYARD_ARTIFACTS_DIRECTORY": "/proc/slipway"}, 207, ["could not be written"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "variables", "code", "says"), ROWS, ids=range(len(ROWS)))
def test_bad_input_is_refused_before_anything_is_sent(
    name: str, variables: dict[str, str | None], code: int, says: list[str], blueprint: Blueprint, emulator: Emulator
) -> None:
    refused(blueprint(name, **variables), code, *says)
    assert (emulator.requests(), blueprint.files()) == ([], set())


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_help(blueprint: Blueprint, emulator: Emulator) -> None:
    wrong: dict[str, str | None] = {
        "FIVETRAN_API_KEY": "abc",
        "FIVETRAN_API_SECRET": None,
        "FIVETRAN_CONNECTOR_ID": "a/b",
        FORCE: "Ture",
        "FIVETRAN_ON_BROKEN": "mend",
        "FIVETRAN_WAIT_TIMEOUT": "soon",
        "FIVETRAN_POLL_INTERVAL": "0",
        "FIVETRAN_API_URL": "ftp://x",
        "SLIPWAY_DRY_RUN": "perhaps",
        "SLIPWAY_RETRY_TIMEOUT": "-1",
    }
    done = blueprint(TRIGGER, **wrong)
    refused(done, 206, *wrong)
    help_text = blueprint(TRIGGER, "--help", "all").stdout
    shown = sorted(wrong, key=done.result["message"].index)
    assert shown == sorted(wrong, key=[variable.name for variable in execute_sync.Settings.variables()].index)
    assert [name for name in wrong if f"\n  {name}\n" not in help_text] == []
    assert (emulator.requests(), blueprint.files()) == ([], set())


def test_an_unreadable_change_is_not_called_no_change(blueprint: Blueprint) -> None:
    done = blueprint(UPDATE, **ID, FIVETRAN_PAUSED="Ture")
    assert "nothing to change" not in done.result["message"]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"FIVETRAN_API_KEY": "revoked-key"}, 200),
        ({"FIVETRAN_CONNECTOR_ID": "no_such_connector"}, 204),
    ],
)
@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE])
def test_what_only_the_server_knows_to_be_wrong_changes_nothing(
    name: str, variables: dict[str, str | None], code: int, blueprint: Blueprint, emulator: Emulator
) -> None:
    done = blueprint(name, **{**PAUSE, **variables})
    refused(done, code, "FIVETRAN_")
    assert {row["method"] for row in emulator.requests()} == {"GET"}
    (saved,) = done.result["files"] if name != TRIGGER else [f for f in done.result["files"] if "/responses/" in f]
    assert json.loads((blueprint.cwd / saved).read_text())["code"]


def test_wrong_credentials_are_told_as_such(blueprint: Blueprint) -> None:
    refused(blueprint(WHO, FIVETRAN_API_KEY="revoked-key"), 200, "FIVETRAN_API_KEY", "wrong or revoked")


RUN_IDS = [
    "a:b:c",
    "dag/task/1",
    "x" * 300,
    "../../up",
    "manual__2026-11-22T00:00:00+00:00",
    "läuf",
    "..",
    "a\nb",
    "-rf",
]


@pytest.mark.parametrize("run_id", RUN_IDS)
def test_any_run_id_is_accepted_and_made_safe(run_id: str, blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint(TRIGGER, **ID, SLIPWAY_RUN_ID=run_id)
    assert done.code == 0, done.stderr
    assert all(part not in done.result["run_id"] for part in ("/", ":", "\n", ".."))
    assert len(done.result["run_id"]) <= 100
    folder = blueprint.file("variables", "x").parent
    name = done.result["run_id"]
    assert sorted(os.listdir(folder)) == [f"{name}_force_sync.json", f"{name}_force_sync.pickle"]
    emulator.advance(60)
    checked = blueprint(CHECK, SLIPWAY_UPSTREAM_RUN_IDS=f" {run_id} ,")
    assert checked.code == 0, checked.stderr


@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE, WHO])
def test_a_file_in_the_artifacts_place_stops_everything_first(
    name: str, blueprint: Blueprint, emulator: Emulator
) -> None:
    (blueprint.cwd / "shipyard-artifacts").write_text("a file")
    refused(blueprint(name, **PAUSE), 207, "shipyard-artifacts/fivetran-blueprints/responses/", "no directory")
    assert (emulator.requests(), blueprint.files()) == ([], {"shipyard-artifacts"})


@pytest.mark.parametrize("part", ["", "responses", "variables"])
@pytest.mark.parametrize("target", ["outside", "nowhere"])
@pytest.mark.parametrize("name", [TRIGGER, UPDATE])
def test_a_link_out_of_the_artifacts_stops_everything_first(
    name: str, target: str, part: str, blueprint: Blueprint, emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    link = blueprint.cwd / "shipyard-artifacts" / "fivetran-blueprints" / part
    link.parent.mkdir(parents=True)
    (link if part else link.parent / "fivetran-blueprints").symlink_to(tmp_path / target)
    refused(blueprint(name, **PAUSE), 207, "links are not followed here")
    assert emulator.requests() == []
    assert os.listdir(tmp_path / "outside") == []
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE, WHO])
def test_a_full_disk_stops_everything_first(name: str, process: Process, emulator: Emulator) -> None:
    """A limit on the size of files fails a write for every user, as a full disk does."""
    limit = 2000
    done = subprocess.run(
        process.command(name),
        cwd=process.cwd,
        env=process.environment({**PAUSE, "PYTHONDONTWRITEBYTECODE": "1"}),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
    )
    refused(Finished(done.returncode, done.stdout, done.stderr), 207, "File too large", "the space left")
    assert (emulator.requests(), process.files()) == ([], set())


def test_a_dry_run_minds_no_artifacts(blueprint: Blueprint) -> None:
    (blueprint.cwd / "shipyard-artifacts").write_text("a file")
    done = blueprint(UPDATE, **PAUSE, SLIPWAY_DRY_RUN="TRUE")
    assert (done.code, done.result["status"]) == (0, "dry_run")


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch pwned",)


MOMENT = datetime(2026, 11, 22, 6, 17, 5, tzinfo=timezone.utc)
PICKLES: list[tuple[bytes, str]] = [
    (b"", "was not read: it is empty, cut short or damaged"),
    (pickle.dumps(["speak_inexpensive", MOMENT])[:-20], "empty, cut short or damaged"),
    (b"\x80\x04garbage", "empty, cut short or damaged"),
    (pickle.dumps("speak_inexpensive"), "holds no [connector_id, execution_time]"),
    (pickle.dumps([]), "holds no [connector_id, execution_time]"),
    (pickle.dumps({"connector_id": "x"}), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["speak_inexpensive"]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["speak_inexpensive", MOMENT.replace(tzinfo=None)]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["speak_inexpensive", "2026-11-22"]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["../../etc/passwd", MOMENT]), "holds no [connector_id, execution_time]"),
    (pickle.dumps(["..", MOMENT]), "holds no [connector_id, execution_time]"),
    (
        pickle.dumps(["speak_inexpensive", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))]),
        "holds no [connector_id, execution_time]",
    ),
    (pickle.dumps(Runs()), "names posix.system, which is no plain data"),
    (pickle.dumps(["speak_inexpensive", Runs()], protocol=0), "names posix.system, which is no plain data"),
    (b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b".", "damaged"),
    (b"\x80\x04}" + b")" + b"\x85" * 300 + b"Ns.", "whose keys are not text"),
    (b"\x80\x04}" + b")" + b"\x85" * 300_000 + b"Ns.", "it would take more than"),
    (b"N" * (8 * 1024 * 1024 + 1), "larger than 8388608 bytes"),
]


@pytest.mark.parametrize(("content", "says"), PICKLES, ids=range(len(PICKLES)))
def test_a_pickle_that_is_no_trace_of_a_trigger_is_refused(
    content: bytes, says: str, blueprint: Blueprint, emulator: Emulator
) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    refused(blueprint(CHECK), 207, "variables/force_sync.pickle", says)
    assert emulator.requests() == []
    assert blueprint.files() == {str(path.relative_to(blueprint.cwd))}


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_any_protocol_is_followed(protocol: int, blueprint: Blueprint, emulator: Emulator) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps(["speak_inexpensive", datetime(2020, 1, 1, tzinfo=timezone.utc)], protocol=protocol))
    done = blueprint(CHECK)
    assert done.code == 0, done.stderr
    assert done.result["connector_id"] == "speak_inexpensive"


def test_a_pickle_of_another_connector_says_both(blueprint: Blueprint, emulator: Emulator) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps(["other_one", MOMENT]))
    refused(blueprint(CHECK, **ID), 206, "'speak_inexpensive'", "other_one", "leave it blank")
    assert emulator.requests() == []


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_lies_in_a_pickles_place_is_not_followed_or_waited_for(
    kind: str, blueprint: Blueprint, emulator: Emulator, tmp_path: Path
) -> None:
    path = blueprint.file("variables", "force_sync.pickle")
    path.parent.mkdir(parents=True)
    (tmp_path / "real").write_bytes(pickle.dumps(["speak_inexpensive", MOMENT]))
    make = {"folder": path.mkdir, "link": lambda: path.symlink_to(tmp_path / "real"), "pipe": lambda: os.mkfifo(path)}
    make[kind]()
    refused(blueprint(CHECK), 207, "variables/force_sync.pickle could not be read")
    assert emulator.requests() == []


SIDECARS: list[str] = [
    "",
    "{}",
    "null",
    '{"connectors": [{}]}',
    '{"connectors": 1}',
    "[" * 20_000,
    '{"connectors": [{"connector_id": "../x", "state": "accepted", "execution_time": "2026-11-22T00:00:00Z", '
    '"baseline": {"succeeded_at": null, "failed_at": null}, "running_before": false, "forced": false}]}',
    '{"connectors": [{"connector_id": "speak_inexpensive", "state": "accepted", "execution_time": '
    '"0001-01-01T00:00:00+14:00", "baseline": {"succeeded_at": null, "failed_at": null}, "running_before": false, '
    '"forced": false}]}',
    '{"connectors": [{"connector_id": "speak_inexpensive", "state": ["accepted"], "execution_time": '
    '"2026-11-22T00:00:00Z", "baseline": {"succeeded_at": null, "failed_at": null}, "running_before": false, '
    '"forced": false}]}',
]


@pytest.mark.parametrize("content", SIDECARS, ids=range(len(SIDECARS)))
def test_a_damaged_sidecar_is_refused(content: str, blueprint: Blueprint, emulator: Emulator) -> None:
    path = blueprint.file("variables", "run-1_force_sync.json")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    refused(blueprint(CHECK, SLIPWAY_UPSTREAM_RUN_IDS="run-1"), 207, "run-1_force_sync.json is damaged")
    assert emulator.requests() == []


def test_upstream_runs_that_left_nothing_are_named(blueprint: Blueprint, emulator: Emulator) -> None:
    refused(blueprint(CHECK, **ID, SLIPWAY_UPSTREAM_RUN_IDS="run-1, run-2"), 207, "run-1, run-2")
    assert emulator.requests() == []


# Where the server and the credentials come from


def dotenv(blueprint: Blueprint, **values: str) -> None:
    path = blueprint.cwd / ".env"
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    path.chmod(0o600)


def server(blueprint: Blueprint) -> str:
    return blueprint.environ["FIVETRAN_API_URL"]


NO_SERVER: dict[str, str | None] = {"FIVETRAN_API_URL": None}
NOTHING: dict[str, str | None] = {**NO_SERVER, "FIVETRAN_API_KEY": None, "FIVETRAN_API_SECRET": None}
PLANTED = "comes from .env but the credentials do not"


def test_a_dotenv_may_set_everything_and_blanks_in_the_real_environment_ask_it(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint), FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    assert blueprint(WHO, **NOTHING).code == 0
    assert blueprint(WHO, **dict.fromkeys(NOTHING, "")).code == 0
    assert blueprint(WHO, **dict.fromkeys(NOTHING, "None")).code == 0


def test_a_dotenv_may_not_send_real_credentials_to_a_server_of_its_own(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint))
    refused(blueprint(WHO, **NO_SERVER), 206, "FIVETRAN_API_URL", PLANTED)
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint), FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    refused(blueprint(WHO, **NO_SERVER), 206, "FIVETRAN_API_URL", PLANTED)
    assert emulator.requests() == []


@pytest.mark.parametrize("real", ["FIVETRAN_API_KEY", "FIVETRAN_API_SECRET"])
def test_half_of_the_credentials_of_its_own_is_not_enough(real: str, blueprint: Blueprint, emulator: Emulator) -> None:
    dotenv(blueprint, FIVETRAN_API_URL=server(blueprint), FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    refused(blueprint(WHO, **{**NOTHING, real: "real-credential"}), 206, PLANTED)
    (blueprint.cwd / "real").write_text("real-credential")
    refused(blueprint(WHO, **{**NOTHING, f"{real}_FILE": "real"}), 206, PLANTED)
    assert emulator.requests() == []


def test_a_dotenv_may_not_allow_plain_http_for_real_credentials(blueprint: Blueprint) -> None:
    dotenv(blueprint, FIVETRAN_ALLOW_HTTP="TRUE")
    refused(blueprint(WHO, FIVETRAN_API_URL="http://192.0.2.1"), 206, "FIVETRAN_ALLOW_HTTP comes from .env")


def test_a_server_of_the_real_environment_may_have_credentials_of_the_dotenv(blueprint: Blueprint) -> None:
    dotenv(blueprint, FIVETRAN_API_KEY=KEY, FIVETRAN_API_SECRET=SECRET)
    assert blueprint(WHO, FIVETRAN_API_KEY=None, FIVETRAN_API_SECRET=None).code == 0


def test_a_dotenv_that_others_may_write_stops_everything_first(blueprint: Blueprint, emulator: Emulator) -> None:
    dotenv(blueprint, FIVETRAN_FORCE="FALSE")
    (blueprint.cwd / ".env").chmod(0o666)
    refused(blueprint(TRIGGER, **ID), 206, ".env in the working directory can be written by others", "chmod go-w")
    (blueprint.cwd / ".env").unlink()
    (blueprint.cwd / ".env").mkdir()
    refused(blueprint(TRIGGER, **ID), 206, ".env in the working directory is not a file")
    assert emulator.requests() == []


@pytest.mark.parametrize(
    "url", ["http://localhost:{port}/v1", "http://127.0.0.1:{port}/v1/", "HTTP://127.0.0.1:{port}/v1"]
)
def test_loopback_over_plain_http_is_allowed(url: str, blueprint: Blueprint) -> None:
    port = server(blueprint).rpartition(":")[2].partition("/")[0]
    assert blueprint(WHO, FIVETRAN_API_URL=url.format(port=port)).code == 0


@pytest.mark.parametrize("url", ["http://[::1]:9/v1", "http://127.255.0.1:9", "http://192.0.2.1"])
def test_what_is_loopback_or_allowed_passes_the_settings(url: str, blueprint: Blueprint) -> None:
    variables = {} if "192" not in url else {"FIVETRAN_ALLOW_HTTP": "TRUE"}
    done = blueprint(TRIGGER, FIVETRAN_API_URL=url, FIVETRAN_CONNECTOR_ID="a/b", **variables)
    refused(done, 206, "FIVETRAN_CONNECTOR_ID")
    assert "FIVETRAN_API_URL" not in done.result["message"]


# Credentials in every form


def test_one_variable_may_hold_key_and_secret_as_the_official_cli_has_it(blueprint: Blueprint) -> None:
    pair = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    done = blueprint(WHO, FIVETRAN_API_KEY=pair, FIVETRAN_API_SECRET=None)
    assert done.code == 0
    assert pair not in done.stdout + done.stderr


@pytest.mark.parametrize("pair", ["not base64", "bm8gY29sb24=", "OnNlY3JldA==", "a2V5Og==", "//79:", "YTpi"])
def test_what_is_no_pair_needs_a_secret(pair: str, blueprint: Blueprint, emulator: Emulator) -> None:
    refused(blueprint(WHO, FIVETRAN_API_KEY=pair, FIVETRAN_API_SECRET=None), 206, "FIVETRAN_API_")
    assert emulator.requests() == []


def test_credentials_may_come_from_files(blueprint: Blueprint, emulator: Emulator) -> None:
    for name, value in (("key", KEY), ("secret", SECRET)):
        (blueprint.cwd / name).write_text(value + "\n")
    files: dict[str, str | None] = {"FIVETRAN_API_KEY_FILE": "key", "FIVETRAN_API_SECRET_FILE": "secret"}
    assert blueprint(WHO, **files, FIVETRAN_API_KEY=None, FIVETRAN_API_SECRET=None).code == 0


ECHO = (
    f"Invalid key {KEY} with {SECRET}; Basic {base64.b64encode(f'{KEY}:{SECRET}'.encode()).decode()}\n::error::x ##[x]"
)


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500])
def test_an_answer_that_repeats_the_secrets_repeats_them_nowhere(
    status: int, blueprint: Blueprint, emulator: Emulator
) -> None:
    for answer in ({"json": {"code": "Bad", "message": ECHO, KEY: [SECRET]}}, {"html": ECHO}):
        emulator.reset()
        emulator.answers("*", "/v1/account/info", {"status": status, "times": "always", **answer})
        done = blueprint(WHO, SLIPWAY_RETRY_TIMEOUT="0")
        assert done.code not in (0, 249)
        said = done.stdout + done.stderr
        for path in blueprint.cwd.rglob("*.json"):
            said += path.read_text()
        assert KEY not in said
        assert SECRET not in said
        assert base64.b64encode(f"{KEY}:{SECRET}".encode()).decode() not in said
        assert all(line.startswith(("Slipway: ", "Fivetran: ")) for line in done.stderr.splitlines())
        assert "##[" not in done.stdout + done.stderr


def test_secrets_of_an_update_are_sent_and_said_nowhere(blueprint: Blueprint, emulator: Emulator) -> None:
    update = {"config": {"password": "pa55word-of-the-source", "host": "db.example"}}
    done = blueprint(UPDATE, **ID, FIVETRAN_CUSTOM_UPDATE=json.dumps(update))
    assert done.code == 0, done.stderr
    (sent,) = emulator.requests("PATCH")
    assert set(sent["body"]["config"]) == {"password", "host"}
    said = done.stdout + done.stderr + "".join(path.read_text() for path in blueprint.cwd.rglob("*.json"))
    assert "pa55word" not in said
    dry = blueprint(UPDATE, **ID, FIVETRAN_CUSTOM_UPDATE=json.dumps(update), SLIPWAY_DRY_RUN="TRUE")
    assert (dry.code, "pa55word" in dry.stdout + dry.stderr) == (0, False)
    assert '"password": "******"' in dry.stderr
