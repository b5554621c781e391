"""Which machine a URL names, and how a path is quoted."""

import pytest

from shared.http.urls import is_loopback, path


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000", True),
        ("http://api.localhost", False),
        ("http://LOCALHOST", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("http://", False),
        ("https://api.fivetran.com", False),
    ],
)
def test_what_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_parts_of_a_path_stay_what_they_are() -> None:
    assert path("a b", "c/d", "é", "..%2f") == "/a%20b/c%2Fd/%C3%A9/..%252f"
