"""Who is let in: access tokens and their lifetimes, client credentials, Basic authentication."""

from __future__ import annotations

import base64
import hmac
import json
from itertools import count

from emulator.airbyte.switches import Switches
from emulator.clock import Clock
from emulator.options import Options

REVOKED_CLIENT = "revoked-client"
REVOKED_TOKEN = "revoked-token"  # noqa: S105  # a name that tests use, no secret


class Tokens:
    """The tokens that were handed out, and those that people bring."""

    def __init__(self, options: Options, clock: Clock, switches: Switches) -> None:
        self._options, self._clock, self._switches = options, clock, switches
        self._ends: dict[str, float] = {}
        self._numbers = count(1)

    def knows(self, name: str, secret: str) -> bool:
        """Whether client credentials, or a user and a password, are let in."""
        if not name or not secret or name == REVOKED_CLIENT:
            return False
        key, only = self._options.key, self._options.secret
        return key is None or only is None or (same(name, key) and same(secret, only))

    def issue(self) -> str:
        """A new token."""
        now = self._clock.now()
        ends = now + self._switches.token_seconds
        number = next(self._numbers)
        token = jwt(number, now, ends) if self._switches.token_is_jwt else f"opaque.{number:032x}"
        self._ends[token] = ends
        return token

    def lets_in(self, token: str) -> bool:
        """Whether a token is good now. Any that nobody fetched is, unless only one pair is let in."""
        now = self._clock.now()
        if token in self._ends:
            return now < self._ends[token]
        if not token or token == REVOKED_TOKEN or token.startswith(("eyJ", "opaque.")) or self._options.key:
            return False
        if self._switches.static_token_seconds is not None:
            self._ends[token] = now + self._switches.static_token_seconds
        return True


def jwt(number: int, now: float, ends: float) -> str:
    """A token as Airbyte's look, with a signature that proves nothing."""
    claims = {"iss": "http://localhost", "sub": f"emulated-{number}", "iat": int(now), "exp": int(ends)}
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (*parts, b"emulator's signature"))


def same(one: str, other: str) -> bool:
    """Equal, and it takes as long to tell where they are not."""
    return hmac.compare_digest(one.encode(), other.encode())
