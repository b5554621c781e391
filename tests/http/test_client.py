"""One HTTP call: which are repeated, how long they may take, and which credentials they carry."""

import base64
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
import urllib3.connection

from shared.errors import NotArrived, Unreachable
from shared.http.auth import BasicAuth
from shared.http.client import Client, Planned
from shared.http.deadline import Deadline
from shared.http.response import Answer
from shared.http.session import new_session
from tests.conftest import KEY, SECRET, Emulator, eventually

DETAILS = "/v1/connections/speak_inexpensive"
SYNC = DETAILS + "/sync"
RETRIED = (429, 500, 502, 503, 504)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses of the client in seconds, which are not really slept."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def client(emulator: Emulator, **options: Any) -> Client:
    given = {"base_url": emulator.url + "/v1", "auth": BasicAuth(KEY, SECRET), **options}
    return client_of(**{"read_timeout": 5.0, "retry_timeout": 5.0, **given})


def client_of(base_url: str, **options: Any) -> Client:
    return Client(vendor="Fivetran", base_url=base_url, accept="application/json", **options)


def get(one: Client) -> Answer:
    return one.get("/connections/speak_inexpensive")


def post(one: Client) -> Answer:
    return one.write("POST", "/connections/speak_inexpensive/sync", {"force": False})


BREAKS = [{"reset": "before"}, {"reset": "after"}, {"hang": 1.5}, {"pass": True, "truncated": True}]


def test_an_address_is_sent_as_it_is() -> None:
    """Settings refuse an invalid address, and paths are quoted, so nothing remains to be changed."""
    address = "https://API.example.com:8443/V1/a%2fb/..?c=%e9&d="
    session = new_session("https://API.example.com:8443/V1", "application/json")
    prepared = session.prepare_request(requests.Request("GET", address))
    assert prepared.url == address
    assert (prepared.method, prepared.headers["Accept"]) == ("GET", "application/json")


# -- which requests are repeated ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", RETRIED)
def test_a_read_is_repeated_where_the_server_is_busy_or_broken(
    emulator: Emulator, pauses: list[float], status: int
) -> None:
    emulator.answers("GET", DETAILS, {"status": status, "html": "<h1>busy</h1>", "times": 2})
    one = client(emulator)
    assert get(one).status == 200
    assert len(emulator.requests("GET")) == one.usage.calls == 3
    assert len(pauses) == 2


@pytest.mark.parametrize("answer", BREAKS)
def test_a_read_is_repeated_where_the_connection_breaks_or_hangs(
    emulator: Emulator, pauses: list[float], answer: dict[str, Any]
) -> None:
    emulator.answers("GET", DETAILS, {**answer, "times": 2})
    one = client(emulator, read_timeout=0.5 if "hang" in answer else 30.0)
    assert get(one).json["data"]["id"] == "speak_inexpensive"
    assert len(emulator.requests("GET")) == one.usage.calls == 3


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
    client(emulator, retry_timeout=60).write(method, "/connections/sleepy_lantern", {})
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
    one = client_of(f"http://127.0.0.1:{closed_port}", retry_timeout=2.9)
    with pytest.raises(NotArrived, match="refused"):
        call(one)
    assert one.usage.calls == 4
    assert len(pauses) == 3


def test_a_tls_error_while_the_answer_is_read_repeats_a_read_and_no_write(
    emulator: Emulator, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Any) -> Any:
        raise ssl.SSLError(1, "record layer failure")

    with monkeypatch.context() as patch:
        patch.setattr(urllib3.connection.HTTPConnection, "getresponse", broken)
        with pytest.raises(Unreachable, match="record layer failure") as caught:
            post(client(emulator))
        assert not isinstance(caught.value, NotArrived)
        one = client(emulator, retry_timeout=2.9)
        with pytest.raises(Unreachable):
            get(one)
    assert one.usage.calls == 4
    assert eventually(lambda: len(emulator.requests()) == 5), "none comes later, in the next test"


