"""Guesses about Airbyte's health endpoint, tokens, and refusals."""

import re
from typing import Any

from live.airbyte.account import Account, check
from live.report import Seen, seen_of
from shared.airbyte.bearer import token_lifetime
from shared.airbyte.configuration_api import NOBODY
from shared.errors import SlipwayError
from shared.http.auth import BasicAuth
from shared.http.client import Client

UNKNOWN_JOB = 2**40


@check("date-header")
def date_header(account: Account) -> Seen:
    there = account.health.date is not None
    return there, "a usable Date header" if there else "no usable Date header"


@check("health")
def health(account: Account) -> Seen:
    body = account.health.json
    if account.own:
        keys = ", ".join(sorted(re.sub(r"\W", "", str(key))[:20] for key in body)) if isinstance(body, dict) else "none"
        return isinstance(body, dict) and "available" in body, f"fields {keys}"
    plain = str(account.health.headers.get("Content-Type", "")).startswith("text/plain")
    return plain, "plain text" if plain else "another content type"


@check("token-expires-in")
def token_expires_in(account: Account) -> Seen:
    found = account.fetched()
    if found is None or account.own:
        return None, "no client credentials for the public API"
    there = isinstance(found[1].get("expires_in"), int)
    return there, "expires_in is a number" if there else "no expires_in"


@check("token-form")
def token_form(account: Account) -> Seen:
    found = account.fetched()
    if found is None:
        return None, "no client credentials"
    is_jwt = found[2].count(".") == 2 and found[2].startswith("eyJ")
    return is_jwt, "a JWT" if is_jwt else "opaque"


@check("token-lifetime")
def lifetime(account: Account) -> Seen:
    found = account.fetched()
    if found is None:
        return None, "no client credentials"
    seconds = token_lifetime(found[1], found[2], found[0])
    return seconds == 900, f"{seconds:.0f} s"


@check("unauthorized")
def unauthorized(account: Account) -> Seen:
    """Use made-up credentials: the user's own name with a wrong password might lock the account."""
    made_up = BasicAuth("slipway-made-up", "slipway-made-up")
    stranger = Client(vendor="Airbyte", base_url=account.client.base_url, accept="*/*", auth=made_up)
    stranger.on_answer = account.shapes.add
    body = {"connectionId": NOBODY}
    answer = stranger.ask("/connections/get", body) if account.own else stranger.get(f"/connections/{NOBODY}")
    if account.own and answer.status != 401:
        return None, f"{seen_of(answer)}: this server asks for nothing, or lets anybody in"
    return answer.status == 401, seen_of(answer)


@check("unknown-connection")
def unknown_connection(account: Account) -> Seen:
    return _refusal(lambda: account.api.get_connection(NOBODY), 404)


@check("unknown-job")
def unknown_job(account: Account) -> Seen:
    return _refusal(lambda: account.api.get_job(UNKNOWN_JOB), 500 if account.own else 409)


def _refusal(ask: Any, expected: int) -> Seen:
    """Compare the status of a refusal with the expected one."""
    try:
        ask()
    except SlipwayError as error:
        status = error.answer.status if error.answer else None
        return status == expected, seen_of(error.answer)
    return False, "it was answered"
