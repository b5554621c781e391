"""Guesses about the form of Fivetran's answers: clocks and stamps, pages, headers, codes, paths."""

import re
from collections import Counter

from live.fivetran.account import NO_SUCH, STAMPS, Account, check
from live.report import Seen, seen_of
from shared.fivetran.answers import data
from shared.fivetran.api import ACCEPT
from shared.fivetran.connector import Connector
from shared.fivetran.paging import LARGEST_PAGE
from shared.http.auth import BasicAuth
from shared.http.client import Client
from shared.http.urls import path

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TOLERANCE = 2.0
"""Seconds that a stamp may be ahead of ``Date``, which is cut to whole seconds."""


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
    return (
        ahead <= TOLERANCE,
        f"of {len(stamps)} stamps the latest is {abs(ahead):.0f} s {'after' if ahead > 0 else 'before'} Date",
    )


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
    """Describe ``next_cursor`` of the largest page, which is the last page of an account with few connectors."""
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
    """Use a made-up key: the user's own key with a wrong secret might be locked."""
    made_up = BasicAuth("slipway-made-up", "slipway-made-up")
    stranger = Client(vendor="Fivetran", base_url=account.settings.api_url, accept=ACCEPT, auth=made_up)
    stranger.on_answer = account.shapes.add
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
