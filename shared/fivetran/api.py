"""Fivetran's REST API: one function an endpoint, each returning what the blueprints need of its answer.

Here is what triggering, checking and updating need. ``Administration`` and ``Schemas`` in ``endpoints/`` are the same
account with the endpoints of their topics besides: a trigger does not import them.

Shapes and statuses are those of Fivetran's OpenAPI document of July 2026. Every function raises
CredentialsRefused (401, 403), UnknownId (404), RateLimited (429), Unreachable (5xx, no answer, or a 200 that is
no use) and RequestRefused (other 4xx, redirects).
"""

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

from shared.fivetran.answers import about, accepted, data
from shared.fivetran.connector import Connector
from shared.fivetran.endpoints.lists import Lists
from shared.fivetran.endpoints.transformations import Transformations
from shared.fivetran.settings import FivetranSettings
from shared.http.auth import BasicAuth
from shared.http.client import Client
from shared.http.deadline import Deadline
from shared.http.rate_limit import RateLimiter
from shared.http.response import Answer
from shared.http.urls import path
from shared.program.run import Run

__all__ = ["Fivetran", "accepted", "data"]

ACCEPT = "application/json;version=2"
A = TypeVar("A", bound="Fivetran")


class Fivetran(Lists, Transformations):
    """The account that the settings name. Registers its client with the run, which reports the calls it made."""

    def __init__(self, run: Run, settings: FivetranSettings, rate_limiter: RateLimiter | None = None) -> None:
        self.client = Client(
            vendor="Fivetran",
            base_url=settings.api_url,
            accept=ACCEPT,
            auth=BasicAuth(*settings.credentials),
            read_timeout=settings.read_timeout,
            retry_timeout=settings.retry_timeout,
            dry_run=settings.dry_run,
            url_variable="FIVETRAN_API_URL",
            rate_limiter=rate_limiter,
        )
        self._connections = "/connectors" if settings.legacy_api else "/connections"
        self._legacy = settings.legacy_api
        self._hide = run.redactor.add
        self._pages = {}
        run.client = self.client

    def until(self: A, deadline: Deadline, *, last_chance: bool = False) -> A:
        """This account with a deadline: see ``Client.until``."""
        view = copy.copy(self)
        view.client = self.client.until(deadline, last_chance=last_chance)
        return view

    def get_account(self) -> Answer:
        """``GET /account/info``: ``data`` has account_id, account_name and user_id or system_key_id."""
        answer = self.client.get("/account/info")
        data(answer)
        return answer

    def get_connector(self, connector_id: str) -> Connector:
        """``GET /connections/{id}`` (Retrieve Connection Details)."""
        answer = self.without_card(self.client.get(self._connections + path(connector_id)))
        connector = Connector(data(answer, self.no_connector(connector_id)), answer=answer)
        about(connector_id, connector.id, answer)
        return connector

    def start_sync(self, connector_id: str, force: bool) -> Answer:
        """``POST /connections/{id}/sync`` with ``{"force": bool}`` (Sync Connection Data), never repeated.

        Answers 200 with code and message, no sync id; also for a paused connector, where it starts nothing.
        The legacy path is ``POST /connectors/{id}/force``; whether it honours the body is not documented.
        409 is RequestRefused.
        """
        verb = "force" if self._legacy else "sync"
        answer = self.client.write("POST", self._connections + path(connector_id, verb), {"force": force})
        return accepted(answer, self.no_longer(connector_id))

    def update_connector(self, connector_id: str, changes: Mapping[str, Any]) -> Answer:
        """``PATCH /connections/{id}`` (Update a Connection). ``data`` is the connection after the change.

        Setup tests are slow and rate limited, and the API runs them unless told not to. A change may stop a running
        sync first, which takes up to a minute.
        """
        body = {"run_setup_tests": False, **changes}
        answer = self.client.write("PATCH", self._connections + path(connector_id), body, slow=True)
        return accepted(self.without_card(answer), self.no_longer(connector_id))

    def run_setup_tests(self, connector_id: str, options: Mapping[str, Any] | None = None) -> Answer:
        """``POST /connections/{id}/test``. A body is needed, ``{}`` at least.

        Answers 200 even where tests fail: ``data.setup_tests[]`` (title, status, message, details) and
        ``data.status.setup_state`` say how it went.
        """
        answer = self.client.write(
            "POST", self._connections + path(connector_id, "test"), dict(options or {}), slow=True
        )
        return accepted(self.without_card(answer), self.no_connector(connector_id))
