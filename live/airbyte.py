"""Airbyte's guesses that reading can settle. Each is a row of docs/unverified.md with its name, under Airbyte.

The server is the one that the blueprints would use; on the Configuration API ``AIRBYTE_CONNECTION_ID`` or
``AIRBYTE_WORKSPACE_ID`` says where to look.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from live.report import Checks, seen_of
from shared.airbyte.api import connect
from shared.airbyte.bearer import PATH, token_lifetime
from shared.airbyte.configuration_api import NOBODY, ConfigurationApi
from shared.airbyte.job import ENDED, RUNNING, Connection, Job
from shared.airbyte.settings import CLIENT, UUID, AirbyteSettings
from shared.answer import Answer
from shared.auth import BasicAuth, NoAuth
from shared.errors import SlipwayError, Unreachable
from shared.http import Client
from shared.run import Run
from shared.settings import Variable

Seen = tuple[bool | None, str]
UNKNOWN_JOB = 2**40
STATUSES = {"active", "inactive", "deprecated", "locked"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z")

check = Checks()


class Settings(AirbyteSettings):
    """The blueprints' own, and where to look."""

    connection_id = Variable("AIRBYTE_CONNECTION_ID", UUID, "a connection to look at", None)
    workspace_id = Variable("AIRBYTE_WORKSPACE_ID", UUID, "a workspace to look at", None)


class Account:
    """What is read once and looked at by several checks. It is a dry run: a write would not be sent."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.settings = Settings({**environ, "SLIPWAY_DRY_RUN": "TRUE"})
        self.run: Run[Settings] = Run("airbyte/check_live", self.settings, environ)
        self.api = connect(self.run)
        self.client = self.api.client
        self.own = isinstance(self.api, ConfigurationApi)

    @cached_property
    def health(self) -> Answer:
        return self.api.check_health()

    @cached_property
    def connections(self) -> list[Connection]:
        """All that can be listed, else the one that is given. Raises Unreachable where there is none."""
        listed = not self.own or self.settings.workspace_id
        found = list(self.api.list_connections(self.settings.workspace_id).found.values()) if listed else []
        if self.settings.connection_id and not found:
            found = [self.api.get_connection(self.settings.connection_id)[0]]
        if not found:
            raise Unreachable("Airbyte: no connection to look at; set AIRBYTE_CONNECTION_ID or AIRBYTE_WORKSPACE_ID")
        return found

    @cached_property
    def jobs(self) -> tuple[list[Job], Answer]:
        """The newest of one connection. Raises Unreachable where it has none."""
        wanted = self.settings.connection_id or self.connections[0].id
        jobs, answer = self.api.list_jobs(wanted)
        if not jobs:
            raise Unreachable("Airbyte: the connection has no job", answer)
        return jobs, answer

    @cached_property
    def token(self) -> Answer | None:
        """What the token endpoint answers, None without client credentials."""
        if self.settings.credentials != CLIENT:
            return None
        body = {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}
        return self.client.ask(PATH, body, auth=NoAuth())

    def fetched(self) -> tuple[Answer, Mapping[str, Any], str] | None:
        """The token endpoint's answer, its fields and the token; None where there is none to look at."""
        if self.token is None or not isinstance(self.token.json, Mapping):
            return None
        token = str(self.token.json.get("access_token") or "")
        self.run.redactor.add(token)
        return (self.token, self.token.json, token) if token else None


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
    told = token_lifetime(found[1], found[2], found[0])
    return told == 900, f"{told:.0f} s"


@check("unauthorized")
def unauthorized(account: Account) -> Seen:
    """With credentials that are made up: a user's own name with a wrong password might lock it."""
    stranger = Client("Airbyte", account.client.base_url, BasicAuth("slipway-made-up", "slipway-made-up"), "*/*")
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
    """The status with which a question is refused."""
    try:
        ask()
    except SlipwayError as error:
        status = error.answer.status if error.answer else None
        return status == expected, seen_of(error.answer)
    return False, "it was answered"


@check("connection-statuses")
def connection_statuses(account: Account) -> Seen:
    unknown = {one.status for one in account.connections} - STATUSES
    shown = ", ".join(sorted(re.sub(r"\W", "", status)[:40] or "none" for status in unknown))
    return not unknown, f"unknown: {shown}" if unknown else f"those of {len(account.connections)} are known"


@check("nulls")
def nulls(account: Account) -> Seen:
    found = sum(value is None for one in account.connections for value in one.data.values())
    return not found, f"{found} fields are null"


@check("job-statuses")
def job_statuses(account: Account) -> Seen:
    jobs, _ = account.jobs
    unknown = {job.status for job in jobs} - RUNNING - ENDED
    shown = ", ".join(sorted(re.sub(r"\W", "", status)[:40] or "none" for status in unknown))
    return not unknown, f"unknown: {shown}" if unknown else f"those of {len(jobs)} jobs are known"


@check("job-ids")
def job_ids(account: Account) -> Seen:
    jobs, _ = account.jobs
    moments = [job.created_at for job in jobs if job.created_at]
    grow = moments == sorted(moments, reverse=True)
    return grow, f"of {len(jobs)} jobs the newer have {'' if grow else 'not always '}the higher ids"


@check("job-times")
def job_times(account: Account) -> Seen:
    _, answer = account.jobs
    if account.own:
        times = [row["job"].get("createdAt") for row in answer.json["jobs"]]
        whole = [time for time in times if isinstance(time, int) and 10**9 < time < 10**10]
        return len(whole) == len(times), f"{len(whole)} of {len(times)} are whole seconds since the epoch"
    texts = [str(row.get("startTime")) for row in answer.json["data"]]
    known = [match for text in texts if (match := MOMENT.fullmatch(text))]
    without = sum(match[1] is None for match in known)
    return len(known) == len(texts), f"{len(known)} of {len(texts)} are ISO 8601 with Z, {without} without seconds"


@check("light-jobs")
def light_jobs(account: Account) -> Seen:
    if not account.own:
        return None, "only on the Configuration API"
    answer = account.client.ask("/jobs/get_light", {"id": account.jobs[0][0].id})
    return answer.status == 200, seen_of(answer)


@check("job-types")
def job_types(account: Account) -> Seen:
    if not account.own:
        return None, "only on the Configuration API"
    body = {"configId": account.jobs[0][0].connection_id, "configTypes": ["sync", "refresh", "clear"]}
    answer = account.client.ask("/jobs/list", body)
    return answer.status == 200, seen_of(answer)


def reachable(account: Account) -> None:
    """Raises the error that says why nothing can be checked: credentials refused, unreachable, rate limited."""
    account.api.check_health()
    account.api.check_access()
