"""A requests session that connects, sends and receives, and decides nothing by itself."""

import os

import requests
from requests.adapters import HTTPAdapter

from shared import __version__
from shared.http.urls import is_loopback

CONNECTIONS = 64
"""Connections kept open to one server: as many as calls can go side by side."""


class Session(requests.Session):
    """Follows no redirect and does not look at one: requests parses ``Location`` even where it is not to follow."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say of every response that it redirects nowhere."""


def new_session(base_url: str, accept: str) -> Session:
    """A session for one API. Proxies and CA bundles come from the environment; a loopback server has no proxy."""
    session = Session()
    session.headers = {"Accept": accept, "User-Agent": f"slipway/{__version__}"}
    if is_loopback(base_url):
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    adapter = HTTPAdapter(max_retries=0, pool_maxsize=CONNECTIONS)  # what is sent again, ``retry`` decides
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
