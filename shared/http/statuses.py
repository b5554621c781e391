"""What an HTTP status means: the same for both vendors.

RFC 9110, section 15: https://www.rfc-editor.org/rfc/rfc9110#section-15
"""

from shared.errors import CredentialsRefused, RateLimited, RequestRefused, SlipwayError, UnknownId, Unreachable

RETRIED = frozenset({429, 500, 502, 503, 504})
"""A read that is answered so is sent again; a write after 429 only, which says that nothing was done."""
SEE_OTHER = 303


def error_for(status: int) -> type[SlipwayError] | None:
    """The error that a status means, None for 2xx.

    1xx is no answer: it announces one (RFC 9110, section 15.2), and it did not come.
    """
    if 200 <= status < 300:
        return None
    if status < 200 or status >= 500:
        return Unreachable
    return {401: CredentialsRefused, 403: CredentialsRefused, 404: UnknownId, 429: RateLimited}.get(
        status, RequestRefused
    )


def is_final(status: int) -> bool:
    """Whether a status settles what became of a write: 2xx did it; 4xx and redirects to elsewhere did not.

    After 1xx, 303 and 5xx it may have been done. 303 says that another address tells how it went (RFC 9110, section
    15.4.4); nothing is followed, so the answer is lost.
    """
    return 200 <= status < 500 and status != SEE_OTHER
