"""check-live of Airbyte against the emulator, with both APIs and each switch in both positions."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator.airbyte.switches import CHECKS as SWITCHES
from live import airbyte
from live.report import Finding
from tests.live.pages import rows_of

ROOT = Path(__file__).parents[2]
ROWS = rows_of("Airbyte")
NO_GUESS = {"healthy", "static_token_seconds", "cloud_under_v1"}
"""Switches for mishaps, or for the emulator's address, that stand for no guess."""
SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
ANALYTICS = "cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"
CLIENT = {"AIRBYTE_CLIENT_ID": "client-id-of-the-tests", "AIRBYTE_CLIENT_SECRET": "client-secret-of-the-tests"}


def environ(url: str, api: str) -> dict[str, str]:
    common = {**CLIENT, "SLIPWAY_RETRY_TIMEOUT": "0"}  # an unknown job may be a 500, which would be retried
    if api == "public":
        return {"AIRBYTE_API_URL": f"{url}/api/public/v1", **common}
    port = str(urlsplit(url).port)
    where = {"AIRBYTE_SERVER_HOST": "127.0.0.1", "AIRBYTE_SERVER_PORT": port, "AIRBYTE_WORKSPACE_ID": ANALYTICS}
    return {**where, **common}


def findings(emulator: Any, api: str) -> dict[str, Finding]:
    account = airbyte.Account(environ(emulator.url, api))
    return {finding.guess: finding for finding in airbyte.check.findings(account)}


def test_every_row_that_the_pages_call_settled_by_reading_has_a_check_and_no_other() -> None:
    assert sorted(row[0].strip("`") for row in ROWS if row[4] == "yes") == sorted(airbyte.check.by_guess)


def test_every_switch_of_the_emulators_is_on_a_page_and_the_other_way_round() -> None:
    assert {row[3].strip("`") for row in ROWS if row[3]} == set(SWITCHES) - NO_GUESS


ONLY_OWN = {"light-jobs", "job-types"}


@pytest.mark.parametrize(("api", "unseen"), [("public", ONLY_OWN), ("own", {"token-expires-in"})])
def test_at_a_server_as_we_take_it_to_be_every_guess_holds(emulator: Any, api: str, unseen: set[str]) -> None:
    connections = {SHOP: {"start": {"seconds": 0}}}
    emulator.scenario({"airbyte": {"switches": {"configuration_auth": "bearer"}, "connections": connections}})
    found = findings(emulator, api)
    assert {guess for guess, finding in found.items() if finding.holds is None} == unseen
    assert not [finding for finding in found.values() if finding.holds is False]


@pytest.mark.parametrize(
    ("api", "guess", "switches"),
    [
        ("public", "date-header", {"date_header": False}),
        ("own", "health", {"health_key": "db"}),
        ("public", "token-expires-in", {"token_expires_in": False}),
        ("public", "token-form", {"token_is_jwt": False}),
        ("public", "token-lifetime", {"token_seconds": 180}),
        ("own", "token-lifetime", {"token_seconds": 180}),
        ("own", "unknown-connection", {"unknown_connection_forbidden": True}),
        ("own", "unknown-job", {"unknown_job": 404}),
        ("public", "unknown-job", {"unknown_job_public": 404}),
        ("own", "light-jobs", {"light_jobs": False}),
        ("own", "job-types", {"job_types": ["sync", "reset_connection"]}),
        ("public", "unauthorized", {"public_auth": "none"}),
    ],
)
def test_a_switch_decides_what_the_report_says(emulator: Any, api: str, guess: str, switches: dict[str, Any]) -> None:
    emulator.scenario({"airbyte": {"switches": switches}})
    assert findings(emulator, api)[guess].holds is False


def test_what_is_missing_is_said_with_the_variable_that_helps(emulator: Any) -> None:
    given = {key: one for key, one in environ(emulator.url, "own").items() if key != "AIRBYTE_WORKSPACE_ID"}
    found = {finding.guess: finding for finding in airbyte.check.findings(airbyte.Account(given))}
    for guess in ("connection-statuses", "nulls", "job-ids", "light-jobs"):
        assert found[guess].holds is None
        assert found[guess].seen.endswith("set AIRBYTE_CONNECTION_ID or AIRBYTE_WORKSPACE_ID")


@pytest.mark.parametrize("api", ["own", "public"])
def test_one_job_settles_no_order_and_refusals_say_which(emulator: Any, api: str) -> None:
    found = findings(emulator, api)
    assert found["job-ids"].holds is None
    assert found["unknown-job"].seen == ("409 state-conflict" if api == "public" else "500 no code")


@pytest.mark.parametrize("api", ["own", "public"])
def test_unknown_statuses_are_named_and_nothing_else(emulator: Any, api: str) -> None:
    first = {"status": "levi|tating", "start": {"status": "hiber-nating", "seconds": 60}}
    emulator.scenario({"airbyte": {"connections": {SHOP: first}}})
    found = findings(emulator, api)
    assert (found["connection-statuses"].holds, found["connection-statuses"].seen) == (False, "unknown: levitating")
    assert (found["job-statuses"].holds, found["job-statuses"].seen) == (False, "unknown: hibernating")


@pytest.mark.parametrize("api", ["own", "public"])
def test_the_report_reads_only_and_holds_no_id_name_or_secret(emulator: Any, api: str) -> None:
    command = [sys.executable, "-m", "live"]
    given = environ(emulator.url, api)
    given["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Airbyte: which guesses hold")
    reads = ("/get", "/get_light", "/list", "/token")
    asked = [(row["method"], row["path"]) for row in emulator.requests()]
    assert not [path for method, path in asked if method != "GET" and not path.endswith(reads)]
    for word in (*CLIENT.values(), SHOP, ANALYTICS, "Postgres", "Snowflake", emulator.url, "eyJ"):
        assert word not in done.stdout
