"""Which authorities verify a server's certificate: last time's authority first, but never one that the bundle lacks.

``tls/`` has two authorities and a server certificate of each, valid until 2120, made for these tests only.
"""

import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from release import authorities
from shared.errors import Unreachable
from shared.http.authorities import Adapter
from shared.http.client import Client
from shared.http.session import new_session

TLS = Path(__file__).parent / "tls"
ONE, TWO = ((TLS / f"authority_{name}.pem").read_bytes() for name in ("one", "two"))
Serve = Callable[[str], "Server"]


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing about handshakes that a client breaks off, as it should."""


class Server:
    """An HTTPS server that counts the requests."""

    def __init__(self, certificate: str) -> None:
        self.received: list[str] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST  # noqa: N815  # the library's name

            def log_message(self, *arguments: Any) -> None:
                """Print nothing."""

        self.httpd = Quiet(("127.0.0.1", 0), Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(TLS / f"server_{certificate}.pem")
        self.httpd.socket = self.context.wrap_socket(self.httpd.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self.httpd.server_port}"
        threading.Thread(target=self.httpd.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def start(certificate: str) -> Server:
        servers.append(Server(certificate))
        return servers[-1]

    yield start
    for one in servers:
        one.httpd.shutdown()
        one.httpd.server_close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ways in which authorities were read: ``bundle``, ``one`` or ``folder``."""
    found: list[str] = []
    real = ssl.SSLContext.load_verify_locations

    def load(self: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        found.append("one" if cadata else "folder" if capath else "bundle")
        real(self, cafile, capath, cadata)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load)
    return found


class Hint:
    """A memory without files."""

    def __init__(self, pem: bytes = b"") -> None:
        self.pem = pem

    def read(self) -> bytes:
        return self.pem

    def write(self, pem: bytes) -> None:
        self.pem = pem


def client(url: str, hint: Hint, bundle: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    (tmp_path / "bundle.pem").write_bytes(bundle)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "bundle.pem"))
    return Client(
        vendor="Fivetran", base_url=url, accept="application/json", remembered=hint, read_timeout=5.0, retry_timeout=0.0
    )


Make = Callable[[str, Hint, bytes], Client]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    return lambda url, hint, bundle: client(url, hint, bundle, tmp_path, monkeypatch)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_bundle_is_read_once_and_the_next_process_reads_one_authority(
    serve: Serve, make: Make, read: list[str], end: bytes
) -> None:
    server, hint = serve("one"), Hint()
    bundle = (TWO + ONE).replace(b"\n", end)
    first = make(server.url, hint, bundle)
    first.write("POST", "/sync")
    first.get("/state")
    assert (hint.pem.strip(), read) == (ONE.strip(), ["bundle"])
    make(server.url, hint, bundle).write("POST", "/sync")
    assert read == ["bundle", "one"]
    assert server.received == ["/sync", "/state", "/sync"]


def test_a_server_that_changed_its_authority_is_verified_by_the_bundle(
    serve: Serve, make: Make, read: list[str]
) -> None:
    server, hint = serve("two"), Hint(ONE)
    make(server.url, hint, ONE + TWO).write("POST", "/sync")
    assert (server.received, read) == (["/sync"], ["one", "bundle"])
    assert hint.pem.strip() == TWO.strip()


def test_calls_side_by_side_with_an_old_hint_all_arrive_once(serve: Serve, make: Make, read: list[str]) -> None:
    server = serve("two")
    one = make(server.url, Hint(ONE), ONE + TWO)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: one.write("POST", f"/{number}"), range(6)))
    assert sorted(server.received) == [f"/{number}" for number in range(6)]
    assert read == ["one", "bundle"]


@pytest.mark.parametrize("hint", [TWO, TWO + ONE, TWO.replace(b"\n", b"\r\n"), b"no PEM", b"\xff", ONE[:-40], ONE[5:]])
def test_nobody_is_trusted_whom_the_bundle_lacks(serve: Serve, make: Make, hint: bytes) -> None:
    """Somebody else may have written the hint. Nothing is sent to a server that only the hint would verify."""
    server = serve("two")
    with pytest.raises(Unreachable, match="does not have the authority that signed"):
        make(server.url, Hint(hint), ONE).write("POST", "/sync")
    assert server.received == []
    good = serve("one")
    assert make(good.url, Hint(hint), ONE).write("POST", "/sync").status == 200


