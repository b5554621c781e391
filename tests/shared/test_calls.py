"""One HTTP call: which are repeated, how long they may take, and whose credentials they carry."""

import base64
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import responses
import urllib3.connection
from hypothesis import given
from hypothesis import strategies as some
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, ProtocolError, ProxyError, ReadTimeoutError
from urllib3.exceptions import SSLError as Urllib3SSLError
from urllib3.response import HTTPResponse

from shared.errors import NotArrived, Unreachable
from shared.http import bounds
from shared.http import client as http
from shared.http.auth import BasicAuth
from shared.http.bounds import within
from shared.http.client import Client, Planned
from shared.http.response import http_date, retry_after
from shared.http.retry import DeadlineRetry, backoff
from shared.http.urls import is_loopback, path
from tests.conftest import KEY, SECRET, Emulator

DETAILS = "/v1/connections/speak_inexpensive"
SYNC = DETAILS + "/sync"
RETRIED = (429, 500, 502, 503, 504)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client would have slept."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def client(emulator: Emulator, **options: Any) -> Client:
    given = {"read_timeout": 5.0, "retry_window": 5.0, **options}
    return Client("Fivetran", emulator.url + "/v1", BasicAuth(KEY, SECRET), "application/json", **given)


def get(one: Client) -> http.Answer:
    return one.get("/connections/speak_inexpensive")


def post(one: Client) -> http.Answer:
    return one.write("POST", "/connections/speak_inexpensive/sync", {"force": False})


BREAKS = [{"reset": "before"}, {"reset": "after"}, {"hang": 1.5}, {"pass": True, "truncated": True}]


# -- which requests are repeated ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", RETRIED)
def test_a_read_is_repeated_where_the_server_is_busy_or_broken(
    emulator: Emulator, pauses: list[float], status: int
) -> None:
    emulator.answers("GET", DETAILS, {"status": status, "html": "<h1>busy</h1>", "times": 2})
    one = client(emulator)
    assert get(one).status == 200
    assert len(emulator.requests("GET")) == one.calls == 3
    assert len(pauses) == 2


@pytest.mark.parametrize("answer", BREAKS)
def test_a_read_is_repeated_where_the_connection_breaks_or_hangs(
    emulator: Emulator, pauses: list[float], answer: dict[str, Any]
) -> None:
    emulator.answers("GET", DETAILS, {**answer, "times": 2})
    one = client(emulator, read_timeout=0.5)
    assert get(one).json["data"]["id"] == "speak_inexpensive"
    assert len(emulator.requests("GET")) == one.calls == 3


@pytest.mark.parametrize("status", [204, 301, 302, 304, 400, 401, 403, 404, 409, 422, 501, 505])
def test_no_other_answer_to_a_read_is_asked_for_again_or_followed(
    emulator: Emulator, pauses: list[float], status: int
) -> None:
    emulator.answers("GET", DETAILS, {"status": status, "headers": {"Location": emulator.url + "/v1/account/info"}})
    assert get(client(emulator)).status == status
    assert len(emulator.requests()) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_that_was_turned_away_with_429_is_repeated(
    emulator: Emulator, pauses: list[float], method: str
) -> None:
    emulator.answers(method, "/v1/connections/*", {"status": 429, "headers": {"Retry-After": "2"}, "times": 2})
    client(emulator, retry_window=60).write(method, "/connections/sleepy_lantern", {})
    assert [row["status"] for row in emulator.requests(method)][:2] == [429, 429]
    assert len(emulator.requests(method)) == 3
    assert all(2 <= one < 3 for one in pauses)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 301, 307, 408])
def test_a_write_is_repeated_after_no_other_answer(emulator: Emulator, pauses: list[float], status: int) -> None:
    headers = {"Retry-After": "0", "Location": emulator.url + SYNC}
    emulator.answers("POST", SYNC, {"status": status, "headers": headers})
    assert post(client(emulator)).status == status
    assert len(emulator.requests()) == 1


