"""A requests session without redirects, retries or credentials of its own."""

import os

import requests
from requests.adapters import HTTPAdapter

from shared import __version__
from shared.http.urls import is_loopback

CONNECTIONS = 64
"""Connections kept open to one server: the largest number of parallel calls."""


class Session(requests.Session):
    """A session that ignores redirects. requests would parse ``Location`` even with ``allow_redirects=False``."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: no response redirects anywhere."""


def new_session(base_url: str, accept: str) -> Session:
    """Return a session for one API. Proxies and CA bundles come from the environment; loopback never uses a proxy."""
    session = Session()
    session.headers = {"Accept": accept, "User-Agent": f"slipway/{__version__}"}
    if is_loopback(base_url):
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    adapter = HTTPAdapter(max_retries=0, pool_maxsize=CONNECTIONS)  # ``shared.http.retry`` repeats requests
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