def test_an_authority_that_the_bundle_has_commented_out_is_not_trusted(serve: Serve, make: Make) -> None:
    server = serve("two")
    with pytest.raises(Unreachable, match="does not have the authority that signed"):
        make(server.url, Hint(TWO), ONE + b"# gone: " + TWO).write("POST", "/sync")
    assert server.received == []


@pytest.mark.parametrize("hint", [b"", ONE])
def test_another_hosts_certificate_is_refused(serve: Serve, make: Make, hint: bytes) -> None:
    server = serve("one")
    with pytest.raises(Unreachable, match="made out to another name"):
        make(server.url.replace("127.0.0.1", "localhost"), Hint(hint), ONE).get("/state")


def test_only_what_was_not_sent_is_sent_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the handshake, an error of TLS may come after the request has arrived."""
    sent: list[str] = []

    def send(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        sent.append(str(request.url))
        raise requests.exceptions.SSLError(ssl.SSLError(1, "decryption failed or bad record mac"))

    monkeypatch.setattr(HTTPAdapter, "send", send)
    with pytest.raises(Unreachable):
        make("https://127.0.0.1:9", Hint(ONE), ONE).write("POST", "/sync")
    assert len(sent) == 1


def test_a_bundle_that_is_none_is_said_by_the_call(serve: Serve, make: Make) -> None:
    with pytest.raises(Unreachable, match="is no file of certificates"):
        make(serve("one").url, Hint(ONE), b"no certificates").get("/state")


def folder_of(size: int, bundle: Path) -> Path:
    return bundle.with_name(f"authorities-{size}")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default bundle with both authorities, and a folder beside it with the first one."""
    usual = tmp_path / "certifi/cacert.pem"
    usual.parent.mkdir()
    usual.write_bytes(ONE)
    authorities.main([str(usual)])
    usual.write_bytes(ONE + TWO)
    folder_of(len(ONE), usual).rename(folder_of(len(ONE + TWO), usual))
    monkeypatch.setattr("shared.http.session.DEFAULT_CA_BUNDLE_PATH", str(usual))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    return usual


def plain_client(url: str, hint: Hint) -> Client:
    return Client(
        vendor="Fivetran", base_url=url, accept="application/json", remembered=hint, read_timeout=5.0, retry_timeout=0.0
    )


def test_a_folder_beside_the_usual_bundle_is_searched_instead(serve: Serve, installed: Path, read: list[str]) -> None:
    """The image has such a folder, so nothing has to be remembered there."""
    server, other, hint = serve("one"), serve("two"), Hint(TWO)
    one = plain_client(server.url, hint)
    one.write("POST", "/sync")
    one.get("/state")
    assert (server.received, read) == (["/sync", "/state"], ["folder"])
    plain_client(other.url, hint).write("POST", "/sync")  # its authority is only in the bundle
    assert (other.received, read) == (["/sync"], ["folder", "folder", "bundle"])


def test_a_folder_is_not_searched_once_its_bundle_was_changed(serve: Serve, installed: Path, read: list[str]) -> None:
    """If certifi was renewed and the folder was not, an authority in it may no longer be trusted."""
    installed.write_bytes(TWO)
    with pytest.raises(Unreachable, match="signed by an unknown authority"):
        plain_client(serve("one").url, Hint()).write("POST", "/sync")
    assert plain_client(serve("two").url, Hint()).write("POST", "/sync").status == 200
    assert read == ["bundle", "bundle"]


def test_a_folder_beside_a_given_bundle_is_not_searched(serve: Serve, make: Make, tmp_path: Path) -> None:
    """Somebody else may have made it."""
    (tmp_path / "two.pem").write_bytes(TWO)
    authorities.main([str(tmp_path / "two.pem")])
    with pytest.raises(Unreachable, match="does not have the authority that signed"):
        make(serve("two").url, Hint(), ONE).write("POST", "/sync")


@pytest.mark.parametrize(
    ("url", "proxy", "used"),
    [
        ("https://api.example.com/v1", "", True),
        ("http://api.example.com/v1", "", False),
        ("https://api.example.com/v1", "http://proxy:3128", False),
    ],
)
def test_where_it_is_used(url: str, proxy: str, used: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not through a proxy, whose own TLS may need other authorities than the server's."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.setenv("https_proxy", proxy)
    adapter = new_session(url, "application/json", Hint()).get_adapter(url)
    assert isinstance(adapter, Adapter) == used


def test_a_directory_of_authorities_stays_with_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    adapter = new_session("https://127.0.0.1:9", "application/json", Hint()).get_adapter("https://127.0.0.1:9")
    assert not isinstance(adapter, Adapter)
