"""What must be true of a server before credentials go there: the same for both vendors."""

from collections.abc import Iterator, Sequence

from shared.http.urls import is_loopback
from shared.settings.declaration import Problem
from shared.settings.environment import Environment


def plain_http(variable: str, url: str, allowed: bool, allow_variable: str) -> Iterator[Problem]:
    """Credentials over plain http to another machine, which everybody on the way can read."""
    if url.startswith("http://") and not is_loopback(url) and not allowed:
        yield Problem(
            variable,
            f"would send the credentials over plain http; use https, or {allow_variable}=TRUE if you know why",
        )


def planted(given: Environment, server_variables: Sequence[str], credentials: Sequence[str]) -> Iterator[Problem]:
    """A server out of ``.env`` for credentials from elsewhere: whoever left the file would be sent them."""
    from_dotenv = [name for name in server_variables if given.from_dotenv(name)]
    if from_dotenv and not all(given.from_dotenv(name) for name in credentials):
        yield Problem(
            from_dotenv[0],
            "comes from .env but the credentials do not; a .env may choose the server only for its own credentials",
        )
