"""Endpoints that create connections and Connect Cards.

Documented at https://fivetran.com/docs/rest-api/api-reference/connections/create-connection.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Response

from emulator.fivetran import connection_responses, sync_lifecycle
from emulator.fivetran.api import (
    CONFLICT,
    INVALID,
    ApiError,
    Json,
    body,
    connection,
    current_account,
    endpoint,
    success,
)
from emulator.fivetran.connector import Connector
from emulator.fivetran.generated_connections import names
from emulator.fivetran.groups import group
from emulator.fivetran.sample_connections import USER
from emulator.fivetran.sample_schemas import application
from emulator.fivetran.setup_tests import run_tests
from emulator.fivetran.type_data import TABLE_GROUP, Service
from emulator.fivetran.updates import KNOWN as UPDATABLE
from emulator.fivetran.updates import change, check_daily_time, check_fields, check_private_link, check_service

DAY = 86400.0  # seconds
NOT_AT_CREATION = {"is_historical_sync", "schema_status", "connect_card_config"}
NAMINGS = ("FIVETRAN_NAMING", "SOURCE_NAMING")


@endpoint("POST", "/connections")
def create_connection() -> Response:
    """Create a connection. The answer is 201 even if the setup tests fail; the connection is then incomplete."""
    given = body(required=True)
    for key in ("group_id", "service"):
        if not isinstance(given.get(key), str) or not given[key]:
            raise ApiError(400, INVALID, f"Field '{key}' is required")
    target = group(given["group_id"])
    service = check_service(given["service"])
    rest = {key: one for key, one in given.items() if key not in ("group_id", "service")}
    card = card_config(rest.pop("connect_card_config")) if "connect_card_config" in rest else None
    naming = rest.pop("destination_schema_names", "FIVETRAN_NAMING")
    if naming not in NAMINGS:
        raise ApiError(400, INVALID, f"Field 'destination_schema_names' must be one of {', '.join(NAMINGS)}")
    check_fields(rest, UPDATABLE - NOT_AT_CREATION)
    check_daily_time(rest, Connector.sync_frequency)
    check_private_link(rest, Connector.networking_method)
    schema = schema_of(service, rest.get("config", {}))
    if any(one.group_id == target.id and one.schema == schema for one in current_account().connectors.values()):
        raise ApiError(409, CONFLICT, f"Connection with schema '{schema}' already exists in group '{target.id}'")
    spend_creation()
    one = new_connection(service, target.id, schema)
    one.destination_schema_names = naming
    change(one, {key: value for key, value in rest.items() if key in UPDATABLE - NOT_AT_CREATION})
    if card is not None:
        issue_card(one, card)
    tests = run_tests(one, rest) if rest.get("run_setup_tests", True) else None
    data = connection_responses.details(one, current_account().at(), tests)
    return success("Connection has been created", data, status=201)


def spend_creation() -> None:
    """Count a creation, or raise a 429. Creations have a limit per minute, besides the hourly limit of all calls."""
    account = current_account()
    if not account.creations.spend():
        most = account.switches.creations_per_minute
        message = f"No more than {most} connectors can be created in one-minute  time period"
        raise ApiError(429, "TooManyRequests", message, retry_after=account.creations.wait())


def new_connection(service: Service, group_id: str, schema: str) -> Connector:
    """Add a connection that has never been tested. A Connector SDK connection is created paused."""
    account = current_account()
    name = next(one for one in names() if one not in account.connectors)
    one = Connector(
        name,
        service.id,
        schema,
        group_id,
        paused=service.id == "connector_sdk",
        connected_by=USER,
        setup_state="incomplete",
        is_historical_sync=True,
        schedule_type="auto",
        created_at=account.at().stamp(account.clock.now()),
        source=application(schema.partition(".")[0], "accounts"),
    )
    one.next_run_at = account.clock.now() + sync_lifecycle.period(one)
    account.connectors[name] = one
    return one


def schema_of(service: Service, config: Json) -> str:
    """Return the name in the destination, built from fields of the type: `schema_prefix`, or `schema` and `table`.

    S3 connections have `table_group_name`, older ones `table`.
    """
    if TABLE_GROUP not in config and "table" in config:
        config = {**config, TABLE_GROUP: config["table"]}
    for key in service.names:
        if not isinstance(config.get(key), str) or not config[key]:
            raise ApiError(400, INVALID, f"Field 'config.{key}' is required")
    return ".".join(config[key] for key in service.names)


@endpoint("POST", "/connections/<connection_id>/connect-card")
def create_connect_card(connection_id: str) -> Response:
    """Create a Connect Card, with which somebody else authorizes the connection. It is valid for a day."""
    one = connection(connection_id)
    issue_card(one, card_config(body(required=True).get("connect_card_config")))
    data = {
        "connector_id": one.id,
        "connect_card": one.connect_card,
        "connect_card_config": one.connect_card_config,
    }
    return success("Connection Connect Card has been created", data)


def card_config(given: Any) -> Json:
    """Check a `connect_card_config`. `redirect_uri` is required and starts with http or https."""
    if not isinstance(given, dict):
        raise ApiError(400, INVALID, "Field 'connect_card_config' is required")
    uri = given.get("redirect_uri")
    if not isinstance(uri, str) or not uri.startswith(("http://", "https://")):
        raise ApiError(400, INVALID, "Field 'redirect_uri' must start with http or https")
    for key in ("hide_setup_guide", "all_fields"):
        if not isinstance(given.get(key, False), bool):
            raise ApiError(400, INVALID, f"Field '{key}' must be a boolean")
    return {
        "redirect_uri": uri,
        **{key: given[key] for key in ("hide_setup_guide", "all_fields") if key in given},
    }


def issue_card(one: Connector, config: Json) -> None:
    """Give a connection a new card, which replaces the old one."""
    token = f"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{secrets.token_urlsafe(48)}.{secrets.token_urlsafe(32)}"
    query = {"auth": token, "redirect_uri": config["redirect_uri"]}
    if config.get("hide_setup_guide"):
        query["hideSetupGuide"] = "true"
    one.connect_card = {"token": token, "uri": f"https://fivetran.com/connect-card/setup?{urlencode(query)}"}
    one.connect_card_config = config
    one.connect_card_until = current_account().clock.now() + DAY
