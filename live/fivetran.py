"""Fivetran's guesses that reading can settle. Each is the row of docs/unverified.md with its name."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from live.report import Checks, seen_of
from shared.answer import Answer
from shared.auth import BasicAuth
from shared.errors import Unreachable
from shared.fivetran.answers import data
from shared.fivetran.api import ACCEPT, Fivetran
from shared.fivetran.connector import Connector
from shared.fivetran.paging import LARGEST_PAGE
from shared.fivetran.settings import FivetranSettings
from shared.fivetran.transformation import GOING_ON, Transformation
from shared.http import Client
from shared.run import Run
from shared.urls import path

Seen = tuple[bool | None, str]
NO_SUCH = "no_such_connection_of_slipway"
SYNC_STATES = {"scheduled", "syncing", "paused", "rescheduled"}
SETUP_STATES = {"connected", "broken", "incomplete"}
ENDED = {"SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELED", "BLOCKED"}
STAMPS = ("succeeded_at", "failed_at", "created_at")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TOLERANCE = 2.0
"""Seconds that a stamp may be ahead of ``Date``, which is cut to whole seconds."""

check = Checks()


class Account:
    """What is read once and looked at by several checks. It is a dry run: a write would not be sent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.settings = FivetranSettings({**environ, "SLIPWAY_DRY_RUN": "TRUE"})
        self.run = Run("fivetran/check_live", self.settings, environ)
        self.api = Fivetran(self.run)
        self.client = self.api.client

    @cached_property
    def account(self) -> Answer:
        return self.api.get_account()

    @cached_property
    def page(self) -> Answer:
        """The first page of connectors, with as many rows as there may be."""
        return self.client.get("/connections", {"limit": LARGEST_PAGE})

    @cached_property
    def rows(self) -> list[Mapping[str, Any]]:
        items = data(self.page).get("items")
        return [row for row in items if isinstance(row, Mapping)] if isinstance(items, list) else []

    @cached_property
    def details(self) -> Answer:
        """Of the first connector. Raises Unreachable where there is none."""
        if not self.rows:
            raise Unreachable("Fivetran: this account has no connector", self.page)
        return self.client.get("/connections" + path(str(self.rows[0].get("id"))))


@check("clock-header")
def clock_header(account: Account) -> Seen:
    date = account.account.date
    return date is not None, "a usable Date header" if date else "no usable Date header"


@check("stamp-clock")
def stamp_clock(account: Account) -> Seen:
    if account.page.date is None:
        return None, "no Date to hold stamps against"
    now = account.page.date
    connectors = [Connector(row) for row in account.rows]
    stamps = [stamp for one in connectors for stamp in (one.succeeded_at, one.failed_at) if stamp]
    if not stamps:
        return None, "no connector has ever ended a sync"
    ahead = max((stamp - now).total_seconds() for stamp in stamps)
    return ahead <= TOLERANCE, f"of {len(stamps)} stamps the latest is {ahead:.0f} s after Date"


@check("stamp-form")
def stamp_form(account: Account) -> Seen:
    texts = [str(row[field]) for row in account.rows for field in STAMPS if row.get(field) is not None]
    if not texts:
        return None, "no stamp"
    matches = [STAMP.fullmatch(text) for text in texts]
    digits = Counter(len(match[1] or ".") - 1 for match in matches if match)
    forms = ", ".join(f"{count} with {number} digits" for number, count in sorted(digits.items()))
    odd = matches.count(None)
    return not odd, f"{forms or 'none'}{f', {odd} of another form' if odd else ''}"


@check("missing-stamps")
def missing_stamps(account: Account) -> Seen:
    fields = [(row, field) for row in account.rows for field in STAMPS[:2]]
    null = sum(field in row and row[field] is None for row, field in fields)
    absent = sum(field not in row for row, field in fields)
    if not null + absent:
        return None, "every connector has both stamps"
    return absent == 0, f"{null} null, {absent} absent"


@check("paging")
def paging(account: Account) -> Seen:
    first = data(account.client.get("/connections", {"limit": 1}))
    if len(account.rows) < 2:
        return None, f"{len(account.rows)} connectors are no two pages"
    second = data(account.client.get("/connections", {"limit": 1, "cursor": first.get("next_cursor")}))
    pages = [page.get("items") or [] for page in (first, second)]
    different = bool(first.get("next_cursor")) and pages[0] != pages[1] and [len(page) for page in pages] == [1, 1]
    asked = "one row a page, as asked" if different else "pages are not as asked"
    return different, f"{asked}; {len(account.rows)} rows in one page of {LARGEST_PAGE}, next_cursor {_end(account)}"


def _end(account: Account) -> str:
    """What the cursor of the largest page is: of how few connectors it must be the last one's."""
    found = data(account.page)
    if "next_cursor" not in found:
        return "absent"
    cursor = found["next_cursor"]
    return "null" if cursor is None else "given" if cursor else "empty"


@check("rate-limit-headers")
def rate_limit_headers(account: Account) -> Seen:
    headers = account.account.headers
    names = [name for name in ("X-Rate-Limit", "X-Rate-Limit-Remaining") if str(headers.get(name, "")).isdigit()]
    return len(names) == 2, f"{' and '.join(names) or 'neither'} there as a number"


@check("messages")
def messages(account: Account) -> Seen:
    answers = [account.account, account.page]
    there = sum(bool(answer.json.get("message")) for answer in answers if isinstance(answer.json, dict))
    return there == len(answers), f"{there} of {len(answers)} answers with data have a message"


@check("accept-version-2")
def accept_version_2(account: Account) -> Seen:
    paths = ("/groups", "/metadata/connector-types", "/transformations")
    answers = [account.client.get(where, {"limit": 1}) for where in paths]
    return all(answer.status == 200 for answer in answers), ", ".join(seen_of(answer) for answer in answers)


@check("not-found-code")
def not_found_code(account: Account) -> Seen:
    answer = account.client.get("/connections" + path(NO_SUCH))
    code = answer.json.get("code") if isinstance(answer.json, dict) else None
    return answer.status == 404 and str(code).startswith("NotFound"), seen_of(answer)


@check("unauthorized")
def unauthorized(account: Account) -> Seen:
    """With a key that is made up: a user's own with a wrong secret might lock it."""
    stranger = Client("Fivetran", account.settings.api_url, BasicAuth("slipway-made-up", "slipway-made-up"), ACCEPT)
    answer = stranger.get("/account/info")
    return answer.status == 401, seen_of(answer)


@check("legacy-paths")
def legacy_paths(account: Account) -> Seen:
    where = ["/connectors"]
    if account.rows:
        row = account.rows[0]
        where = ["/connectors" + path(str(row.get("id"))), path("groups", str(row.get("group_id")), "connectors")]
    answers = [account.client.get(one) for one in (*where, "/metadata/connectors")]
    return all(answer.status == 200 for answer in answers), ", ".join(seen_of(answer) for answer in answers)


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
    if answer.status == 200:
        return None, "200 for a connector that has never synced: it may have been reloaded"
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


def reachable(account: Account) -> None:
    """Raises the error that says why nothing can be checked: credentials refused, unreachable, rate limited."""
    data(account.account)
