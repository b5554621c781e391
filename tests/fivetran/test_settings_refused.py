"""Invalid input: a clear message, the right exit code, nothing sent, no file changed or left."""

import json
import os
import resource
import subprocess
from pathlib import Path

import pytest

from blueprints.fivetran import execute_sync
from tests.conftest import KEY, ROOT, SECRET, Blueprint, Emulator, Finished, Process
from tests.fivetran.refusal import refused

TRIGGER, CHECK, UPDATE, WHO = (
    f"fivetran/{name}" for name in ("execute_sync", "check_sync_status", "update_connector", "check_credentials")
)

FRESH, DELETE, ONE = (f"fivetran/{name}" for name in ("check_freshness", "delete_connector", "get_connector"))
ALL = sorted(f"fivetran/{path.stem}" for path in (ROOT / "blueprints/fivetran").glob("*.py") if path.stem != "__init__")
ID = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
PAUSE = {**ID, "FIVETRAN_PAUSED": "TRUE"}


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
    (UPDATE, {**ID}, 206, ["Nothing to change: set ", "FIVETRAN_SCHEDULE_TYPE", "FIVETRAN_CUSTOM_UPDATE"]),
    (UPDATE, {**ID, "FIVETRAN_PAUSED": "None", "FIVETRAN_SCHEDULE_TYPE": " "}, 206, ["Nothing to change: set "]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "{}"}, 206, ["Nothing to change: set "]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": '{"run_setup_tests": true}'}, 206, ["Nothing to change: set "]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "paused: true"}, 206, ["FIVETRAN_CUSTOM_UPDATE is not JSON"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "[1]"}, 206, ["FIVETRAN_CUSTOM_UPDATE is JSON but not an object"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "7"}, 206, ["FIVETRAN_CUSTOM_UPDATE is JSON but not an object"]),
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
    (WHO, {"FIVETRAN_API_KEY": "YTpi", "FIVETRAN_API_SECRET": None}, 206, ["FIVETRAN_API_KEY has", "less than 4"]),
    (TRIGGER, {"FIVETRAN_CONECTOR_ID": "x"}, 206, ["did you mean FIVETRAN_CONNECTOR_ID?"]),
    (TRIGGER, {"FIVETRAN_CONNECTOR_ID": KEY + "!"}, 206, ["is not an id"]),
    (WHO, {"FIVETRAN_API_KEY": "..."}, 206, ["FIVETRAN_API_KEY is shorter than 4 characters; is it still the"]),
    (WHO, {"FIVETRAN_API_KEY": "\u00a0" + KEY}, 206, ["FIVETRAN_API_KEY begins with a no-break space"]),
    (WHO, {"FIVETRAN_API_KEY": KEY + "\n"}, 206, ["FIVETRAN_API_KEY ends with a line break"]),
    (WHO, {"FIVETRAN_API_KEY": "a:bcde", "FIVETRAN_API_SECRET": None}, 206, ["the secret is what comes after it"]),
    (WHO, {"FIVETRAN_API_KEY": "Basic YQ==", "FIVETRAN_API_SECRET": None}, 206, ["FIVETRAN_API_KEY begins with Basic"]),
    *(
        (name, {**ID, "FIVETRAN_CONNECTOR_ID": text}, 206, [f"FIVETRAN_CONNECTOR_ID {says}"])
        for name, text, says in (
            (TRIGGER, '"speak_inexpensive"', "has quotes around it; remove them (docker --env-file keeps quotes)"),
            (TRIGGER, "\u201cspeak_inexpensive\u201d", "has smart quotes around it; remove them"),
            (TRIGGER, "${CONNECTOR}", "holds ${, so a variable in it was not filled in"),
            (TRIGGER, "<connector_id>", "is still the placeholder; give the value itself"),
            (TRIGGER, '["a", "b"]', "is a JSON list; give the ids with commas between them"),
            (TRIGGER, "https://example.com/a", "is the address of a page that has no id in it"),
            (ONE, "a_b,c_d", 'takes one id, and these are 2: "a_b,c_d"'),
            (ONE, "a_b c_d", "takes one id, and these are 2"),
        )
    ),
    (TRIGGER, {"FIVETRAN_SERVICE": "postgres"}, 206, ["; FIVETRAN_SERVICE only narrows FIVETRAN_GROUP_ID"]),
    ("fivetran/get_schemas", {**ID, "FIVETRAN_TABLE": "orders"}, 206, ["has 1 part; it must be schema.table"]),
    ("fivetran/update_schemas", {**ID, "FIVETRAN_ENABLE": "a.b c.d"}, 206, ["put commas between paths"]),
    ("fivetran/update_schemas", ID, 206, ["Nothing to change: set FIVETRAN_ENABLE, FIVETRAN_DISABLE, "]),
    ("fivetran/get_connector_type", {"FIVETRAN_SERVICE": "Google Ads"}, 206, ['"Google Ads" is not an id']),
    (TRIGGER, {**ID, "FIVETRAN_WAIT": '"TRUE"'}, 206, ["FIVETRAN_WAIT has quotes around it; remove them (docker"]),
    (TRIGGER, {**ID, "FIVETRAN_ON_PAUSED": "'skip'"}, 206, ["FIVETRAN_ON_PAUSED has quotes around it"]),
    (TRIGGER, {**ID, "FIVETRAN_WAIT_TIMEOUT": "'60'"}, 205, ["FIVETRAN_WAIT_TIMEOUT has quotes around it"]),
    (TRIGGER, {**ID, "SLIPWAY_RETRY_TIMEOUT": "2 hours"}, 205, ["is out of range; use 0 to 3600 seconds"]),
    (FRESH, {**ID, "FIVETRAN_MAX_AGE": "6"}, 206, ['FIVETRAN_MAX_AGE "6" has no unit (is 6h meant?)']),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "{'paused': true}"}, 206, ["use an object with double quotes"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "'{}'"}, 206, ["FIVETRAN_CUSTOM_UPDATE has quotes around it"]),
    (UPDATE, {**ID, "FIVETRAN_CUSTOM_UPDATE": "update.json"}, 206, ["it looks like the name of a file"]),
    (UPDATE, {**ID, "FIVETRAN_SYNC_FREQUENCY": "7h"}, 206, ['"420" is not allowed; use one of 1, 5']),
    (DELETE, ID, 206, ["Deleting is final. To delete speak_inexpensive, set FIVETRAN_CONFIRM_DELETE=speak"]),
    (DELETE, {}, 206, ["FIVETRAN_CONNECTOR_ID is required", "To delete ID, set FIVETRAN_CONFIRM_DELETE=ID"]),
    (DELETE, {**ID, "FIVETRAN_CONFIRM_DELETE": "TRUE"}, 206, ["Deleting is final. To delete speak_inexpensive"]),
    (TRIGGER, {**ID, "SHIPYARD_ARTIFACTS_DIRECTORY": "~nobody_here/a"}, 206, ["begins with ~, but there is no such"]),
    (TRIGGER, {**ID, "SHIPYARD_ARTIFACTS_DIRECTORY": "$HOME/a"}, 206, ["begins with $HOME, and no shell fills"]),
    (TRIGGER, {**ID, "SHIPYARD_ARTIFACTS_DIRECTORY": '"/tmp/a"'}, 206, ["has quotes around it"]),
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


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--connector-id=speak", "unknown argument --connector-id; set FIVETRAN_CONNECTOR_ID instead; see --help"),
        ("--dry-run", "unknown argument --dry-run; set SLIPWAY_DRY_RUN=TRUE instead; see --help"),
        ("--wait", "unknown argument --wait; set FIVETRAN_WAIT=TRUE instead; see --help"),
        ("FIVETRAN_WAIT=hunter2", "unknown argument FIVETRAN_WAIT=...; write it before the command, or export it; see"),
        ("--verson", "unknown argument --verson; settings are environment variables; see --help"),
    ],
)
def test_an_option_is_answered_with_its_setting(argument: str, said: str, blueprint: Blueprint) -> None:
    refused(blueprint(TRIGGER, argument, **ID), 206, said)