# -- how long ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [{"status": 503, "empty": True}, {"pass": True, "truncated": True}])
@pytest.mark.usefixtures("pauses")
def test_no_read_is_repeated_past_the_deadline_and_those_without_one_are(
    emulator: Emulator, answer: dict[str, Any]
) -> None:
    emulator.answers("GET", DETAILS, {**answer, "times": 2})
    one = client(emulator)
    with contextlib.suppress(Unreachable):
        assert get(one.until(Deadline(0.0), last_chance=True)).status == 503
    assert one.usage.calls == 1
    assert get(one).status == 200
    assert one.usage.calls == 3


@pytest.mark.parametrize("text", ["61", "3600", "9" * 40])
def test_a_retry_after_past_the_window_ends_it_at_once(emulator: Emulator, pauses: list[float], text: str) -> None:
    emulator.answers("GET", DETAILS, {"status": 429, "headers": {"Retry-After": text}, "times": "always"})
    one = client(emulator, retry_timeout=60)
    assert get(one).status == 429
    assert pauses == []
    assert one.usage.calls == 1


@pytest.mark.parametrize("drip", ["body", "all"])
def test_a_slow_drip_ends_although_every_byte_comes_in_time(emulator: Emulator, drip: str) -> None:
    emulator.answers("GET", DETAILS, {"pass": True, "drip": drip, "interval": 0.05, "times": "always"})
    soon = Deadline(0.1)  # at least a second is given
    with pytest.raises(Unreachable, match="no complete answer within 1 s"):
        get(client(emulator).until(soon))


# -- which credentials, and which way ---------------------------------------------------------------------------------


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@responses.activate
def test_a_netrc_does_not_replace_the_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine api.fivetran.com login thief password stolen\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    responses.get("https://api.fivetran.com/v1/x", json={})
    client_of("https://api.fivetran.com/v1", auth=BasicAuth(KEY, "sécret")).get("/x")
    client_of("https://api.fivetran.com/v1").get("/x")
    assert responses.calls[0].request.headers["Authorization"] == basic(KEY, "sécret")
    assert "Authorization" not in responses.calls[1].request.headers


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that keeps the first line of each request and refuses it."""
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
    one = client_of("https://api.fivetran.invalid/v1", retry_timeout=0)
    with pytest.raises(Unreachable, match="403"):
        one.get("/x")
    with pytest.raises(NotArrived, match="403"):  # so a trigger is not taken for one that may have arrived
        one.write("POST", "/x", {})
    assert [line.split()[:2] for line in asked] == [[b"CONNECT", b"api.fivetran.invalid:443"]] * 2


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
    assert one.usage.quota_share is None
    for headers, expected in (
        ({"X-Rate-Limit": "1000", "X-Rate-Limit-Remaining": "50"}, 0.05),
        ({"X-Rate-Limit": "many", "X-Rate-Limit-Remaining": "-7"}, 0.05),
        ({"X-Rate-Limit": None, "X-Rate-Limit-Remaining": "0"}, 0.0),
    ):
        emulator.answers("GET", DETAILS, {"pass": True, "headers": headers})
        get(one)
        assert one.usage.quota_share == expected


def test_in_a_dry_run_reads_are_sent_and_writes_are_noted(emulator: Emulator) -> None:
    one = client(emulator, dry_run=True)
    get(one)
    with pytest.raises(Planned):
        post(one)
    assert [row["method"] for row in emulator.requests()] == ["GET"]
    assert one.planned == [{"method": "POST", "url": emulator.url + SYNC, "body": {"force": False}}]


@responses.activate
def test_of_calls_side_by_side_the_lowest_quota_counts_whichever_answer_comes_last() -> None:
    one = client_of("https://api.test/v1", read_timeout=5.0)
    left = {"outer": "1", "inner": "0", "later": "50"}

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        name = request.url.rpartition("/")[2]
        if name == "outer":
            one.get("/inner")  # begins after the other call and is answered before it
        return 200, {"X-Rate-Limit": "100", "X-Rate-Limit-Remaining": left[name]}, "{}"

    for name in left:
        responses.add_callback("GET", f"https://api.test/v1/{name}", answer)
    one.get("/outer")
    assert one.usage.quota_remaining == 0
    one.get("/later")  # the hour is over
    assert one.usage.quota_remaining == 50