@pytest.mark.parametrize("answer", BREAKS)
def test_a_write_whose_answer_is_lost_is_not_repeated_and_may_have_arrived(
    emulator: Emulator, pauses: list[float], answer: dict[str, Any]
) -> None:
    emulator.answers("POST", SYNC, answer)
    with pytest.raises(Unreachable, match=r"^Fivetran: POST /connections/speak_inexpensive/sync failed") as caught:
        post(client(emulator, read_timeout=0.5))
    assert not isinstance(caught.value, NotArrived)
    assert len(emulator.requests()) == 1


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("call", [get, post])
def test_a_request_that_provably_did_not_arrive_is_repeated(closed_port: int, pauses: list[float], call: Any) -> None:
    one = Client("Fivetran", f"http://127.0.0.1:{closed_port}", None, "application/json", retry_window=2.9)
    with pytest.raises(NotArrived, match="refused"):
        call(one)
    assert one.calls == 4
    assert len(pauses) == 3


def test_a_tls_error_while_the_answer_is_read_repeats_a_read_and_no_write(
    emulator: Emulator, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Any) -> Any:
        raise ssl.SSLError(1, "record layer failure")

    monkeypatch.setattr(urllib3.connection.HTTPConnection, "getresponse", broken)
    with pytest.raises(Unreachable, match="record layer failure") as caught:
        post(client(emulator))
    assert not isinstance(caught.value, NotArrived)
    one = client(emulator, retry_window=2.9)
    with pytest.raises(Unreachable):
        get(one)
    assert one.calls == 4


POOL: Any = None
LOST = [
    ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")),
    ReadTimeoutError(POOL, "/x", "Read timed out."),
    Urllib3SSLError("bad record mac"),
    ProxyError("no tunnel", OSError("Tunnel connection failed: 502")),
]
NEVER_SENT = [ConnectTimeoutError("timed out"), ProxyError("no proxy", ConnectTimeoutError("timed out"))]


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_retry_never_swallows_what_may_have_arrived(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        DeadlineRetry().increment("POST", "/x", error=error)
    assert caught.value is error
    assert DeadlineRetry().increment("GET", "/x", error=error).history


@pytest.mark.parametrize("error", NEVER_SENT, ids=lambda error: type(error).__name__)
def test_a_retry_takes_what_was_never_sent(error: Exception) -> None:
    for method in ("GET", "POST", "PATCH"):
        assert DeadlineRetry().increment(method, "/x", error=error).history


# -- how long ---------------------------------------------------------------------------------------------------------


def busy(**headers: str) -> HTTPResponse:
    return HTTPResponse(status=429, headers={name.replace("_", "-"): text for name, text in headers.items()})


def test_retries_end_a_window_after_the_first_failure() -> None:
    now = [100.0]
    retry = DeadlineRetry(60.0, lambda: now[0])
    for _ in range(4):
        retry = retry.increment("GET", "/x", response=busy())
        now[0] += 10
    assert retry.give_up_at == 160
    now[0] = 159.9
    with pytest.raises(MaxRetryError):
        retry.increment("GET", "/x", response=busy())


def test_retries_end_where_the_patience_does_also_one_that_began_after_the_first_failure() -> None:
    now, ends = [100.0], [200.0]
    retry = DeadlineRetry(60.0, lambda: now[0], lambda: ends[-1]).increment("GET", "/x", response=busy())
    ends.append(110.0)
    now[0] = 109.9
    with pytest.raises(MaxRetryError):
        retry.increment("GET", "/x", response=busy())


@pytest.mark.parametrize("answer", [{"status": 503, "empty": True}, {"pass": True, "truncated": True}])
@pytest.mark.usefixtures("pauses")
def test_no_read_is_repeated_past_the_patience_and_later_ones_are(emulator: Emulator, answer: dict[str, Any]) -> None:
    emulator.answers("GET", DETAILS, {**answer, "times": 2})
    one = client(emulator)
    with one.patient_until(time.monotonic()), contextlib.suppress(Unreachable):
        assert get(one).status == 503
    assert one.calls == 1
    assert get(one).status == 200
    assert one.calls == 3


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({}, 0.375, 0.625),
        ({"Retry_After": "0"}, 0, 1),
        ({"Retry_After": "7"}, 7, 8),
        ({"Retry_After": " 7 "}, 7, 8),
        *[
            ({"Retry_After": text}, 0.375, 0.625)
            for text in ("", "soon", "-1", "1.5", "1e9", "\u0667", "7 s", "Sun, 99 Nov 2026", ",", "\x00", "Infinity")
        ],
        # its date form counts from the server's own Date, whatever this machine's clock says
        ({"Date": "Sun, 22 Nov 2001 12:00:00 GMT", "Retry_After": "Sun, 22 Nov 2001 12:00:20 GMT"}, 20, 21),
        ({"Date": "Sun, 22 Nov 2099 12:00:00 GMT", "Retry_After": "Sun, 22 Nov 2099 12:00:20 GMT"}, 20, 21),
        ({"Date": "Sun, 22 Nov 2026 12:00:00 GMT", "Retry_After": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0, 1),
        ({"Retry_After": "Sun, 22 Nov 2099 12:00:00 GMT"}, 0.375, 0.625),  # without a Date it says nothing
        ({"Date": "nonsense", "Retry_After": "Sun, 22 Nov 2099 12:00:00 GMT"}, 0.375, 0.625),
    ],
)
def test_the_pause_is_what_the_server_asks_for_where_that_is_sense(
    headers: dict[str, str], least: float, most: float
) -> None:
    assert least <= DeadlineRetry().increment("GET", "/x", response=busy(**headers)).pause <= most


