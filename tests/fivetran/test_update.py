"""update_connector: its requests, and what it says has changed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import responses

from shared.settings import secret_file
from tests.conftest import Emulator
from tests.fivetran.conftest import Play
from tests.fivetran.refusal import refused
from tests.fivetran.updated import ID, UPDATE, updated


@pytest.mark.parametrize(
    ("variables", "sent", "changed"),
    [
        ({"FIVETRAN_PAUSED": "TRUE"}, {"paused": True}, {"paused": {"old": False, "new": True}}),
        ({"FIVETRAN_PAUSED": "off"}, {"paused": False}, {}),
        (
            {"FIVETRAN_SCHEDULE_TYPE": "AUTO"},
            {"schedule_type": "auto"},
            {"schedule_type": {"old": "manual", "new": "auto"}},
        ),
        ({"FIVETRAN_SYNC_FREQUENCY": "60"}, {"sync_frequency": 60}, {"sync_frequency": {"old": 360, "new": 60}}),
        (
            {"FIVETRAN_SYNC_FREQUENCY": "1440", "FIVETRAN_DAILY_SYNC_TIME": "05:00"},
            {"sync_frequency": 1440, "daily_sync_time": "05:00"},
            {"sync_frequency": {"old": 360, "new": 1440}, "daily_sync_time": {"old": None, "new": "05:00"}},
        ),
        (
            {"FIVETRAN_HISTORICAL_SYNC": "TRUE"},
            {"is_historical_sync": True},
            {"is_historical_sync": {"old": False, "new": True}},
        ),
        (
            {"FIVETRAN_CUSTOM_UPDATE": '{"pause_after_trial": true, "data_delay_sensitivity": "LOW"}'},
            {"pause_after_trial": True, "data_delay_sensitivity": "LOW"},
            {
                "pause_after_trial": {"old": False, "new": True},
                "data_delay_sensitivity": {"old": "NORMAL", "new": "LOW"},
            },
        ),
    ],
)
def test_only_what_is_given_is_sent_and_what_changed_is_told(
    play: Play, emulator: Emulator, variables: dict[str, str], sent: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert updated(play, emulator, **variables) == ({"run_setup_tests": False, **sent}, changed)


def test_the_frequencies_that_the_api_allows_and_no_other(play: Play, emulator: Emulator) -> None:
    for minutes in (1, 5, 15, 30, 60, 120, 180, 360, 480, 720, 1440):
        assert updated(play, emulator, FIVETRAN_SYNC_FREQUENCY=str(minutes))[0]["sync_frequency"] == minutes
    emulator.forget_requests()
    for wrong in ("0", "-5", "10", "1441", "5.0", "five", "\u0665"):
        done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_SYNC_FREQUENCY=wrong)
        assert done.code == 206
        assert "1440" in done.result["message"]
    assert emulator.requests() == []


@pytest.mark.parametrize("time", ["5:00", "05:30", "24:00", "05:00:00", "noon", "\u0660\u0665:00"])
def test_a_daily_time_is_a_whole_hour(play: Play, emulator: Emulator, time: str) -> None:
    given = {"FIVETRAN_SYNC_FREQUENCY": "1440", "FIVETRAN_DAILY_SYNC_TIME": time}
    assert play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, **given).code == 206
    assert emulator.requests() == []


@pytest.mark.parametrize(
    ("connector_id", "variables", "requests"),
    [
        (ID, {"FIVETRAN_SYNC_FREQUENCY": "360"}, []),
        (ID, {"FIVETRAN_CUSTOM_UPDATE": '{"sync_frequency": 60}'}, []),
        (ID, {}, ["GET"]),  # it has 360 already
        ("nightly_lighthouse", {}, ["GET", "PATCH"]),  # it syncs once a day already
        (ID, {"FIVETRAN_CUSTOM_UPDATE": '{"sync_frequency": 1440}'}, ["GET", "PATCH"]),
    ],
)
def test_a_daily_time_goes_only_with_one_sync_a_day(
    play: Play, emulator: Emulator, connector_id: str, variables: dict[str, str], requests: list[str]
) -> None:
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=connector_id, FIVETRAN_DAILY_SYNC_TIME="07:00", **variables)
    assert done.code == (0 if "PATCH" in requests else 206)
    assert [row["method"] for row in emulator.requests()] == requests
    assert done.code == 0 or "1440" in done.result["message"]


def test_explicit_variables_win_over_the_custom_update_and_the_clash_is_said(play: Play, emulator: Emulator) -> None:
    custom = '{"paused": true, "schedule_type": "auto", "sync_frequency": 60}'
    done = play(
        UPDATE,
        FIVETRAN_CONNECTOR_ID=ID,
        FIVETRAN_PAUSED="FALSE",
        FIVETRAN_SCHEDULE_TYPE="auto",
        FIVETRAN_CUSTOM_UPDATE=custom,
    )
    assert done.code == 0
    assert emulator.requests("PATCH")[0]["body"] == {
        "run_setup_tests": False,
        "paused": False,
        "schedule_type": "auto",
        "sync_frequency": 60,
    }
    warnings = [line for line in done.stderr.splitlines() if "warning" in line]
    assert len(warnings) == 1  # one for the value that differs
    assert "FIVETRAN_CUSTOM_UPDATE gives paused too" in warnings[0]


def test_setup_tests_run_only_where_they_are_asked_for(play: Play, emulator: Emulator) -> None:
    custom = '{"run_setup_tests": true, "trust_certificates": true, "data_delay_threshold": 5}'
    body, changed = updated(play, emulator, FIVETRAN_CUSTOM_UPDATE=custom)
    assert body == {"run_setup_tests": True, "trust_certificates": True, "data_delay_threshold": 5}
    assert set(changed) == {"data_delay_threshold"}


@pytest.mark.parametrize(
    ("custom", "words"),
    [
        ({"paused": True}, "paused false -> true"),
        ({"schedule_type": "auto", "sync_frequency": 60}, 'schedule_type "manual" -> "auto", sync_frequency 360 -> 60'),
        ({"config": {"host": "db-2.example.com"}, "paused": True}, "config.host, paused false -> true"),
        ({"paused": False}, "its fields already had these values"),
    ],
)
def test_the_message_says_from_what_to_what(play: Play, custom: dict[str, Any], words: str) -> None:
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_CUSTOM_UPDATE=json.dumps(custom))
    assert done.result["message"] == f"{ID} was updated: {words}"


@pytest.mark.parametrize("dry_run", ["TRUE", "FALSE"])
def test_what_stands_under_config_or_auth_is_never_shown(play: Play, emulator: Emulator, dry_run: str) -> None:
    custom = {
        "config": {"host": "db-2.example.com", "password": "hunter2hunter2", "nested": {"list": ["hunter3hunter3"]}},
        "auth": {"client_access": {"client_secret": "hunter4hunter4"}},
        "paused": True,
    }
    given = {"FIVETRAN_CUSTOM_UPDATE": json.dumps(custom), "SLIPWAY_DRY_RUN": dry_run}
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, **given)
    assert done.code == 0
    said = done.stdout + done.stderr
    assert not any(value in said for value in ("hunter2", "hunter3", "hunter4", "db-2.example.com"))
    files = [(play.cwd / name).read_text() for name in play.files()]
    assert not any(secret in text for secret in ("hunter2", "hunter4") for text in files)
    if dry_run == "FALSE":
        changed = done.result["data"]["changed"]
        assert changed["config.password"] == {"old": "******", "new": "******"}
        assert changed["paused"] == {"old": False, "new": True}
        assert {"config.host", "config.nested", "auth.client_access"} <= set(changed)
    else:
        (request,) = done.result["data"]["requests"]
        assert request["body"]["config"]["password"] == "******"
        assert request["body"]["paused"] is True


def test_a_password_is_rotated_from_a_file_and_shown_nowhere(play: Play, emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "update.json"
    file.write_text('{"config": {"password": "hunter2hunter2"}, "paused": true}\n')
    for dry_run in ("TRUE", "FALSE"):
        given = {"FIVETRAN_CUSTOM_UPDATE_FILE": str(file), "SLIPWAY_DRY_RUN": dry_run}
        done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, **given)
        assert done.code == 0, done.stderr
        texts = [done.stdout, done.stderr, *((play.cwd / name).read_text() for name in play.files())]
        assert not any("hunter2" in text for text in texts)
    (sent,) = emulator.requests("PATCH")
    assert set(sent["body"]) == {"run_setup_tests", "config", "paused"}
    assert emulator.connector(ID)["config"]["password"] == "hunter2hunter2"


def test_a_file_that_cannot_be_read_is_206_and_nothing_is_sent(
    play: Play, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_file, "PIPE", 0.05)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b" " * (1 << 20) + b"{}")
    (tmp_path / "binary").write_bytes(b"\xff\xfe{}")
    (tmp_path / "list").write_text('["hunter2hunter2"]')
    (tmp_path / "good").write_text('{"paused": true}')
    for name, custom, says in (
        ("absent", None, "No such file"),
        (".", None, "Is a directory"),
        ("pipe", None, "a pipe that did not end"),
        ("large", None, "a file of more than 1048576 bytes"),
        ("binary", None, "a file that is not text"),
        ("list", None, "is JSON but not an object"),
        ("good", "{}", "and FIVETRAN_CUSTOM_UPDATE_FILE are both given"),
    ):
        given = {"FIVETRAN_CUSTOM_UPDATE_FILE": str(tmp_path / name), "FIVETRAN_CUSTOM_UPDATE": custom}
        done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, **given)
        refused(done, 206, "FIVETRAN_CUSTOM_UPDATE", says)
        assert "hunter2" not in done.stdout + done.stderr
    assert emulator.requests() == []


def test_the_apis_own_mask_is_not_sent_back_as_a_value(play: Play, emulator: Emulator) -> None:
    custom = '{"config": {"host": "db.example.com", "password": "******"}}'
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_CUSTOM_UPDATE=custom)
    assert done.code == 206
    assert "mask" in done.result["message"]
    assert emulator.requests() == []


def test_a_historical_sync_is_never_sent_as_false(play: Play, emulator: Emulator) -> None:
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_HISTORICAL_SYNC="FALSE")
    assert done.code == 206
    assert "leave it blank" in done.result["message"]


def test_the_help_says_that_a_historical_sync_starts_at_once_and_cancels_a_running_one(play: Play) -> None:
    text = " ".join(play(UPDATE, "--help").stdout.split())
    assert "FIVETRAN_HISTORICAL_SYNC" in text
    assert "at once" in text
    assert "cancelling a sync that is running" in text


def test_test_switches_alone_are_no_change_and_the_message_names_the_blueprint(play: Play, emulator: Emulator) -> None:
    for switches in ('{"run_setup_tests": true}', '{"trust_certificates": true, "run_setup_tests": false}'):
        done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_CUSTOM_UPDATE=switches)
        assert (done.code, emulator.requests()) == (206, [])
        assert "the blueprint run_setup_tests runs the tests" in done.result["message"]


def test_setup_tests_without_config_or_auth_are_said_not_to_run(play: Play, emulator: Emulator) -> None:
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_CUSTOM_UPDATE='{"paused": true, "run_setup_tests": true}')
    assert done.code == 0
    assert "only where config or auth changes" in done.stderr


def test_a_frequency_given_as_text_is_sent_as_a_number(play: Play, emulator: Emulator) -> None:
    assert updated(play, emulator, FIVETRAN_CUSTOM_UPDATE='{"sync_frequency": "1440"}')[0]["sync_frequency"] == 1440


def test_a_change_that_has_to_stop_a_sync_first_is_given_time(alone: Any) -> None:
    url = f"https://api.fivetran.com/v1/connections/{ID}"
    with responses.RequestsMock() as api:
        for method in (api.get, api.patch):
            method(url, json={"code": "Success", "data": {"id": ID, "status": {}}})
        assert alone("fivetran/update_connector", FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="TRUE").code == 0
        waits = [call.request.req_kwargs["timeout"][1] for call in api.calls]
    assert waits == [60, 300]
