"""check-live against the emulator, with each of its switches in both positions."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.fivetran.switches import CHECKS as SWITCHES
from live import fivetran
from live.__main__ import main as check_live
from live.report import Checks, Finding, seen_of
from shared.errors import UnknownId
from shared.http.response import Answer
from tests.conftest import KEY, ROOT, SECRET, Blueprint, Emulator
from tests.live.pages import rows_of

ROWS = rows_of("Fivetran")
NO_GUESS = {"quota", "update_seconds"}
"""Switches that set a size or a duration."""


def environ(url: str) -> dict[str, str]:
    return {"FIVETRAN_API_URL": f"{url}/v1", "FIVETRAN_API_KEY": KEY, "FIVETRAN_API_SECRET": SECRET}


def findings(emulator: Emulator) -> dict[str, Finding]:
    account = fivetran.Account(environ(emulator.url))
    return {finding.guess: finding for finding in fivetran.check.findings(account)}


def test_every_row_that_the_pages_call_settled_by_reading_has_a_check_and_no_other() -> None:
    assert sorted(row[0].strip("`") for row in ROWS if row[4] == "yes") == sorted(fivetran.check.by_guess)


def test_every_switch_of_the_emulators_is_on_a_page_and_the_other_way_round() -> None:
    named = {row[3].strip("`") for row in ROWS if row[3]}
    assert named == set(SWITCHES) - NO_GUESS


@pytest.mark.parametrize(
    ("guess", "switches", "holds"),
    [
        ("clock-header", {}, True),
        ("clock-header", {"date_header": False}, False),
        ("stamp-clock", {}, True),
        ("stamp-clock", {"stamp_skew": 6 * 3600}, False),
        ("stamp-clock", {"date_header": False}, None),
        ("stamp-form", {"timestamp_digits": 0}, True),
        ("stamp-form", {"timestamp_digits": 3}, True),
        ("missing-stamps", {}, True),
        ("missing-stamps", {"missing_stamps": "absent"}, False),
        ("rate-limit-headers", {}, True),
        ("rate-limit-headers", {"rate_limit_headers": False}, False),
        ("messages", {}, True),
        ("messages", {"messages": False}, False),
        ("not-found-code", {"not_found_code": "NotFound_Connector"}, True),
        ("not-found-code", {"not_found_code": "Missing"}, False),
        ("legacy-paths", {}, True),
        ("legacy-paths", {"legacy_paths": False}, False),
        ("paging", {}, True),
        ("accept-version-2", {}, True),
        ("list-rows", {}, True),
        ("unset-fields", {}, True),
        ("unset-fields", {"unset_fields": "null"}, False),
        ("sync-history", {}, True),
        ("sync-history", {"sync_history": 403}, True),
        ("sync-history", {"date_header": False}, None),
        ("sync-history-end", {}, True),
        ("sync-history-end", {"sync_history": 403}, None),
        ("sync-history-end", {"history_hours": 0}, None),
        ("connection-errors", {"connection_errors": 200}, True),
        ("connection-errors", {"connection_errors": 404}, True),
        ("destination-status", {}, True),
        ("no-schema-config", {"no_schema_config": 200}, True),
        ("known-states", {}, True),
        ("no-schema-config", {}, True),
        ("schema-required-fields", {}, True),
        ("unknown-group", {}, True),
        ("type-parameters", {}, True),
        ("transformation-states", {}, True),
    ],
)
def test_a_switch_decides_what_the_report_says(
    emulator: Emulator, guess: str, switches: dict[str, Any], holds: bool | None
) -> None:
    emulator.switches(**switches)
    if "stamp_skew" in switches or guess == "sync-history-end":  # only a sync makes stamps
        emulator.set("speak_inexpensive", sync_state="syncing")
        emulator.advance(3600)
    assert findings(emulator)[guess].holds is holds


@pytest.mark.parametrize(
    ("guess", "path", "answer"),
    [
        ("paging", "/v1/connections", {"json": {"code": "Success", "data": {"items": [{"id": "a"}, {"id": "b"}]}}}),
        ("accept-version-2", "/v1/groups", {"status": 406, "json": {"code": "NotAcceptable"}}),
        ("no-schema-config", "/v1/connections/*/schemas", {"status": 404, "json": {"code": "NotFound"}}),
        ("schema-required-fields", "/v1/connections/*/schemas", {"json": {"data": {"schemas": {"a": {}}}}}),
        ("schema-required-fields", "/v1/connections/*/schemas", {"json": {"data": {"schemas": ["a"]}}}),
        ("transformation-states", "/v1/transformations", {"json": {"data": {"items": ["a"]}}}),
        ("destination-status", "/v1/destinations/*", {"json": {"code": "Success", "data": {"setup_status": "odd"}}}),
        ("sync-history", "/v1/connections/*/sync-history", {"json": {"data": {"items": [{"sync_id": "a"}]}}}),
        (
            "sync-history-end",
            "/v1/connections/*/sync-history",
            {"json": {"code": "Success", "data": {"items": [{"end": "2026-01-01T00:00:00Z"}]}}},
        ),
        ("connection-errors", "/v1/connections/*/errors", {"json": {"data": {"items": [{"type": "a"}]}}}),
        ("type-parameters", "/v1/metadata/*", {"json": {"code": "Success", "data": {"config": {"host": {}}}}}),
        ("transformation-states", "/v1/transformations", {"json": {"data": {"items": [{"id": "a", "status": "ODD"}]}}}),
    ],
)
def test_what_has_no_switch_is_played_by_an_answer(
    emulator: Emulator, guess: str, path: str, answer: dict[str, Any]
) -> None:
    emulator.answers("GET", path, {**answer, "times": "always"})
    assert findings(emulator)[guess].holds is False


def test_an_unknown_state_is_named_and_nothing_else(emulator: Emulator) -> None:
    emulator.set("speak_inexpensive", sync_state="levi|tating")
    found = findings(emulator)["known-states"]
    assert (found.holds, found.seen) == (False, "unknown: levitating")


@pytest.fixture
def strict() -> Iterator[str]:
    """Start an emulator that accepts only one key, as the real service does."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--key", KEY, "--secret", SECRET]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)


