"""Whether a request may have arrived, out of what requests raises."""

from typing import Any

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from shared.http.causes import did_not_arrive, innermost

POOL: Any = None
LOST = [
    ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")),
    ReadTimeoutError(POOL, "/x", "Read timed out."),
    SSLError("bad record mac"),
    ProxyError("no tunnel", OSError("Tunnel connection failed: 502")),
]
NEVER_SENT = [
    ConnectTimeoutError("timed out"),
    NewConnectionError(POOL, "refused"),
    ProxyError("no proxy", ConnectTimeoutError("timed out")),
]


def raised(reason: Exception) -> requests.RequestException:
    return requests.ConnectionError(MaxRetryError(POOL, "/x", reason))


@pytest.mark.parametrize("reason", LOST, ids=lambda error: type(error).__name__)
def test_what_may_have_arrived(reason: Exception) -> None:
    assert not did_not_arrive(raised(reason))
    assert not did_not_arrive(requests.ConnectionError(reason))


@pytest.mark.parametrize("reason", NEVER_SENT, ids=lambda error: type(error).__name__)
def test_what_was_never_sent(reason: Exception) -> None:
    assert did_not_arrive(raised(reason))


def test_the_cause_is_told_without_its_wrappers() -> None:
    reset = ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
    assert (
        innermost(requests.ConnectionError(reset))
        == "ProtocolError: ('Connection aborted.', ConnectionResetError(104, 'reset by peer'))"
    )
    assert innermost(ValueError("read length must be non-negative or -1")).startswith("ValueError: read length")
