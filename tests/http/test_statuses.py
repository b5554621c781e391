"""What an HTTP status means."""

import pytest

from shared.errors import CredentialsRefused, RateLimited, RequestRefused, UnknownId, Unreachable
from shared.http.statuses import error_for, is_final


@pytest.mark.parametrize(
    ("statuses", "error"),
    [
        ((200, 201, 204, 299), None),
        ((401, 403), CredentialsRefused),
        ((404,), UnknownId),
        ((429,), RateLimited),
        ((300, 301, 302, 303, 304, 307, 308, 400, 402, 405, 408, 409, 410, 422, 499), RequestRefused),
        ((100, 101, 102, 103, 199, 500, 501, 502, 503, 504, 599, 600, 999), Unreachable),
    ],
)
def test_what_a_status_means(statuses: tuple[int, ...], error: type[Exception] | None) -> None:
    assert {error_for(status) for status in statuses} == {error}


def test_what_settles_a_write() -> None:
    open_ones = [status for status in range(100, 1000) if not is_final(status)]
    assert open_ones == [*range(100, 200), 303, *range(500, 1000)]
