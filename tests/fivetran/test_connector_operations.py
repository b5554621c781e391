"""get, create, delete, test, re-sync and authorize a connector: as processes against the emulator."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator

POSTGRES = {
    "schema_prefix": "new_shop",
    "host": "db.example.com",
    "port": 5432,
    "user": "fivetran",
    "password": "password-of-the-source",
    "database": "shop",
}
LOST = {"status": 502, "html": "<h1>lost</h1>", "handled": True}


def saved(blueprint: Blueprint, name: str) -> Any:
    return json.loads(blueprint.file("responses", name).read_text())


def everything(blueprint: Blueprint) -> str:
    """What all files say that runs left."""
    return "".join((blueprint.cwd / name).read_bytes().decode("latin-1") for name in blueprint.files())


def test_why_is_it_stale_is_answered_in_words(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/get_connector", FIVETRAN_CONNECTOR_ID="stubborn_kettle")
    assert done.code == 0
    assert done.result["data"]["condition"] == "failing"
    assert "Access denied to bucket partner-files" in done.stderr
    assert "; last success " in done.result["message"]
    assert " ago, at 2" in done.result["message"]
    assert "https://fivetran.com/dashboard/connections/stubborn_kettle/status" in done.stderr
    assert saved(blueprint, "connector_stubborn_kettle_response.json")["data"]["id"] == "stubborn_kettle"


def test_an_unknown_connector_is_204(blueprint: Blueprint) -> None:
    assert blueprint("fivetran/get_connector", FIVETRAN_CONNECTOR_ID="no_such").code == 204


def test_setup_tests_that_pass_are_0_and_one_that_fails_is_218(blueprint: Blueprint, emulator: Emulator) -> None:
    failed = blueprint("fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="cautious_handshake")
    assert failed.code == 218
    assert "Certificate must be trusted" in failed.result["message"]
    assert "| Validate Certificate" in failed.stderr
    passed = blueprint(
        "fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="cautious_handshake", FIVETRAN_TRUST_CERTIFICATES="TRUE"
    )
    assert passed.code == 0
    assert [row["body"] for row in emulator.requests("POST")] == [{}, {"trust_certificates": True}]
    assert saved(blueprint, "setup_tests_cautious_handshake_response.json")["data"]["setup_tests"]


@pytest.mark.parametrize(("status", "code"), [("JOB_FAILED", 218), ("WARNING", 0), ("LEVITATED", 215)])
def test_a_setup_tests_status_decides(blueprint: Blueprint, emulator: Emulator, status: str, code: int) -> None:
    tests = [{"title": "One", "status": status, "message": "said so"}]
    body = {
        "code": "Success",
        "data": {"id": "speak_inexpensive", "status": {"setup_state": "connected"}, "setup_tests": tests},
    }
    emulator.answers("POST", "/v1/*/test", {"json": body})
    assert blueprint("fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="speak_inexpensive").code == code


@pytest.mark.parametrize(
    ("setup_state", "tests", "code"),
    [("incomplete", [{"title": "One", "status": "PASSED"}], 218), ("connected", [], 0), ("connected", None, 0)],
)
def test_tests_that_pass_are_no_success_where_the_setup_does_not_work(
    blueprint: Blueprint, emulator: Emulator, setup_state: str, tests: Any, code: int
) -> None:
    found = {"id": "speak_inexpensive", "status": {"setup_state": setup_state}, "setup_tests": tests}
    emulator.answers("POST", "/v1/*/test", {"json": {"code": "Success", "data": found}})
    assert blueprint("fivetran/run_setup_tests", FIVETRAN_CONNECTOR_ID="speak_inexpensive").code == code


def create(blueprint: Blueprint, **more: str | None) -> Any:
    given: dict[str, str | None] = {
        "FIVETRAN_GROUP_ID": "Warehouse",
        "FIVETRAN_SERVICE": "postgres",
        "FIVETRAN_CONFIG": json.dumps(POSTGRES),
    }
    return blueprint("fivetran/create_connector", **{**given, **more})


def test_a_connector_is_created_with_what_was_given_and_nothing_else(
    blueprint: Blueprint, emulator: Emulator, tmp_path: Path
) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(POSTGRES))
    done = create(
        blueprint,
        FIVETRAN_CONFIG=None,
        FIVETRAN_CONFIG_FILE=str(file),
        FIVETRAN_PAUSED="TRUE",
        FIVETRAN_SYNC_FREQUENCY="60",
        FIVETRAN_DESTINATION_SCHEMA_NAMES="SOURCE_NAMING",
        FIVETRAN_CUSTOM_FIELDS='{"networking_method": "Directly", "paused": false}',
    )
    assert done.code == 0, done.stderr
    (sent,) = emulator.requests("POST")
    assert sent["body"] == {
        "group_id": "projected_sickle",
        "service": "postgres",
        "config": sent["body"]["config"],
        "paused": True,
        "sync_frequency": 60,
        "destination_schema_names": "SOURCE_NAMING",
        "networking_method": "Directly",
        "run_setup_tests": True,
    }
    created = done.result["connector_id"]
    assert emulator.connector(created)["paused"] is True
    assert saved(blueprint, f"create_{created}_response.json")["data"]["id"] == created
    for text in (done.stdout, done.stderr, everything(blueprint)):
        assert POSTGRES["password"] not in text


def test_config_and_auth_are_never_echoed_not_even_by_a_dry_run_or_a_refusal(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    auth = json.dumps({"client_access": {"client_id": "the-client", "client_secret": "the-client-secret"}})
    dry = create(blueprint, FIVETRAN_AUTH=auth, SLIPWAY_DRY_RUN="TRUE")
    assert (dry.code, dry.result["status"]) == (0, "dry_run")
    echo = {"status": 400, "json": {"code": "InvalidInput", "message": "bad password-of-the-source, the-client-secret"}}
    emulator.answers("POST", "/v1/connections", echo)
    refused = create(blueprint, FIVETRAN_AUTH=auth)
    assert refused.code == 201
    for text in (dry.stdout, dry.stderr, refused.stdout, refused.stderr, everything(blueprint)):
        assert "password-of-the-source" not in text
        assert "the-client" not in text


def test_failed_setup_tests_of_a_new_connector_are_218_with_its_id(blueprint: Blueprint, emulator: Emulator) -> None:
    done = create(blueprint, FIVETRAN_SERVICE="hubspot", FIVETRAN_CONFIG='{"schema": "crm"}')
    assert done.code == 218
    assert "was created" in done.result["message"]
    assert emulator.connector(done.result["connector_id"])["setup_state"] == "incomplete"


def test_a_connect_card_for_a_new_connector_is_only_in_a_private_file(blueprint: Blueprint) -> None:
    done = create(blueprint, FIVETRAN_REDIRECT_URI="https://app.example.com/back?id=7", FIVETRAN_ALL_FIELDS="TRUE")
    assert done.code == 0
    name = f"create_{done.result['connector_id']}_response.json"
    card = saved(blueprint, name)["data"]["connect_card"]
    assert stat.S_IMODE(blueprint.file("responses", name).stat().st_mode) == 0o600
    assert card["token"] not in done.stdout + done.stderr
    assert "setup tests were not run" in done.result["message"]


def test_an_unknown_service_is_204_with_the_nearest(blueprint: Blueprint) -> None:
    done = create(blueprint, FIVETRAN_SERVICE="postgrass")
    assert done.code == 204
    assert "did you mean postgres" in done.result["message"]


def test_a_creation_whose_answer_was_lost_is_found_and_not_repeated(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", "/v1/connections", LOST)
    done = create(blueprint)
    assert done.code == 0, done.stderr
    assert done.result["connector_schema"] == "new_shop"
    assert len(emulator.requests("POST")) == 1


def test_a_creation_that_was_lost_on_the_way_is_202_and_not_repeated(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", "/v1/connections", {"reset": "before"})
    done = create(blueprint, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 202
    assert len(emulator.requests("POST")) == 1


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FIVETRAN_CONFIG", '{"password": "******"}', "the API's mask"),
        ("FIVETRAN_AUTH", '{"token": "****"}', "the API's mask"),
        ("FIVETRAN_CONFIG", '["a"]', "not an object"),
        ("FIVETRAN_CONFIG", "{", "is not JSON"),
        ("FIVETRAN_DAILY_SYNC_TIME", "05:00", "FIVETRAN_SYNC_FREQUENCY=1440"),
        ("FIVETRAN_HIDE_SETUP_GUIDE", "TRUE", "FIVETRAN_REDIRECT_URI is required"),
        ("FIVETRAN_REDIRECT_URI", "ftp://a.example", "no http or https URL"),
        ("FIVETRAN_SERVICE", "post/gres", "is not an id"),
    ],
)
def test_bad_input_is_206_and_sends_nothing(
    blueprint: Blueprint, emulator: Emulator, variable: str, value: str, said: str
) -> None:
    done = create(blueprint, **{variable: value})
    assert done.code == 206
    assert said in done.result["message"]
    assert emulator.requests() == []


def test_delete_wants_the_id_twice(blueprint: Blueprint, emulator: Emulator) -> None:
    for confirm in (None, "TRUE", "speak_inexpensivee"):
        done = blueprint(
            "fivetran/delete_connector",
            FIVETRAN_CONNECTOR_ID="speak_inexpensive",
            FIVETRAN_CONFIRM_DELETE=confirm,
        )
        assert done.code == 206
    assert emulator.requests() == []


DELETE = {"FIVETRAN_CONNECTOR_ID": "handmade_widget", "FIVETRAN_CONFIRM_DELETE": "handmade_widget"}


def test_delete_deletes_and_a_second_time_is_204(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/delete_connector", **DELETE)
    assert (done.code, done.result["status"]) == (0, "deleted")
    assert saved(blueprint, "delete_handmade_widget_response.json")["code"] == "Success"
    assert blueprint("fivetran/delete_connector", **DELETE).code == 204


@pytest.mark.parametrize(("answer", "code"), [(LOST, 0), ({"reset": "before"}, 223), ({"status": 204}, 0)])
def test_a_lost_answer_to_a_delete_is_looked_for(
    blueprint: Blueprint, emulator: Emulator, answer: dict[str, Any], code: int
) -> None:
    emulator.answers("DELETE", "/v1/connections/handmade_widget", answer)
    done = blueprint("fivetran/delete_connector", **DELETE, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == code, done.stderr
    assert len(emulator.requests("DELETE")) == 1


def test_a_resync_is_followed_by_the_check_like_a_sync(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="speak_inexpensive", SLIPWAY_RUN_ID="one")
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert blueprint.file("variables", "one_force_sync.pickle").exists()
    assert saved(blueprint, "resync_speak_inexpensive_response.json")["code"] == "Success"
    assert emulator.requests("POST")[0]["body"] == {}
    assert emulator.connector("speak_inexpensive")["is_historical_sync"] is True
    assert blueprint("fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="one").code in (0, 255)
    waited = blueprint(
        "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="one", FIVETRAN_WAIT="TRUE", FIVETRAN_POLL_INTERVAL="1"
    )
    assert waited.code == 0


def test_a_retry_of_a_resync_joins_it(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.reset(sync_seconds=30)
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "SLIPWAY_RUN_ID": "one"}
    blueprint("fivetran/resync_connector", **given)
    again = blueprint("fivetran/resync_connector", **given)
    assert (again.code, again.result["status"]) == (0, "joined")
    assert len(emulator.requests("POST")) == 1


def test_a_resync_of_some_tables_waits_in_place(blueprint: Blueprint, emulator: Emulator) -> None:
    scope = {"sales": ["orders", "refunds"]}
    done = blueprint(
        "fivetran/resync_connector",
        FIVETRAN_CONNECTOR_ID="speak_inexpensive",
        FIVETRAN_SCOPE=json.dumps(scope),
        FIVETRAN_WAIT="TRUE",
        FIVETRAN_POLL_INTERVAL="1",
    )
    assert (done.code, done.result["status"]) == (0, "succeeded")
    assert emulator.requests("POST")[0]["body"] == {"scope": scope}


def test_what_a_sync_leaves_that_ran_before_a_resync_is_not_taken_for_its_end(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    """Fivetran ends the running sync first; its stamp is there when the answer comes."""
    emulator.reset(sync_seconds=30)
    emulator.switches(restart_stamps_failed_at=True)
    emulator.set("speak_inexpensive", sync_state="syncing")
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "SLIPWAY_RUN_ID": "one"}
    done = blueprint("fivetran/resync_connector", **given)
    assert done.code == 0
    assert "tries to complete it first" in done.stderr
    assert blueprint("fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="one").code == 255


def test_a_resync_that_is_turned_away_is_203_and_a_paused_connector_216(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.reset(sync_seconds=30)
    emulator.switches(resync_while_syncing=409)
    emulator.set("speak_inexpensive", sync_state="syncing")
    done = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="speak_inexpensive")
    assert (done.code, done.result["status"]) == (203, "already_running")
    paused = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="sleepy_lantern")
    assert paused.code == 216
    assert [row["path"] for row in emulator.requests("POST")] == ["/v1/connections/speak_inexpensive/resync"]


@pytest.mark.parametrize(
    "scope",
    [
        "{}",
        '{"": ["a"]}',
        '{"a": ["b"], "a": ["c"]}',
        '{"sales": []}',
        '{"sales": "orders"}',
        '{"sales": [7]}',
        '["sales"]',
        "x",
    ],
)
def test_a_scope_that_names_no_table_is_206(blueprint: Blueprint, emulator: Emulator, scope: str) -> None:
    done = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="speak_inexpensive", FIVETRAN_SCOPE=scope)
    assert (done.code, "FIVETRAN_SCOPE" in done.result["message"]) == (206, True)
    assert emulator.requests() == []


CARD = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "FIVETRAN_REDIRECT_URI": "https://app.example.com/back?id=7"}


def test_a_connect_card_is_only_in_a_private_file(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/create_connect_card", **CARD, FIVETRAN_HIDE_SETUP_GUIDE="TRUE")
    assert done.code == 0
    file = blueprint.file("responses", "connect_card_speak_inexpensive_response.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert done.result["data"]["file"].endswith(file.name)
    card = json.loads(file.read_text())["data"]["connect_card"]
    assert card["token"] not in done.stdout + done.stderr
    assert emulator.requests("POST")[0]["body"] == {
        "connect_card_config": {"redirect_uri": CARD["FIVETRAN_REDIRECT_URI"], "hide_setup_guide": True}
    }


def test_an_open_card_is_redacted_wherever_else_the_api_shows_it(blueprint: Blueprint) -> None:
    blueprint("fivetran/create_connect_card", **CARD)
    private = blueprint.file("responses", "connect_card_speak_inexpensive_response.json")
    token = json.loads(private.read_text())["data"]["connect_card"]["token"]
    private.unlink()
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
    for name in ("get_connector", "run_setup_tests", "check_sync_status", "list_connectors"):
        done = blueprint(f"fivetran/{name}", **given)
        assert token not in done.stdout + done.stderr
    blueprint("fivetran/update_connector", **given, FIVETRAN_PAUSED="FALSE")
    assert token not in everything(blueprint)
    assert saved(blueprint, "connector_speak_inexpensive_response.json")["data"]["connect_card"]["token"] == "******"


def test_a_card_in_an_answer_that_is_no_use_is_private_too(blueprint: Blueprint, emulator: Emulator) -> None:
    body = {"status": 200, "text": '{"code": "Success", "data": {"connect_card": {"token": "half'}
    emulator.answers("POST", "/v1/*/connect-card", body)
    done = blueprint("fivetran/create_connect_card", **CARD)
    assert done.code == 223
    file = blueprint.file("responses", "connect_card_speak_inexpensive_response.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_legacy_paths_do_the_same(blueprint: Blueprint, emulator: Emulator) -> None:
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "FIVETRAN_LEGACY_API": "TRUE"}
    assert blueprint("fivetran/resync_connector", **given).code == 0
    assert blueprint("fivetran/run_setup_tests", **given).code == 0
    assert blueprint("fivetran/create_connect_card", **{**CARD, **given}).code == 0
    assert {row["path"].split("/")[2] for row in emulator.requests()} == {"connectors"}


@pytest.mark.parametrize(
    "name",
    ["get_connector", "delete_connector", "run_setup_tests", "resync_connector", "create_connect_card"],
)
def test_a_wrong_key_is_200_an_unknown_id_204_and_a_bad_one_206(blueprint: Blueprint, name: str) -> None:
    def run(connector_id: str, **more: str) -> int:
        given = {**CARD, "FIVETRAN_CONNECTOR_ID": connector_id, "FIVETRAN_CONFIRM_DELETE": connector_id, **more}
        code: int = blueprint(f"fivetran/{name}", **given).code
        return code

    assert run("speak_inexpensive", FIVETRAN_API_KEY="revoked-key") == 200
    assert run("no_such") == 204
    assert run("../account/info") == 206
    assert not any("account" in file for file in blueprint.files())
