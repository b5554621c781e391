"""Guesses about endpoints that are newer or that only some accounts have: destinations, sync history, errors."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from live.fivetran.account import Account, check
from live.report import NothingThere, Seen, seen_of
from shared import timestamps
from shared.fivetran.answers import data
from shared.fivetran.connector import Connector
from shared.fivetran.sync_details import MARGIN
from shared.http.response import Answer
from shared.http.urls import path

SELDOM_SET = ("connect_card", "connect_card_config", "daily_sync_time", "hybrid_deployment_agent_id")
LONGEST_WINDOW = timedelta(days=7)
NOT_HERE = (403, 404)
"""Statuses with which the API refuses an endpoint that the account does not have."""
SETUP_STATUSES = {"connected", "broken", "incomplete"}
HISTORY = ("sync_id", "status", "stages")
ERROR = ("type", "title", "reason", "message", "created_at")


@check("unset-fields")
def unset_fields(account: Account) -> Seen:
    details = data(account.details)
    null = [name for name in SELDOM_SET if name in details and details[name] is None]
    return not null, f"null: {', '.join(null)}" if null else "what is not set is left out"


@check("destination-status")
def destination_status(account: Account) -> Seen:
    groups = {str(row["group_id"]) for row in account.rows if row.get("group_id")}
    if not groups:
        raise NothingThere("this account has no connector in a group")
    answer = account.client.get("/destinations" + path(min(groups)))
    if answer.status in NOT_HERE:
        return None, f"{seen_of(answer)}: this key may not read destinations"
    status = str(data(answer).get("setup_status"))
    case = "lower case" if status.islower() else "upper case" if status.isupper() else "mixed case"
    known = status.casefold() in SETUP_STATUSES
    return known, f"a known status in {case}" if known else "another status"


@check("sync-history")
def sync_history(account: Account) -> Seen:
    now = account.page.date
    if now is None:
        return None, "no Date to ask for a window by"
    window = {"start_time": f"{now - LONGEST_WINDOW:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    return _rows(account.client.get("/connections" + _newest(account) + "/sync-history", window), HISTORY)


@check("sync-history-end")
def sync_history_end(account: Account) -> Seen:
    """Compare the ends of syncs with the connection's last success, which is one of them if it is kept so long."""
    connector = Connector(account.client.get("/connections" + _newest(account)).json["data"])
    if connector.succeeded_at is None:
        return None, "no connector has synced"
    start, end = connector.succeeded_at - LONGEST_WINDOW + MARGIN, connector.succeeded_at + MARGIN
    window = {"start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    answer = account.client.get("/connections" + _newest(account) + "/sync-history", window)
    if answer.status in NOT_HERE:
        return None, f"{seen_of(answer)}: this account does not have it"
    rows = [row for row in data(answer).get("items") or [] if row.get("end")]
    if not rows:
        return None, "no sync that has ended is kept"
    apart = min(abs(timestamps.parse(row["end"]) - connector.succeeded_at) for row in rows)
    return apart <= MARGIN, f"of {len(rows)} ends the nearest is {apart.total_seconds():.0f} s from succeeded_at"


@check("connection-errors")
def connection_errors(account: Account) -> Seen:
    return _rows(account.client.get("/connections" + _newest(account) + "/errors"), ERROR)


def _newest(account: Account) -> str:
    """Return the path of the connector that succeeded last. Raise NothingThere if none has."""
    synced = [row for row in account.rows if row.get("succeeded_at")]
    if not synced:
        raise NothingThere("no connector has synced")
    return path(str(max(synced, key=lambda row: str(row["succeeded_at"])).get("id")))


def _rows(answer: Answer, fields: Iterable[str]) -> Seen:
    """Check that the rows of an answer have all fields, or that the account does not have the endpoint."""
    if answer.status in NOT_HERE:
        return True, f"{seen_of(answer)}: this account does not have it"
    rows: list[Any] = data(answer).get("items") or []
    lacking = sorted({field for row in rows if isinstance(row, Mapping) for field in fields if field not in row})
    return not lacking, f"{len(rows)} rows{f', lacking {chr(44).join(lacking)}' if lacking else ''}"
