"""Credentials: what the Authorization header of a request says."""

from base64 import b64encode
from typing import Any, Protocol

import requests
from requests.auth import AuthBase

from shared.http.response import Answer


class Asks(Protocol):
    """The part of a client that a token is fetched with."""

    def ask(self, path: str, body: Any, *, auth: "Auth | None" = None) -> Answer:
        """See ``Client.ask``."""
        ...


class Auth:
    """No credentials at all, and what other kinds are derived from."""

    def header(self, client: Asks, refused: str | None = None) -> str | None:
        """The header's value, None where there is to be none.

        ``client`` is the one whose request needs it, with its deadline. ``refused`` is a value that was answered with
        401: who can get another one returns that, and the request is sent once more.
        """
        return None


class BasicAuth(Auth):
    """HTTP Basic, as UTF-8 (RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._header = "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def header(self, client: Asks, refused: str | None = None) -> str | None:
        return self._header


class SetHeader(AuthBase):
    """Puts a header, or none, into a request. Without it requests would look into a netrc and use that."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value is not None:
            request.headers["Authorization"] = self._value
        return request