@pytest.mark.parametrize("text", ["61", "3600", "9" * 40])
def test_a_retry_after_past_the_window_ends_it_at_once(emulator: Emulator, pauses: list[float], text: str) -> None:
    emulator.answers("GET", DETAILS, {"status": 429, "headers": {"Retry-After": text}, "times": "always"})
    one = client(emulator, retry_window=60)
    assert get(one).status == 429
    assert pauses == []
    assert one.calls == 1


@given(some.text())
def test_no_header_makes_an_error(text: str) -> None:
    for headers in ({"Retry-After": text}, {"Date": text}, {"Date": text, "Retry-After": text}):
        found = retry_after(headers)
        assert found is None or found >= 0
    assert http_date(text) is None or http_date(text).tzinfo is timezone.utc  # type: ignore[union-attr]  # not None


@pytest.mark.parametrize("zone", ["GMT", "-0000", "", "+0000"])
def test_a_date_without_a_zone_is_no_local_time(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        expected = datetime(2026, 11, 22, 6, 17, 5, tzinfo=timezone.utc)
        assert http_date(f"Sun, 22 Nov 2026 06:17:05 {zone}".strip()) == expected
    finally:
        monkeypatch.undo()
        time.tzset()


@given(some.integers(1, 100))
def test_pauses_double_up_to_twenty_seconds_with_jitter(failures: int) -> None:
    plain = min(0.5 * 2 ** (failures - 1), 20)
    assert plain * 0.75 <= backoff(failures) <= plain * 1.25


@pytest.mark.parametrize("drip", ["body", "all"])
def test_a_slow_drip_ends_although_every_byte_comes_in_time(emulator: Emulator, drip: str) -> None:
    emulator.answers("GET", DETAILS, {"pass": True, "drip": drip, "interval": 0.05, "times": "always"})
    one = client(emulator)
    one.until = time.monotonic() + 0.1  # at least a second is given
    with pytest.raises(Unreachable, match="no complete answer within 1 s"):
        get(one)


def test_work_that_does_not_end_is_given_up() -> None:
    ended = threading.Event()
    assert within(0.05, lambda: ended.wait(5)) is None
    ended.set()
    assert within(5, lambda: 7) == 7
    with pytest.raises(KeyError):
        within(5, lambda: {}["x"])  # type: ignore[index]  # an error on purpose


def test_a_body_larger_than_the_bound_is_not_read_on(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_BYTES", 100_000)
    emulator.answers("GET", DETAILS, {"text": "x" * 100_000}, {"text": "x" * 100_001})
    one = client(emulator)
    assert len(get(one).body) == 100_000
    with pytest.raises(Unreachable, match="larger than 100000 bytes"):
        get(one)


# -- whose credentials, which way -------------------------------------------------------------------------------------


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@responses.activate
def test_a_netrc_does_not_replace_the_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine api.fivetran.com login thief password stolen\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    responses.get("https://api.fivetran.com/v1/x", json={})
    Client("Fivetran", "https://api.fivetran.com/v1", BasicAuth(KEY, "sécret"), "application/json").get("/x")
    Client("Fivetran", "https://api.fivetran.com/v1", None, "application/json").get("/x")
    assert responses.calls[0].request.headers["Authorization"] == basic(KEY, "sécret")
    assert "Authorization" not in responses.calls[1].request.headers


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that notes the first line of each request and refuses it."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(4096).partition(b"\r\n")[0])
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked


def test_a_proxy_of_the_environment_is_used_but_never_for_loopback(
    emulator: Emulator, proxy: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = proxy
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert get(client(emulator)).status == 200
    assert asked == []
    one = Client("Fivetran", "https://api.fivetran.invalid/v1", None, "application/json", retry_window=0)
    with pytest.raises(Unreachable, match="403"):
        one.get("/x")
    assert [line.split()[:2] for line in asked] == [[b"CONNECT", b"api.fivetran.invalid:443"]]


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


def test_the_headers_say_who_asks_and_what_is_sent(emulator: Emulator) -> None:
    one = client(emulator)
    get(one)
    post(one)
    read, write = emulator.requests()
    assert read["headers"]["user-agent"].startswith("slipway/")
    assert read["headers"]["accept"] == "application/json"
    assert "content-type" not in read["headers"]
    assert write["headers"]["content-type"] == "application/json"
    assert write["body"] == {"force": False}


def test_what_the_server_says_of_the_quota_is_remembered(emulator: Emulator) -> None:
    one = client(emulator)
    assert one.quota_left is None
    for headers, expected in (
        ({"X-Rate-Limit": "1000", "X-Rate-Limit-Remaining": "50"}, 0.05),
        ({"X-Rate-Limit": "many", "X-Rate-Limit-Remaining": "-7"}, 0.05),
        ({"X-Rate-Limit": None, "X-Rate-Limit-Remaining": "0"}, 0.0),
    ):
        emulator.answers("GET", DETAILS, {"pass": True, "headers": headers})
        get(one)
        assert one.quota_left == expected


def test_in_a_dry_run_reads_are_sent_and_writes_are_noted(emulator: Emulator) -> None:
    one = client(emulator, dry_run=True)
    get(one)
    with pytest.raises(Planned):
        post(one)
    assert [row["method"] for row in emulator.requests()] == ["GET"]
    assert one.planned == [{"method": "POST", "url": emulator.url + SYNC, "body": {"force": False}}]


def test_parts_of_a_path_stay_what_they_are() -> None:
    assert path("a b", "c/d", "é", "..%2f") == "/a%20b/c%2Fd/%C3%A9/..%252f"


@responses.activate
def test_of_calls_side_by_side_the_lowest_quota_counts_whichever_answer_comes_last() -> None:
    one = Client("Fivetran", "https://api.test/v1", None, "application/json", read_timeout=5.0)
    left = {"outer": "1", "inner": "0", "later": "50"}

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        name = request.url.rpartition("/")[2]
        if name == "outer":
            one.get("/inner")  # begun after it, and answered before it
        return 200, {"X-Rate-Limit": "100", "X-Rate-Limit-Remaining": left[name]}, "{}"

    for name in left:
        responses.add_callback("GET", f"https://api.test/v1/{name}", answer)
    one.get("/outer")
    assert one.remaining == 0
    one.get("/later")  # the hour is over
    assert one.remaining == 50
