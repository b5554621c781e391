"""Who we say we are, in the form that requests asks for: nothing else may put a header in its place."""

from base64 import b64encode

import requests
from requests.auth import AuthBase


class BasicAuth(AuthBase):
    """HTTP Basic, as UTF-8."""

    def __init__(self, user: str, password: str) -> None:
        self._header = "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class NoAuth(AuthBase):
    """No credentials at all, not even those of a netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request