def run(given: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "live"]
    environ = {**given, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)


def test_at_a_service_as_we_take_it_to_be_every_guess_holds(strict: str) -> None:
    done = run(environ(strict))
    assert done.returncode == 0, done.stderr
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", done.stdout, re.MULTILINE)
    assert {word for guess, word in rows if guess != "sync-history-end"} == {"holds"}, done.stdout
    assert dict(rows)["sync-history-end"] == "not seen"  # nothing has synced there yet
    assert [guess for guess, _ in rows] == list(fivetran.check.by_guess)


def test_the_report_reads_only_and_holds_no_id_name_or_secret(blueprint: Blueprint, emulator: Emulator) -> None:
    done = run(environ(emulator.url))
    assert "`unauthorized` | does not hold | 200" in done.stdout, "this emulator lets anybody in"
    assert {row["method"] for row in emulator.requests()} == {"GET"}
    page = {row["id"]: row["schema"] for row in json.loads(_connectors(blueprint))}
    assert len(page) == 14
    for word in (KEY, SECRET, *page, *page.values(), "Warehouse", "projected_sickle", emulator.url):
        assert word not in done.stdout


def _connectors(blueprint: Blueprint) -> str:
    blueprint("fivetran/list_connectors")
    saved = json.loads(blueprint.file("responses", "connectors_response.json").read_text())
    return json.dumps(saved["data"]["items"])


@pytest.mark.parametrize(
    ("given", "code"),
    [({}, 206), ({"FIVETRAN_API_KEY": "only-a-key"}, 206), ({"FIVETRAN_API_KEY": "revoked-key"}, 200)],
)
def test_without_usable_credentials_there_is_no_report(emulator: Emulator, given: dict[str, str], code: int) -> None:
    url = {"FIVETRAN_API_URL": f"{emulator.url}/v1"}
    secret = {"FIVETRAN_API_SECRET": SECRET} if code == 200 else {}
    done = run({**url, **secret, **given})
    assert (done.returncode, done.stdout) == (code, "")
    assert "FIVETRAN_API" in done.stderr


def test_an_empty_account_settles_less_and_breaks_nothing(emulator: Emulator) -> None:
    empty = {"json": {"code": "Success", "data": {"items": []}}, "times": "always"}
    emulator.answers("GET", "/v1/connections", empty)
    emulator.answers("GET", "/v1/transformations", empty)
    found = findings(emulator)
    assert len(found) == len(fivetran.check.by_guess)
    assert found["stamp-form"].holds is found["known-states"].holds is None
    assert found["list-rows"] == Finding("list-rows", None, "this account has no connector")


def test_where_stamps_stand_is_said_in_words(emulator: Emulator) -> None:
    assert re.fullmatch(r"of 15 stamps the latest is \d+ s before Date", findings(emulator)["stamp-clock"].seen)
    emulator.switches(stamp_skew=3600)
    emulator.set("speak_inexpensive", sync_state="syncing")
    emulator.advance(60)
    assert re.fullmatch(r"of \d+ stamps the latest is \d+ s after Date", findings(emulator)["stamp-clock"].seen)


def test_a_check_that_cannot_be_made_says_only_status_and_code() -> None:
    checks = Checks()

    @checks("one")
    def one(account: Any) -> tuple[bool | None, str]:
        raise UnknownId("my-secret-connector is not there", Answer(404, {}, b'{"code": "NotFound_X|\\n"}'))

    assert list(checks.findings(None)) == [Finding("one", None, "could not be read: unknown_id, 404 NotFound_X")]
    assert seen_of(None) == "no answer"
    assert seen_of(Answer(409, {}, b'{"title": "state-conflict"}')) == "409 state-conflict"


def test_credentials_in_a_dotenv_of_the_working_directory_are_found(
    emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = "".join(f"{name}={value}\n" for name, value in environ(emulator.url).items())
    (tmp_path / ".env").write_text(given)
    (tmp_path / ".env").chmod(0o600)
    assert check_live({}) == 0
    assert "Fivetran" in capsys.readouterr().out


def test_no_credentials_anywhere_are_said_to_be_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_live({}) == 206
    assert "FIVETRAN_API_KEY" in capsys.readouterr().err
