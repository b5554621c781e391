"""The meaning of HTTP statuses, the same for both vendors.

RFC 9110, section 15: https://www.rfc-editor.org/rfc/rfc9110#section-15
"""

from shared.errors import CredentialsRefused, RateLimited, RequestRefused, SlipwayError, UnknownId, Unreachable

RETRIED = frozenset({429, 500, 502, 503, 504})
"""After these a read is repeated. A write is repeated after 429 only, which means that nothing was done."""
SEE_OTHER = 303


def error_for(status: int) -> type[SlipwayError] | None:
    """Return the error class of a status, None for 2xx.

    1xx only announces an answer (RFC 9110, section 15.2), so here the answer is missing.
    """
    if 200 <= status < 300:
        return None
    if status < 200 or status >= 500:
        return Unreachable
    return {401: CredentialsRefused, 403: CredentialsRefused, 404: UnknownId, 429: RateLimited}.get(
        status, RequestRefused
    )


def is_final(status: int) -> bool:
    """Return whether a status tells if a write took effect: after 2xx it did, after 4xx and most redirects not.

    After 1xx, 303 and 5xx it may have. 303 refers to another address for the outcome (RFC 9110, section 15.4.4).
    Redirects are not followed, so that counts as a lost answer.
    """
    return 200 <= status < 500 and status != SEE_OTHER
