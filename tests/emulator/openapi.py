"""Fivetran's OpenAPI document, if a copy of it is there, and the calls that are checked against it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

SPECS = Path(os.environ.get("SLIPWAY_SPECS") or Path(__file__).parents[3] / "shared" / "specs")
ID = "/v1/connections/speak_inexpensive"
NEW = {
    "group_id": "decent_dropsy",
    "service": "stripe",
    "config": {"schema": "till", "api_key": "sk_live"},
}
MODEL = {
    "type": "DBT_CORE",
    "paused": True,
    "schedule": {"schedule_type": "INTEGRATED", "connection_ids": ["speak_inexpensive"], "smart_syncing": False},
    "transformation_config": {
        "project_id": "wooden_abacus",
        "name": "after the shop",
        "steps": [{"name": "run", "command": "dbt run"}],
    },
}
PACKAGE = {
    "type": "QUICKSTART",
    "schedule": {"schedule_type": "INTEGRATED"},
    "transformation_config": {"package_name": "google_ads", "connection_ids": ["sleepy_lantern"]},
}
DAILY = {"schedule_type": "TIME_OF_DAY", "time_of_day": "05:30", "days_of_week": ["MONDAY"], "interval": 60}
CARD = {"connect_card_config": {"redirect_uri": "https://example.com", "hide_setup_guide": True}}
SCHEMA = {
    "enabled": True,
    "tables": {"orders": {"enabled": True, "columns": {"total": {"enabled": True, "hashed": True}}}},
}
CALLS = [
    ("GET", "/v1/account/info", None),
    ("GET", "/v1/connections?limit=5", None),
    ("GET", "/v1/connections?limit=1000", None),
    ("GET", ID, None),
    ("POST", "/v1/connections", NEW),
    (
        "POST",
        "/v1/connections",
        {**NEW, **CARD, "run_setup_tests": False, "destination_schema_names": "SOURCE_NAMING"},
    ),
    ("PATCH", ID, {"sync_frequency": 1440, "daily_sync_time": "05:00"}),
    ("PATCH", ID, {"paused": True, "run_setup_tests": False}),
    ("POST", f"{ID}/sync", {"force": True}),
    ("POST", f"{ID}/resync", {"scope": {"sales": ["orders"]}}),
    ("POST", f"{ID}/test", {}),
    ("POST", "/v1/connections/cautious_handshake/test", {"trust_certificates": True}),
    ("POST", "/v1/connections/fractured_compass/test", {}),
    ("POST", f"{ID}/connect-card", CARD),
    ("DELETE", "/v1/connections/gratuitous_bounty", None),
    ("GET", f"{ID}/schemas", None),
    ("PATCH", f"{ID}/schemas", {"schema_change_handling": "BLOCK_ALL", "schemas": {"sales": SCHEMA}}),
    ("PATCH", f"{ID}/schemas/sales", SCHEMA),
    ("PATCH", f"{ID}/schemas/sales/tables/orders", SCHEMA["tables"]["orders"]),
    ("PATCH", f"{ID}/schemas/sales/tables/orders/columns/total", {"enabled": False}),
    ("POST", f"{ID}/schemas/reload", {"exclude_mode": "PRESERVE"}),
    ("POST", f"{ID}/schemas/tables/resync", {"sales": ["orders"]}),
    ("GET", f"{ID}/schemas/sales/tables/orders/columns", None),
    ("POST", "/v1/connections/unopened_parcel/schemas", {"schemas": {"hubspot": {"enabled": True}}}),
    ("GET", "/v1/connections/handmade_widget/state", None),
    ("PATCH", "/v1/connections/handmade_widget/state", {"state": {"cursor": 1}}),
    ("GET", "/v1/groups", None),
    ("GET", "/v1/groups/decent_dropsy", None),
    ("GET", "/v1/groups/decent_dropsy/connections", None),
    ("GET", "/v1/metadata/connector-types?limit=3", None),
    ("GET", "/v1/metadata/connector-types/google_ads", None),
    ("GET", "/v1/transformations", None),
    ("GET", "/v1/transformations/reluctant_harvest", None),
    ("POST", "/v1/transformations", MODEL),
    ("POST", "/v1/transformations", PACKAGE),
    ("PATCH", "/v1/transformations/reluctant_harvest", {"paused": True, "schedule": DAILY}),
    ("DELETE", "/v1/transformations/crooked_ledger", None),
    ("POST", "/v1/transformations/reluctant_harvest/run", {"full_refresh": True}),
    ("POST", "/v1/transformations/reluctant_harvest/cancel", None),
]


def read_document() -> Any:
    """Return the OpenAPI document. Skip the test if there is none."""
    path = SPECS / "fivetran_openapi.json"
    if not path.is_file():
        pytest.skip(f"no copy of Fivetran's OpenAPI document at {path}; SLIPWAY_SPECS names its folder")
    return json.loads(path.read_text(encoding="utf-8"))


def problems(document: Any, schema: Any, value: Any) -> list[str]:
    """Return what is wrong with a value, in words."""
    from openapi_schema_validator import OAS30Validator

    whole = {**schema, "components": document["components"]}
    return [f"{list(one.absolute_path)}: {one.message}" for one in OAS30Validator(whole).iter_errors(value)]


def operation(document: Any, method: str, path: str) -> Any:
    """Return the operation of a path. One without parameters is preferred."""
    path = path.partition("?")[0]
    found = [
        one
        for template, one in document["paths"].items()
        if method.lower() in one and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    assert found, f"the document has no {method} {path}"
    return found[0][method.lower()]
