"""Whether an error is about one call, or would meet every other call now."""

from shared.errors import CredentialsRefused, SlipwayError
from shared.http.retry import Unusable

PASSING = frozenset({429, 502, 503, 504})
"""Statuses of a server, or of a gateway before it, that answers no call now."""


def refuses_all(error: SlipwayError) -> bool:
    """Return whether the credentials are refused for every call. A 403 may be about a single object."""
    return isinstance(error, CredentialsRefused) and (error.answer is None or error.answer.status != 403)


def fails_all(error: SlipwayError) -> bool:
    """Return whether every other call would fail like this one.

    If not, as after an answer that is too large, what a list does not tell can be read object by object.
    """
    if error.answer is None:
        return not isinstance(error, Unusable)
    return refuses_all(error) or error.answer.status in PASSING
