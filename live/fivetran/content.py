"""Guesses about the content of Fivetran's answers: connectors, schemas, connector types and transformations."""

import re
from collections.abc import Mapping

from live.fivetran.account import NO_SUCH, STAMPS, Account, check
from live.report import Seen, seen_of
from shared.fivetran.answers import data
from shared.fivetran.connector import Connector
from shared.fivetran.paging import LARGEST_PAGE
from shared.fivetran.transformations.transformation import GOING_ON, Transformation
from shared.http.urls import path

SYNC_STATES = {"scheduled", "syncing", "paused", "rescheduled"}
SETUP_STATES = {"connected", "broken", "incomplete"}
ENDED = {"SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELED", "BLOCKED"}


@check("list-rows")
def list_rows(account: Account) -> Seen:
    details, row = data(account.details), account.rows[0]
    fields = ["service", "schema", "paused", "schedule_type", "sync_frequency", *STAMPS]
    missing = [field for field in fields if (field in details) != (field in row)]
    states = [one for one in ("setup_state", "sync_state", "update_state") if one not in (row.get("status") or {})]
    lacking = [*missing, *states]
    return not lacking, f"a row lacks {', '.join(lacking)}" if lacking else "a row has what details have of the state"


@check("known-states")
def known_states(account: Account) -> Seen:
    connectors = [Connector(row) for row in account.rows]
    if not connectors:
        return None, "no connector"
    unknown = {one.sync_state for one in connectors} - SYNC_STATES | {
        one.setup_state for one in connectors
    } - SETUP_STATES
    shown = ", ".join(sorted(re.sub(r"\W", "", state)[:40] or "none" for state in unknown))
    return not unknown, f"unknown: {shown}" if unknown else f"those of {len(connectors)} connectors are known"


@check("no-schema-config")
def no_schema_config(account: Account) -> Seen:
    fresh = next((row for row in account.rows if not row.get("succeeded_at")), None)
    if fresh is None:
        return None, "every connector has synced"
    answer = account.client.get("/connections" + path(str(fresh.get("id")), "schemas"))
    code = answer.json.get("code") if isinstance(answer.json, dict) else None
    if answer.status == 200 and data(answer).get("schemas"):
        return None, "200 with schemas for a connector that has never synced: it may have been reloaded"
    if answer.status == 200:
        return True, "200 without schemas"
    return answer.status == 404 and code == "NotFound_SchemaConfig", seen_of(answer)


@check("schema-required-fields")
def schema_required_fields(account: Account) -> Seen:
    synced = next((row for row in account.rows if row.get("succeeded_at")), None)
    if synced is None:
        return None, "no connector has synced"
    schemas = data(account.client.get("/connections" + path(str(synced.get("id")), "schemas"))).get("schemas") or {}
    tables = [table for schema in schemas.values() for table in (schema.get("tables") or {}).values()]
    lacking = sum("enabled" not in node for node in (*schemas.values(), *tables))
    listed = sum(len(table.get("columns") or {}) for table in tables)
    return (
        not lacking,
        f"{len(schemas)} schemas, {len(tables)} tables, {listed} columns listed, {lacking} without enabled",
    )


@check("unknown-group")
def unknown_group(account: Account) -> Seen:
    answer = account.client.get("/connections", {"group_id": NO_SUCH})
    found = len(data(answer).get("items") or []) if answer.status == 200 else 0
    return answer.status == 404 or not found, f"{seen_of(answer)}, {found} rows"


@check("type-parameters")
def type_parameters(account: Account) -> Seen:
    config = data(account.client.get("/metadata/connector-types/postgres")).get("config")
    found = config if isinstance(config, Mapping) else {}
    keys = [key for key in ("type", "properties", "required") if key in found]
    return isinstance(
        found.get("properties"), Mapping
    ), f"{len(found)} keys, of which {', '.join(keys) or 'none is known'}"


@check("transformation-states")
def transformation_states(account: Account) -> Seen:
    items = data(account.client.get("/transformations", {"limit": LARGEST_PAGE})).get("items") or []
    if not items:
        return None, "no transformation"
    found = [Transformation(item) for item in items]
    unknown = {one.status for one in found} - GOING_ON - ENDED
    stamped = sum(one.ended_at is not None for one in found)
    shown = ", ".join(sorted(re.sub(r"\W", "", status)[:40] for status in unknown))
    return not unknown, f"{stamped} of {len(found)} have last_ended_at{f'; unknown: {shown}' if unknown else ''}"
