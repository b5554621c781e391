"""Connections as the API shows them.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/connection-details and
https://fivetran.com/docs/rest-api/api-reference/connections/list-connections.
"""

from __future__ import annotations

import re
from typing import Any

from emulator.clock import stamp_text
from emulator.fivetran.connector import Connector
from emulator.fivetran.switches import Switches
from emulator.fivetran.sync_lifecycle import Moment, shown_state

MASK = "******"
SECRET = re.compile(
    r"passw|secret(?!s_manager|s_list)|token|private_key|api_?key|access_key|passphrase|credential|^pat$",
    re.I,
)
ONLY_IN_DETAILS = ("config", "setup_tests", "source_sync_details")
SELDOM_SET = (
    "connect_card",
    "connect_card_config",
    "daily_sync_time",
    "destination_configuration",
    "external_secrets_keys_config",
    "external_secrets_manager_id",
    "hybrid_deployment_agent_id",
    "rescheduled_for",
)
"""Fields that recorded answers lack if they are not set."""


def details(one: Connector, at: Moment, tests: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return a connection's details, with `setup_tests` only if tests were run."""
    found = common(one, at)
    found["config"] = masked(one.config)
    found["connect_card"] = one.connect_card if one.connect_card_until > at.now else None
    found["connect_card_config"] = one.connect_card_config
    if tests is not None:
        found["setup_tests"] = tests
    return without_unset(found, at.switches)


def row(one: Connector, at: Moment) -> dict[str, Any]:
    """Return a connection's row in a list. Fields that only details show are null."""
    found = without_unset(common(one, at), at.switches)
    if not at.switches.list_nulls:
        return found
    return {**found, **dict.fromkeys(ONLY_IN_DETAILS), "daily_sync_time": found.get("daily_sync_time")}


def without_unset(shown: dict[str, Any], switches: Switches) -> dict[str, Any]:
    """Return an object without the fields of `SELDOM_SET` that are not set, unless they are shown as null."""
    if switches.unset_fields == "null":
        return shown
    return {key: one for key, one in shown.items() if key not in SELDOM_SET or one not in (None, {})}


def common(one: Connector, at: Moment) -> dict[str, Any]:
    """Return the fields that details and rows share."""
    switches = at.switches
    found: dict[str, Any] = {
        "id": one.id,
        "service": one.service,
        "schema": one.schema,
        "paused": one.paused,
        "status": status(one, at),
        "group_id": one.group_id,
        "service_version": one.service_version,
        "connected_by": one.connected_by,
        "created_at": stamp_text(one.created_at),
        **last_syncs(one, switches),
        "pause_after_trial": one.pause_after_trial,
        "sync_frequency": one.sync_frequency,
        "data_delay_threshold": one.data_delay_threshold,
        "data_delay_sensitivity": one.data_delay_sensitivity,
        "private_link_id": one.private_link_id,
        "networking_method": one.networking_method,
        "proxy_agent_id": one.proxy_agent_id,
        "daily_sync_time": one.daily_sync_time if one.sync_frequency == 1440 else None,
        "schedule_type": one.schedule_type,
        "source_sync_details": one.source_sync_details,
        "hybrid_deployment_agent_id": one.hybrid_deployment_agent_id,
        "destination_configuration": one.destination_configuration,
        "destination_schema_names": one.destination_schema_names,
        "external_secrets_manager_id": one.external_secrets_manager_id,
        "external_secrets_keys_config": one.external_secrets_keys_config or {},
    }
    if one.schedule is not None:
        found["schedule"] = one.schedule
    return found


def status(one: Connector, at: Moment) -> dict[str, Any]:
    """Return `status`. It does not show how the last sync ended; `succeeded_at` and `failed_at` do."""
    shown = shown_state(one, at)
    waiting = one.rescheduled_for if shown == "rescheduled" else None
    found: dict[str, Any] = {
        "setup_state": one.setup_state,
        "sync_state": shown,
        "update_state": one.update_state,
        "is_historical_sync": one.is_historical_sync,
        "rescheduled_for": None if waiting is None else stamp_text(waiting, at.switches.timestamp_digits),
        "tasks": one.tasks,
        "warnings": one.warnings,
    }
    if one.schema_status is not None:
        found["schema_status"] = one.schema_status
    return without_unset(found, at.switches)


def last_syncs(one: Connector, switches: Switches) -> dict[str, str | None]:
    """Return `succeeded_at` and `failed_at`. The switch `missing_stamps` says how missing ones are shown."""
    stamps = {"succeeded_at": one.succeeded_at, "failed_at": one.failed_at}
    return {
        name: None if stamp is None else stamp_text(stamp, switches.timestamp_digits)
        for name, stamp in stamps.items()
        if stamp is not None or switches.missing_stamps == "null"
    }


def masked(value: Any, name: str = "") -> Any:
    """Return `value` with every secret masked as `******`, judged by the field's name."""
    if isinstance(value, dict):
        if {"key", "value"} == value.keys():  # an entry of secrets_list
            return {"key": value["key"], "value": MASK}
        return {key: masked(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [masked(one, name) for one in value]
    return MASK if value is not None and SECRET.search(name) and not isinstance(value, bool) else value
