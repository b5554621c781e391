"""The endpoint that changes a connection.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/modify-connection.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from emulator.fivetran import connection_responses, sync_lifecycle
from emulator.fivetran.api import INVALID, ApiError, Json, body, connection, current_account, endpoint, success
from emulator.fivetran.changes import answered, stop_sync
from emulator.fivetran.connector import SENSITIVITIES, SYNC_FREQUENCIES, Connector
from emulator.fivetran.setup_tests import TRUST, run_tests
from emulator.fivetran.type_data import SERVICES, Service

WHOLE_HOUR = re.compile(r"([01]\d|2[0-3]):00")
TEST_CONTROLS = ("run_setup_tests", *TRUST)
BOOLEANS = ("paused", "pause_after_trial", "is_historical_sync", *TEST_CONTROLS)
OBJECTS = ("config", "auth", "destination_configuration", "external_secrets_keys_config", "schedule")
OF_TEXTS = ("destination_configuration", "external_secrets_keys_config")  # objects whose values are texts
CHOICES: dict[str, tuple[Any, ...]] = {
    "sync_frequency": SYNC_FREQUENCIES,
    "schedule_type": ("auto", "manual"),
    "schema_status": ("blocked_on_capture", "ready"),
    "networking_method": ("Directly", "PrivateLink", "SshTunnel", "ProxyAgent"),
    "data_delay_sensitivity": SENSITIVITIES,
}
TEXTS = (
    "daily_sync_time",
    "hybrid_deployment_agent_id",
    "proxy_agent_id",
    "private_link_id",
    "external_secrets_manager_id",
)
NUMBERS = ("data_delay_threshold",)
KNOWN = frozenset({*BOOLEANS, *OBJECTS, *CHOICES, *TEXTS, *NUMBERS})


@endpoint("PATCH", "/connections/<connection_id>")
def modify_connection(connection_id: str) -> Response:
    """Change the given fields.

    Setup tests run if `config` or `auth` is given, unless `run_setup_tests` is false.
    """
    one = connection(connection_id)
    given = body(required=True)
    if "service" in given:
        check_service(given["service"])
    check_fields(given, KNOWN)
    if not (given.keys() & KNOWN) - set(TEST_CONTROLS):
        raise ApiError(400, INVALID, "No update parameters specified")
    check_daily_time(given, one.sync_frequency)
    check_private_link(given, one.networking_method)
    if not given.get("paused"):  # a pause stops it anyway
        stop_sync(one)
    change(one, given)
    is_tested = given.get("run_setup_tests", True) and given.keys() & {"config", "auth"}
    tests = run_tests(one, given) if is_tested else None
    data = connection_responses.details(one, current_account().at(), tests)
    return answered(success("Connection has been updated", data))


def check_service(service: Any) -> Service:
    """Return a connector type, or raise a 400."""
    found = SERVICES.get(service) if isinstance(service, str) else None
    if found is None:
        raise ApiError(400, INVALID, f"Unsupported connector service '{service}'")
    return found


def check_fields(given: Json, known: frozenset[str]) -> None:
    """Raise a 400 for an invalid value, and for an unknown field if the switch `unknown_fields` says so."""
    for key, value in given.items():
        if key not in known:
            if current_account().switches.unknown_fields == "refuse":
                raise ApiError(400, INVALID, f"Unknown field '{key}'")
        elif not is_valid(key, value):
            raise ApiError(400, INVALID, f"Invalid value for field '{key}'")


def is_valid(key: str, value: Any) -> bool:
    """Return whether a field may have a value. Only text fields may be null."""
    if key in BOOLEANS:
        return isinstance(value, bool)
    if key == "sync_frequency" and isinstance(value, str) and current_account().switches.sync_frequency_text:
        return value in map(str, SYNC_FREQUENCIES)
    if key in CHOICES:
        return any(value == choice and type(value) is type(choice) for choice in CHOICES[key])
    if key in OBJECTS:
        return isinstance(value, dict) and (key not in OF_TEXTS or all(isinstance(one, str) for one in value.values()))
    if key in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value is None or isinstance(value, str)


def check_daily_time(given: Json, sync_frequency: int) -> None:
    """Raise a 400 unless `daily_sync_time` is a whole hour of a daily schedule."""
    time = given.get("daily_sync_time")
    if time is None:
        return
    if not WHOLE_HOUR.fullmatch(time):
        raise ApiError(400, INVALID, "Field 'daily_sync_time' must be a whole hour from 00:00 to 23:00")
    if int(given.get("sync_frequency", sync_frequency)) != 1440:
        raise ApiError(400, INVALID, "Field 'daily_sync_time' requires sync_frequency 1440")


def check_private_link(given: Json, networking_method: str) -> None:
    """Raise a 400 for a private link of a connection that uses another networking method."""
    method = given.get("networking_method", networking_method)
    if given.get("private_link_id") is not None and method != "PrivateLink":
        raise ApiError(400, INVALID, "Networking method must be PrivateLink in order to set private_link_id")


def change(one: Connector, given: Json) -> None:
    """Set the given fields. `config` and `auth` are merged."""
    at = current_account().at()
    for key in ("config", "auth"):
        setattr(one, key, {**getattr(one, key), **given.get(key, {})})
    plain = KNOWN - {"config", "auth", "paused", "is_historical_sync", *TEST_CONTROLS}
    for key in given.keys() & plain:
        setattr(one, key, given[key])
    one.sync_frequency = int(one.sync_frequency)
    if one.sync_frequency != 1440:
        one.daily_sync_time = None
    if given.keys() & {"schedule_type", "sync_frequency", "daily_sync_time"}:
        one.next_run_at = sync_lifecycle.next_after(one, at.now)
    if "paused" in given:
        sync_lifecycle.set_paused(one, at, given["paused"])
    if given.get("is_historical_sync"):
        one.is_historical_sync = True
        sync_lifecycle.resync(one, at)
