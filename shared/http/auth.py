"""Credentials: the Authorization header of a request."""

from base64 import b64encode
from typing import Any, Protocol

import requests
from requests.auth import AuthBase

from shared.http.response import Answer


class Asks(Protocol):
    """The method of a client with which credentials fetch a token."""

    def ask(self, path: str, body: Any, *, auth: "Auth | None" = None) -> Answer:
        """See ``Client.ask``."""
        ...


class Auth:
    """No credentials. Other kinds are subclasses."""

    def header(self, client: Asks, refused: str | None = None) -> str | None:
        """Return the value of the Authorization header, or None to send no such header.

        ``client`` is the client whose request needs it, with that request's deadline. ``refused`` is a value that the
        server answered with 401: if a subclass returns another value, the request is sent once more.
        """
        return None


class BasicAuth(Auth):
    """HTTP Basic, encoded as UTF-8 (https://www.rfc-editor.org/rfc/rfc7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._header = "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def header(self, client: Asks, refused: str | None = None) -> str | None:
        return self._header


class SetHeader(AuthBase):
    """Set the Authorization header, or leave it out. Without this class requests would use those of a .netrc file."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value is not None:
            request.headers["Authorization"] = self._value
        return request
