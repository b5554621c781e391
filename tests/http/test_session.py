"""Sessions: writes at the same time have a session each, and reads have another one."""

import socket
import threading
import warnings

import requests

from shared.http.client import Client
from shared.http.session import Sessions
from tests.http.conftest import RawServer


def test_two_writes_at_a_time_have_a_session_each_and_a_later_one_takes_one_of_them() -> None:
    sessions = Sessions("http://127.0.0.1:9", "*/*")
    with sessions.of(reads=False) as one, sessions.of(reads=False) as other, sessions.of(reads=True) as reads:
        assert len({id(one), id(other), id(reads)}) == 3
    with sessions.of(reads=False) as later:
        assert later in (one, other)


def test_the_pool_of_the_one_server_is_looked_up_once_and_again_after_it_was_closed() -> None:
    with Sessions("http://127.0.0.1:9", "*/*").of(reads=True) as session:
        adapter = session.get_adapter("http://127.0.0.1:9")
        asked = session.prepare_request(requests.Request("GET", "http://127.0.0.1:9/v1?a=b"))
        pool = adapter.get_connection_with_tls_context(asked, True, {}, None)
        assert adapter.get_connection_with_tls_context(asked, True, {}, None) is pool
        session.close()
        assert adapter.get_connection_with_tls_context(asked, True, {}, None) is not pool


def test_a_request_line_has_the_path_and_of_a_plain_proxy_the_address() -> None:
    with Sessions("http://127.0.0.1:9", "*/*").of(reads=True) as session:
        adapter = session.get_adapter("http://127.0.0.1:9")
        for url, proxies, line in (
            ("http://127.0.0.1:9/v1?a=b", {}, "/v1?a=b"),
            ("http://127.0.0.1:9/v1?a=b", {"http": "http://127.0.0.1:8"}, "http://127.0.0.1:9/v1?a=b"),
        ):
            assert adapter.request_url(session.prepare_request(requests.Request("GET", url)), proxies) == line


def test_a_cookie_goes_with_each_later_request_whether_it_reads_or_writes() -> None:
    heads: list[bytes] = []

    def serve() -> None:
        for _ in range(3):
            with listener.accept()[0] as peer:
                heads.append(peer.recv(65536))
                peer.sendall(b"HTTP/1.1 204 X\r\nSet-Cookie: node=b; Path=/\r\nConnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, daemon=True)
        server.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sessions = Sessions(url, "*/*")
        for reads in (True, False, True):
            with sessions.of(reads=reads) as session:
                session.request("GET", url, allow_redirects=False)
        server.join(10)
    assert [b"\r\nCookie: node=b\r\n" in head for head in heads] == [False, True, True]


def test_cookies_whose_names_are_new_each_time_do_not_pile_up(raw: RawServer) -> None:
    raw.answers(*[b"HTTP/1.1 204 X\r\nSet-Cookie: node%d=b; Path=/\r\n\r\n" % number for number in range(60)])
    client = Client(vendor="Fivetran", base_url=raw.url, accept="*/*", retry_timeout=0)
    for _ in range(60):
        client.get("/a")
    sent = [asked.count(b"node") for asked in raw.asked]
    assert (sent[0], max(sent), sent[-1]) == (0, 50, 9)


def test_a_cookie_that_cannot_be_read_is_left_out_without_a_warning(raw: RawServer) -> None:
    odd = b"Set-Cookie: a=b; Expires=Wed, 09 Foo 2026 09:09:09 GMT\r\n"
    raw.answers(b"HTTP/1.1 200 OK\r\n" + odd + b"Content-Length: 2\r\n\r\n{}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = Client(vendor="Fivetran", base_url=raw.url, accept="*/*", retry_timeout=0)
        assert client.get("/a").status == 200
