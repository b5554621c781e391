"""Checks of a server's URL before credentials are sent to it, the same for both vendors."""

from collections.abc import Iterator, Sequence

from shared.http.urls import is_loopback
from shared.settings.declaration import Problem
from shared.settings.environment import Environment


def plain_http(variable: str, url: str, allowed: bool, allow_variable: str) -> Iterator[Problem]:
    """Yield a problem if credentials would go to another machine over plain http, where others can read them."""
    if url.startswith("http://") and not is_loopback(url) and not allowed:
        yield Problem(
            variable,
            f"would send the credentials over plain http; use https, or {allow_variable}=TRUE if you know why",
        )


def planted(given: Environment, server_variables: Sequence[str], credentials: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem if ``.env`` sets the server but not the credentials: the file's author could steal them."""
    from_dotenv = [name for name in server_variables if given.from_dotenv(name)]
    if from_dotenv and not all(given.from_dotenv(name) for name in credentials):
        yield Problem(
            from_dotenv[0],
            "comes from .env but the credentials do not; a .env may choose the server only for its own credentials",
        )
