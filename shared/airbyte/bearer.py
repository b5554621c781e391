"""Access tokens: fetched when needed, renewed before they expire and once after a 401.

https://reference.airbyte.com/reference/createaccesstoken
"""

import base64
import binascii
import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shared.airbyte.answers import accepted, data, explanation
from shared.airbyte.settings import Server
from shared.errors import CredentialsRefused, NotArrived, Unreachable
from shared.http.auth import Asks, Auth
from shared.http.response import Answer

PATH = "/applications/token"
ASSUMED_LIFETIME = 180.0
"""Seconds that a token is valid if the answer does not say it: the shortest default that Airbyte ever had."""
SPARE = 30.0
SPARE_SHARE = 0.2
"""A token is renewed ``SPARE`` seconds or ``SPARE_SHARE`` of its lifetime before it expires, whichever is shorter."""
LONGEST = 86400.0
"""Seconds. A longer lifetime is not believed."""
SHORTEST = 4
"""Characters. A shorter text is not a token, and hiding it would hide much of the normal output."""


class StaticToken(Auth):
    """The token in ``AIRBYTE_API_TOKEN``, which cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def header(self, client: Asks, refused: str | None = None) -> str | None:
        return self._header


class ClientCredentials(Auth):
    """Access tokens of an application. All threads share one. ``remember`` is called with each token.

    Raise CredentialsRefused if the endpoint refuses id and secret, and NotArrived if it cannot be reached, since then
    the request that needs the token is not sent. ``clock`` returns monotonic seconds (default: ``time.monotonic``).
    """

    def __init__(
        self,
        server: Server,
        client_id: str,
        client_secret: str,
        remember: Callable[[str], None],
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._server = server
        self._body: dict[str, str] = {"client_id": client_id, "client_secret": client_secret}
        if server.public:  # Airbyte's documents have both spellings; the Configuration API needs neither
            self._body |= {"grant_type": "client_credentials", "grant-type": "client_credentials"}
        self._remember = remember
        self._clock = clock or time.monotonic
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    def header(self, client: Asks, refused: str | None = None) -> str | None:
        """Return ``Bearer`` and a valid token other than the one in ``refused``."""
        with self._lock:  # threads share one token, and one of them renews it
            if not self._token or f"Bearer {self._token}" == refused or self._clock() >= self._renew_at:
                self._fetch(client)
            return f"Bearer {self._token}"

    def _fetch(self, client: Asks) -> None:
        try:
            answer = client.ask(PATH, self._body, auth=Auth())
            self._hide_tokens(answer)
            if answer.status in (400, 401, 403):
                raise CredentialsRefused(
                    f"{self._server.url}{PATH} refused AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET "
                    f"({answer.status}{': ' + explanation(answer) if explanation(answer) else ''})",
                    answer,
                    vendor="Airbyte",
                )
            found = data(self._server, accepted(self._server, answer))
        except NotArrived:
            raise
        except Unreachable as error:
            raise NotArrived(f"{error.reason}; no access token, so nothing was sent", vendor="Airbyte") from error
        token = found.get("access_token")
        if not isinstance(token, str) or len(token) < SHORTEST or not token.isascii() or not token.isprintable():
            # The answer may contain a secret, so it is not saved.
            raise NotArrived(f"{self._server.url}{PATH} answered without an access_token", vendor="Airbyte")
        lifetime = token_lifetime(found, token, answer)
        self._token = token
        self._renew_at = self._clock() + lifetime - min(SPARE, SPARE_SHARE * lifetime)

    def _hide_tokens(self, answer: Answer) -> None:
        """Call ``remember`` with each token of an answer, even of an error's, because the answer may be saved."""
        for name, value in answer.json.items() if isinstance(answer.json, Mapping) else ():
            if name.endswith("_token") and isinstance(value, str) and value.isascii() and len(value) >= SHORTEST:
                self._remember(value)


def token_lifetime(found: Mapping[str, Any], token: str, answer: Answer) -> float:
    """Return the lifetime of a token in seconds: ``expires_in``, else from the JWT, else ``ASSUMED_LIFETIME``.

    The JWT's ``exp`` is compared with the server's own clock (``iat``, else ``Date``), never with the local one.
    """
    lifetime = _number(found.get("expires_in"))
    if lifetime is None:
        claims = _claims(token)
        end, start = _number(claims.get("exp")), _number(claims.get("iat")) or _epoch(answer.date)
        lifetime = end - start if end and start else None
    return min(lifetime, LONGEST) if lifetime and lifetime > 0 else ASSUMED_LIFETIME


def _claims(token: str) -> Mapping[str, Any]:
    """Return a JWT's claims, {} if ``token`` is not a JWT. They are not verified, since only the lifetime is used."""
    parts = token.split(".")
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _number(value: Any) -> float | None:
    """Return a number of seconds, None if it is not a number or so large that it could overflow."""
    usable = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e12
    return float(value) if usable else None


def _epoch(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
