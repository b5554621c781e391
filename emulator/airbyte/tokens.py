"""Access tokens with their lifetimes, client credentials and Basic authentication.

Documented at https://reference.airbyte.com/reference/authentication.
"""

from __future__ import annotations

import base64
import hmac
import json
from itertools import count

from emulator.airbyte.switches import Switches
from emulator.clock import Clock
from emulator.options import Options

REVOKED_CLIENT = "revoked-client"
REVOKED_TOKEN = "revoked-token"  # noqa: S105  # a well-known value for tests, not a secret


MOST_TOKENS = 10_000  # number of tokens that are remembered, the newest ones


class Tokens:
    """Tokens that were issued, and tokens that users bring themselves."""

    def __init__(self, options: Options, clock: Clock, switches: Switches) -> None:
        self._options, self._clock, self._switches = options, clock, switches
        self._ends: dict[str, float] = {}
        self._numbers = count(1)

    def accepts(self, name: str, secret: str) -> bool:
        """Return whether client credentials, or a user and a password, are accepted."""
        if not name or not secret or name == REVOKED_CLIENT:
            return False
        key, only = self._options.key, self._options.secret
        return key is None or only is None or (same(name, key) and same(secret, only))

    def issue(self) -> str:
        """Issue a new token."""
        now = self._clock.now()
        ends = now + self._switches.token_seconds
        number = next(self._numbers)
        token = jwt(number, now, ends) if self._switches.token_is_jwt else f"opaque.{number:032x}"
        self._remember(token, ends)
        return token

    def is_valid(self, token: str) -> bool:
        """Return whether a token is valid now. Any token that was not issued here is valid, unless --key is given."""
        now = self._clock.now()
        if token in self._ends:
            return now < self._ends[token]
        if not token or token == REVOKED_TOKEN or token.startswith(("eyJ", "opaque.")) or self._options.key:
            return False
        if self._switches.static_token_seconds is not None:
            self._remember(token, now + self._switches.static_token_seconds)
        return True

    def _remember(self, token: str, ends: float) -> None:
        """Keep a token's end, and forget the oldest ones."""
        self._ends[token] = ends
        while len(self._ends) > MOST_TOKENS:
            del self._ends[next(iter(self._ends))]


def jwt(number: int, now: float, ends: float) -> str:
    """Return a token in the form of Airbyte's, with a meaningless signature."""
    claims = {"iss": "http://localhost", "sub": f"emulated-{number}", "iat": int(now), "exp": int(ends)}
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (*parts, b"emulator's signature"))


def same(one: str, other: str) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
