"""Fivetran's REST API, one method per endpoint.

https://fivetran.com/docs/rest-api/api-reference/connections

This module has the endpoints for triggering, checking and updating. ``Administration`` and ``Schemas`` in
``endpoints/`` are subclasses with further endpoints, so that a trigger does not import them.

Shapes and statuses follow Fivetran's OpenAPI document of July 2026. Every method raises CredentialsRefused (401, 403),
UnknownId (404), RateLimited (429), Unreachable (5xx, no answer, or an unusable 200) or RequestRefused (other 4xx,
redirects).
"""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from shared.artifacts.known_authority import KnownAuthority
from shared.fivetran.answers import about, accepted, data
from shared.fivetran.connector import Connector
from shared.fivetran.endpoints.lists import Lists
from shared.fivetran.endpoints.transformations import Transformations
from shared.fivetran.paging import LARGEST_PAGE
from shared.fivetran.settings import FivetranSettings
from shared.http.auth import BasicAuth
from shared.http.client import Client
from shared.http.deadline import Deadline
from shared.http.response import Answer
from shared.http.urls import path
from shared.program.run import Run

if TYPE_CHECKING:
    from shared.http.rate_limit import RateLimiter

ACCEPT = "application/json;version=2"
A = TypeVar("A", bound="Fivetran")


class Fivetran(Lists, Transformations):
    """The account of the settings. Its client is registered with the run, which reports the number of calls."""

    def __init__(self, run: Run, settings: FivetranSettings, rate_limiter: "RateLimiter | None" = None) -> None:
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
            remembered=KnownAuthority(run.artifacts, settings.api_url),
        )
        self._connections = "/connectors" if settings.legacy_api else "/connections"
        self._legacy = settings.legacy_api
        self._hide = run.redactor.add
        self._pages = {}
        run.client = self.client

    @property
    def has_newer_endpoints(self) -> bool:
        """Whether the API has endpoints that are newer than the rename: sync history and errors."""
        return not self._legacy

    def until(self: A, deadline: Deadline, *, last_chance: bool = False, retry_timeout: float | None = None) -> A:
        """Return a view of this account with a deadline, see ``Client.until``."""
        view = copy.copy(self)
        view.client = self.client.until(deadline, last_chance=last_chance, retry_timeout=retry_timeout)
        return view

    def get_account(self) -> Answer:
        """``GET /account/info``. ``data`` has account_id, account_name and user_id or system_key_id.

        https://fivetran.com/docs/rest-api/api-reference/account
        """
        answer = self.client.get("/account/info")
        data(answer)
        return answer

    def get_connector(self, connector_id: str) -> Connector:
        """``GET /connections/{id}``: https://fivetran.com/docs/rest-api/api-reference/connections/connection-details"""
        answer = self.without_card(self.client.get(self._connections + path(connector_id)))
        connector = Connector(data(answer, self.no_connector(connector_id)), answer=answer)
        about(connector_id, connector.id, answer)
        return connector

    def get_sync_history(self, connector_id: str, start: datetime, end: datetime) -> Answer:
        """``GET /connections/{id}/sync-history``: the syncs that started in a window of at most seven days.

        https://fivetran.com/docs/rest-api/api-reference/connections/retrieve-connection-sync-history
        """
        window = {"start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        where = self._connections + path(connector_id, "sync-history")
        return self.client.get(where, {**window, "limit": LARGEST_PAGE})

    def get_errors(self, connector_id: str) -> Answer:
        """``GET /connections/{id}/errors``, a private preview: the active errors of a connection.

        https://fivetran.com/docs/developer-resources/rest-api/api-reference/connections/connection-errors
        """
        return self.client.get(self._connections + path(connector_id, "errors"))

    def start_sync(self, connector_id: str, force: bool) -> Answer:
        """``POST /connections/{id}/sync`` with ``{"force": bool}``, never repeated.

        https://fivetran.com/docs/rest-api/api-reference/connections/sync-connection
        The answer is 200 with code and message, but no sync id, even for a paused connector, which does not start.
        The legacy path is ``POST /connectors/{id}/force``; it is not documented whether the body has an effect there.
        409 raises RequestRefused.
        """
        verb = "force" if self._legacy else "sync"
        answer = self.client.write("POST", self._connections + path(connector_id, verb), {"force": force})
        return accepted(answer, self.no_longer(connector_id))

    def update_connector(self, connector_id: str, changes: Mapping[str, Any]) -> Answer:
        """``PATCH /connections/{id}``. ``data`` is the connection after the change.

        https://fivetran.com/docs/rest-api/api-reference/connections/modify-connection
        The API runs setup tests, which are slow and rate limited, unless ``run_setup_tests`` is false. A change may
        first stop a running sync, which takes up to a minute.
        """
        body = {"run_setup_tests": False, **changes}
        answer = self.client.write("PATCH", self._connections + path(connector_id), body, slow=True)
        return accepted(self.without_card(answer), self.no_longer(connector_id))

    def run_setup_tests(self, connector_id: str, options: Mapping[str, Any] | None = None) -> Answer:
        """``POST /connections/{id}/test``. The API requires a body, at least ``{}``.
        https://fivetran.com/docs/rest-api/api-reference/connections/run-setup-tests

        The answer is 200 even if tests fail. Their outcome is in ``data.setup_tests[]`` (title, status, message,
        details) and ``data.status.setup_state``.
        """
        answer = self.client.write(
            "POST", self._connections + path(connector_id, "test"), dict(options or {}), slow=True
        )
        return accepted(self.without_card(answer), self.no_connector(connector_id))