@pytest.mark.parametrize(
    ("folder", "where"),
    [("~/art", "home/art"), ("~", "home"), ("here/~", "work/here/~")],
    ids=str,
)
def test_a_tilde_at_the_beginning_of_the_artifacts_directory_is_the_home_directory(
    folder: str, where: str, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", blueprint.environ["HOME"])
    done = blueprint(WHO, SHIPYARD_ARTIFACTS_DIRECTORY=folder)
    assert done.code == 0, done
    assert (blueprint.cwd.parent / where / "fivetran-blueprints").is_dir()
    assert not (blueprint.cwd / "~").exists()


def test_what_is_odd_about_refused_credentials_is_said(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint(WHO, FIVETRAN_API_KEY="revoked-key", FIVETRAN_API_SECRET="'secret-of-mine'")
    refused(
        done, 200, "; FIVETRAN_API_SECRET begins and ends with quotes; remove them (docker --env-file keeps quotes)"
    )
    assert len(emulator.requests()) == 1
    assert "secret-of-mine" not in done.stdout + done.stderr


def test_credentials_that_are_refused_without_a_visible_reason_are_doubted_no_further(blueprint: Blueprint) -> None:
    assert blueprint(WHO, FIVETRAN_API_KEY="revoked-key").result["message"].endswith("API key and secret)")


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
    assert "Nothing to change" not in done.result["message"]


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
    assert sorted(os.listdir(folder)) == [f"{name}_force_sync.{end}" for end in ("json", "lock", "pickle")]
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


@pytest.mark.bare
@pytest.mark.parametrize("name", [TRIGGER, CHECK, UPDATE, WHO])
def test_a_full_disk_stops_everything_first(name: str, process: Process, emulator: Emulator) -> None:
    """A limit on the size of files makes writing fail for every user, as a full disk does."""
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


def test_an_id_that_cannot_be_read_is_not_called_unconfirmed(blueprint: Blueprint) -> None:
    done = blueprint(DELETE, FIVETRAN_CONNECTOR_ID="a_b,c_d", FIVETRAN_CONFIRM_DELETE="a_b")
    refused(done, 206, 'FIVETRAN_CONNECTOR_ID takes one id, and these are 2: "a_b,c_d"')
    assert "Deleting" not in done.result["message"]
