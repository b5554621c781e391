"""Which sync it was: a connection's history and errors, if the account has them. No exit code depends on them."""

import signal
from datetime import datetime
from typing import Any

import pytest

from shared.fivetran import sync_details
from shared.http import client as http
from tests.conftest import Emulator, Process
from tests.fivetran.conftest import Play
from tests.fivetran.samples import connection

TRIGGER, CHECK, RESYNC = "fivetran/execute_sync", "fivetran/check_sync_status", "fivetran/resync_connector"
ID = "speak_inexpensive"
WAIT = {"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "10"}
HISTORY, ERRORS = f"/v1/connections/{ID}/sync-history", f"/v1/connections/{ID}/errors"
FIELDS = ("sync_id", "sync_started_at", "sync_seconds", "sync_error")


def asked(emulator: Emulator) -> list[str]:
    """Return which of the two endpoints were called, in order."""
    return [row["path"].rpartition("/")[2] for row in emulator.requests("GET") if row["path"] in (HISTORY, ERRORS)]


def told(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in FIELDS if name in result}


def history(emulator: Emulator, *rows: Any) -> None:
    emulator.answers("GET", HISTORY, {"json": {"code": "Success", "data": {"items": list(rows)}}, "times": "always"})


@pytest.mark.parametrize("name", [TRIGGER, RESYNC])
def test_a_wait_asks_once_which_sync_it_was_and_not_with_each_poll(play: Play, emulator: Emulator, name: str) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 45})
    done = play(name, **WAIT)
    assert (done.code, asked(emulator)) == (0, ["sync-history"])
    assert len(play.slept) >= 4
    found = told(done.result)
    began, ended = (datetime.fromisoformat(done.result[field]) for field in ("sync_started_at", "succeeded_at"))
    assert (found.keys(), found["sync_seconds"]) == (set(FIELDS[:3]), 45.0)
    assert (ended - began).total_seconds() == 45.0
    assert f"Fivetran: it was sync {found['sync_id']}, which took 45 s\n" in done.stderr
    assert done.result["api_calls"] == len(emulator.requests())


def test_a_check_says_the_same_sync_and_one_that_comes_too_early_does_not_ask(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "success", "seconds": 45})
    play(TRIGGER, FIVETRAN_CONNECTOR_ID=ID)
    assert (play(CHECK).code, asked(emulator)) == (255, [])
    emulator.advance(60)
    first, second = play(CHECK), play(CHECK)
    assert (first.code, asked(emulator)) == (0, ["sync-history"] * 2)
    assert told(first.result) == told(second.result) != {}


def test_a_failure_has_its_own_words(play: Play, emulator: Emulator) -> None:
    emulator.switches(connection_errors=200)
    emulator.outcomes(ID, {"result": "failure", "seconds": 45, "message": "no such <b>host</b>"})
    done = play(TRIGGER, **WAIT)
    assert (done.code, asked(emulator)) == (1, ["sync-history", "errors"])
    assert done.result["sync_error"] == "Unknown Sync Failure: no such host"
    assert ", it failed with: Unknown Sync Failure: no such host\n" in done.stderr


def test_the_history_alone_has_words_too(play: Play, emulator: Emulator) -> None:
    emulator.outcomes(ID, {"result": "failure", "message": "no such host"})
    assert play(TRIGGER, **WAIT).result["sync_error"] == "no such host"


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(("result", "code"), [("success", 0), ("failure", 1)])
def test_an_account_without_them_is_asked_once_and_hears_nothing_of_it(
    play: Play, emulator: Emulator, status: int, result: str, code: int
) -> None:
    emulator.switches(sync_history=status, connection_errors=status)
    emulator.outcomes(ID, {"result": result, "seconds": 45})
    done = play(TRIGGER, **WAIT)
    assert (done.code, told(done.result)) == (code, {})
    assert asked(emulator) == ["sync-history", "errors"][: 1 + code]
    assert "details of the sync are not known" not in done.stderr


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "json": {"code": "InternalError"}},
        {"status": 503, "html": "<h1>no</h1>"},
        {"status": 429, "headers": {"Retry-After": "600"}},
        {"status": 401, "json": {"code": "AuthFailed"}},
        {"status": 302, "headers": {"Location": "https://login.example"}},
        {"status": 400, "empty": True},
        {"html": "<h1>Welcome</h1>"},
        {"reset": "before"},
        {"pass": True, "truncated": True},
        {"hang": 2},
    ],
)
def test_an_answer_that_is_no_use_is_said_once_and_changes_nothing(
    play: Play, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    if "hang" in fault:  # this hang takes real seconds
        monkeypatch.setattr(sync_details, "SECONDS", 0.1)
        monkeypatch.setattr(http, "LEAST", 0.1)
    emulator.outcomes(ID, {"result": "success", "seconds": 45})
    emulator.answers("GET", HISTORY, {**fault, "times": "always"})
    done = play(TRIGGER, **WAIT, SLIPWAY_RETRY_TIMEOUT="60")
    tries = 2 if "reset" in fault else 1  # a read on a kept connection that was closed is sent again at once
    assert (done.code, told(done.result), asked(emulator)) == (0, {}, ["sync-history"] * tries)
    assert set(play.slept) == {10.0}
    assert done.stderr.count("some details of the sync are not known: ") == 1


NOW = "2026-01-01T00:00:00Z"
FITS = {"sync_id": "a", "status": "COMPLETED", "start": "2025-12-31T23:59:30Z", "end": NOW, "stages": {}}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([FITS], {"sync_id": "a", "sync_started_at": "2025-12-31T23:59:30.000000Z", "sync_seconds": 30.0}),
        ([{**FITS, "sync_id": 7, "start": None}], {"sync_id": "7"}),
        ([{**FITS, "start": "later"}], {"sync_id": "a"}),
        ([{**FITS, "start": "2026-01-01T00:00:01Z"}], {"sync_id": "a"}),
        ([{**FITS, "sync_id": "b", "end": "2026-01-01T00:00:30Z"}, {**FITS, "start": None}], {"sync_id": "a"}),
        ([{**FITS, "end": "2026-01-01T00:02:00Z"}], {}),
        ([{**FITS, "end": "2025-12-31T23:58:00Z"}], {}),
        ([{**FITS, "end": None}], {}),
        ([{**FITS, "end": 1767225600}], {}),
        ([{**FITS, "end": "9999-12-31T23:59:59Z"}], {}),
        ([{**FITS, "status": "FAILURE_WITH_TASK"}], {}),
        ([{**FITS, "status": "SYNCING"}], {}),
        ([{**FITS, "status": None}], {}),
        ([{**FITS, "sync_id": None}], {}),
        ([{**FITS, "sync_id": {"id": "a"}}], {}),
        (["a", None, 7, ["a"], {}], {}),
        ([], {}),
    ],
)
def test_a_row_is_taken_only_if_it_ended_when_the_connector_says(
    play: Play, emulator: Emulator, rows: list[Any], found: dict[str, Any]
) -> None:
    emulator.set(ID, succeeded_at=NOW)
    history(emulator, *rows)
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=ID)
    assert (done.code, told(done.result)) == (0, found)
    assert "details of the sync are not known" not in done.stderr


