"""Changing a connection. Source: Fivetran REST API, "Update a Connection"."""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from emulator.fivetran import serialise, syncing
from emulator.fivetran.api import INVALID, ApiError, Json, body, connection, endpoint, success, world
from emulator.fivetran.connector import SENSITIVITIES, SYNC_FREQUENCIES, Connector
from emulator.fivetran.setup import TRUST, run_tests

WHOLE_HOUR = re.compile(r"([01]\d|2[0-3]):00")
TEST_CONTROLS = ("run_setup_tests", *TRUST)
BOOLEANS = ("paused", "pause_after_trial", "is_historical_sync", *TEST_CONTROLS)
OBJECTS = ("config", "auth", "destination_configuration", "external_secrets_keys_config", "schedule")
OF_TEXTS = ("destination_configuration", "external_secrets_keys_config")  # whose values are texts
CHOICES: dict[str, tuple[Any, ...]] = {
    "sync_frequency": SYNC_FREQUENCIES,
    "schedule_type": ("auto", "manual"),
    "schema_status": ("blocked_on_capture", "ready"),
    "networking_method": ("Directly", "PrivateLink", "SshTunnel", "ProxyAgent"),
    "data_delay_sensitivity": SENSITIVITIES,
}
TEXTS = (
    *("daily_sync_time", "hybrid_deployment_agent_id", "proxy_agent_id", "private_link_id"),
    "external_secrets_manager_id",
)
NUMBERS = ("data_delay_threshold",)
KNOWN = frozenset({*BOOLEANS, *OBJECTS, *CHOICES, *TEXTS, *NUMBERS})


@endpoint("PATCH", "/connections/<connection_id>")
def modify_connection(connection_id: str) -> Response:
    """Change what is given; setup tests run unless `run_setup_tests` is false."""
    one = connection(connection_id)
    given = body(required=True)
    check_fields(given, KNOWN)
    if not (given.keys() & KNOWN) - set(TEST_CONTROLS):
        raise ApiError(400, INVALID, "At least one persistent configuration parameter is required")
    check_daily_time(given, one.sync_frequency)
    change(one, given)
    tests = run_tests(one, given) if given.get("run_setup_tests", True) else None
    return success("Connection has been updated", serialise.details(one, world().at(), tests))


def check_fields(given: Json, known: frozenset[str]) -> None:
    """Every known field has one of its values; unknown ones are ignored or refused, as the switch says."""
    for key, value in given.items():
        if key not in known:
            if world().switches.unknown_fields == "refuse":
                raise ApiError(400, INVALID, f"Unknown field '{key}'")
        elif not is_valid(key, value):
            raise ApiError(400, INVALID, f"Invalid value for field '{key}'")


def is_valid(key: str, value: Any) -> bool:
    """Whether a field may have a value. Null is none of the flags' and choices' values."""
    if key in BOOLEANS:
        return isinstance(value, bool)
    if key in CHOICES:
        return any(value == choice and type(value) is type(choice) for choice in CHOICES[key])
    if key in OBJECTS:
        return isinstance(value, dict) and (key not in OF_TEXTS or all(isinstance(one, str) for one in value.values()))
    if key in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value is None or isinstance(value, str)


def check_daily_time(given: Json, sync_frequency: int) -> None:
    """`daily_sync_time` is a whole hour and goes with a daily schedule only."""
    time = given.get("daily_sync_time")
    if time is None:
        return
    if not WHOLE_HOUR.fullmatch(time):
        raise ApiError(400, INVALID, "Field 'daily_sync_time' must be a whole hour from 00:00 to 23:00")
    if given.get("sync_frequency", sync_frequency) != 1440:
        raise ApiError(400, INVALID, "Field 'daily_sync_time' requires sync_frequency 1440")


def change(one: Connector, given: Json) -> None:
    """Put the fields in place; `config` and `auth` are merged, so that what is not named stays."""
    at = world().at()
    for key in ("config", "auth"):
        setattr(one, key, {**getattr(one, key), **given.get(key, {})})
    plain = KNOWN - {"config", "auth", "paused", "is_historical_sync", *TEST_CONTROLS}
    for key in given.keys() & plain:
        setattr(one, key, given[key])
    if one.sync_frequency != 1440:
        one.daily_sync_time = None
    if given.keys() & {"schedule_type", "sync_frequency"}:
        one.next_run_at = at.now + syncing.period(one)
    if "paused" in given:
        syncing.set_paused(one, at, given["paused"])
    if given.get("is_historical_sync"):
        one.is_historical_sync = True
        syncing.resync(one, at)