@pytest.mark.parametrize("data", [None, [], "a", {"items": None}, {"items": {}}, {"items": "abc"}, {}])
def test_an_answer_without_rows_says_nothing(play: Play, emulator: Emulator, data: Any) -> None:
    emulator.set(ID, succeeded_at=NOW)
    emulator.answers("GET", HISTORY, {"json": {"code": "Success", "data": data}})
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=ID)
    assert (done.code, told(done.result)) == (0, {})


@pytest.mark.parametrize("stamp", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_time_stamp_at_the_end_of_time_ends_nothing(play: Play, emulator: Emulator, stamp: str) -> None:
    details = {"code": "Success", "data": connection(id=ID, succeeded_at=stamp)}
    emulator.answers("GET", f"/v1/connections/{ID}", {"json": details})
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=ID)
    assert (done.code, told(done.result), "Traceback" in done.stderr) == (0, {}, False)


def test_errors_are_read_leniently(play: Play, emulator: Emulator) -> None:
    emulator.set(ID, succeeded_at=None, failed_at=NOW)
    rows = [
        {"type": "reconnect", "title": "Reconnect", "reason": "the password is wrong", "message": "reconnect it"},
        {"type": "odd", "message": "a message alone"},
        {"title": None, "reason": ["a", "list"]},
        "a text",
    ]
    emulator.answers("GET", ERRORS, {"json": {"code": "Success", "data": {"items": rows}}})
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=ID)
    assert (done.code, done.result["sync_error"]) == (1, "Reconnect: the password is wrong; odd: a message alone")


def test_a_secret_in_an_errors_words_is_hidden(play: Play, emulator: Emulator) -> None:
    emulator.set(ID, succeeded_at=None, failed_at=NOW)
    rows = [{"title": "Refused", "reason": f"with {play.environ['FIVETRAN_API_SECRET']}"}]
    emulator.answers("GET", ERRORS, {"json": {"code": "Success", "data": {"items": rows}}})
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=ID)
    assert "Refused: with " in done.result["sync_error"]
    assert play.environ["FIVETRAN_API_SECRET"] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "given",
    [{"FIVETRAN_LEGACY_API": "TRUE"}, {"FIVETRAN_QUOTA_RESERVE": "20000"}, {"SLIPWAY_RUN_ID": "scarce"}],
)
def test_calls_that_are_kept_back_are_not_spent_on_it(play: Play, emulator: Emulator, given: dict[str, str]) -> None:
    emulator.set(ID, succeeded_at=NOW)
    if "SLIPWAY_RUN_ID" in given:
        emulator.answers("GET", f"/v1/connections/{ID}", {"pass": True, "headers": {"X-Rate-Limit-Remaining": "1999"}})
    done = play(CHECK, FIVETRAN_CONNECTOR_ID=ID, **given)
    assert (done.code, asked(emulator), told(done.result)) == (0, [], {})


def test_a_signal_meanwhile_does_not_replace_the_outcome(process: Process) -> None:
    process.emulator.set(ID, succeeded_at=NOW)
    process.emulator.answers("GET", HISTORY, {"hang": 0.5})
    running = process.start(CHECK, FIVETRAN_CONNECTOR_ID=ID)
    process.until(running, lambda: "sync-history" in asked(process.emulator))
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=60)
    assert (running.returncode, '"status": "succeeded"' in out) == (0, True)
