"""In a batch a write goes over the connection of the write before, unless anything speaks against it."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from shared.errors import Unreachable
from shared.http import session
from shared.http.client import Client
from tests.faults import tls
from tests.faults.plays import as_it_is, gives_up, swallows
from tests.faults.server import Good, Peer, Play, Server
from tests.faults.state import CONNECTOR
from tests.faults.world import World

PATH = f"/connections/{CONNECTOR}"
FORGED = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"forged"'
Made = Callable[[Good], bytes]


class Watched:
    """A client of a batch, and the connections over which the server answered."""

    def __init__(self, server: Server, scheme: str = "http") -> None:
        self.server = server
        self.peers: list[Peer] = []
        self.client = Client(
            vendor="Fivetran", base_url=f"{scheme}://127.0.0.1:{server.port}/v1", accept="*/*", retry_timeout=0
        )
        self.client.keep_writes()

    def plays(self, play: Play, strike: str = "write", **hits: object) -> None:
        def watched(peer: Peer, good: Good) -> None:
            self.peers.append(peer)
            play(peer, good)

        self.server.set(World(), watched, strike, **hits)  # type: ignore[arg-type]
        self.server._strikes = lambda *of: (strike == "write") is (of[0] != "GET")  # type: ignore[method-assign]

    def write(self) -> object:
        return self.client.write("PATCH", PATH, {"paused": True}).json

    @property
    def connections(self) -> int:
        return len({id(peer) for peer in self.peers})


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def test_writes_that_follow_each_other_share_a_connection(server: Server) -> None:
    batch = Watched(server)
    batch.plays(as_it_is)
    assert [batch.write() is not None for _ in range(3)] == [True] * 3
    assert (batch.connections, len(batch.peers)) == (1, 3)


def test_a_write_does_not_go_over_the_connection_of_a_read(server: Server) -> None:
    batch = Watched(server)
    batch.plays(swallows, "read")
    batch.client.get(PATH)
    batch.write()
    assert len(server.requests) == 2


def test_an_idle_connection_is_not_used_for_a_write(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "KEPT_FOR", -1.0)
    batch = Watched(server)
    batch.plays(as_it_is)
    batch.write()
    batch.write()
    assert batch.connections == 2


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda good: good.bytes(Connection="close"), id="it will be closed"),
        pytest.param(lambda good: good.bytes(Keep_Alive="timeout=1, max=9"), id="it will be closed in a second"),
        pytest.param(lambda good: good.bytes(Keep_Alive="timeout=5,max=0"), id="it was the last one"),
        pytest.param(lambda good: good.bytes().replace(b"HTTP/1.1", b"HTTP/1.0", 1), id="HTTP/1.0"),
        pytest.param(lambda good: good.bytes() + FORGED, id="another answer follows"),
        pytest.param(lambda good: good.bytes() + FORGED[:1], id="a byte follows"),
        pytest.param(lambda good: good.bytes() + b"x" * 60000, id="more follows than a buffer holds"),
        pytest.param(
            lambda good: good.bytes(body=b"", Content_Length=None, Transfer_Encoding="chunked") + b"0\r\n\r\nx",
            id="a byte follows the chunks",
        ),
    ],
)
def test_a_write_does_not_go_over_a_connection_whose_last_answer_speaks_against_it(server: Server, made: Made) -> None:
    batch = Watched(server)
    batch.plays(lambda peer, good: peer.send(made(good)))
    batch.write()
    batch.plays(as_it_is)
    batch.peers.clear()
    assert batch.write() == batch.write() != "forged"
    assert batch.connections == 1  # the server that says so may be asked again


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_answer_that_was_not_asked_for_is_not_taken_for_that_to_the_next_write(
    server: Server, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.AUTHORITY))
    filler = 9000  # with it the buffer has only a part of the record of TLS, and the rest begins with the answer

    def forges(peer: Peer, good: Good) -> None:
        whole = good.bytes()
        peer.send(whole + b"\n" * (8192 - len(whole)) + FORGED + b" " * (filler - 8192))

    batch = Watched(server, scheme)
    batch.plays(forges, opens=tls.good if scheme == "https" else None)
    assert [batch.write() == "forged" for _ in range(3)] == [False] * 3
    assert batch.connections == 3


def test_an_answer_that_comes_while_nobody_asks_is_not_that_to_the_next_write(server: Server) -> None:
    done = threading.Event()

    def forges(peer: Peer, good: Good) -> None:
        peer.send(good.bytes())
        asked.wait(10)
        peer.send(FORGED)
        done.set()

    asked = threading.Event()
    batch = Watched(server)
    batch.plays(forges)
    batch.write()
    asked.set()
    done.wait(10)
    assert batch.write() != "forged"
    assert batch.connections == 2


@pytest.mark.parametrize(
    "play",
    [
        pytest.param(lambda peer, good: peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n"), id="1xx"),
        pytest.param(lambda peer, good: peer.send(good.bytes("101 Switching Protocols", b"", Upgrade="h2c")), id="101"),
        pytest.param(lambda peer, good: (peer.send(good.bytes()[:-1]), peer.half_close()), id="it breaks off"),
        pytest.param(lambda peer, good: peer.send(good.bytes(Content_Encoding="gzip")), id="it cannot be read"),
        pytest.param(lambda peer, good: peer.send(b"HTTP/1.1 200 OK\r\nX\r\n" * 200 + b"\r\n"), id="no HTTP"),
    ],
)
def test_a_connection_whose_last_answer_was_not_read_to_its_end_is_not_used_again(server: Server, play: Play) -> None:
    batch = Watched(server)
    batch.plays(play)
    for _ in range(2):
        with pytest.raises(Unreachable):
            batch.write()
    assert (batch.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("play", [swallows, gives_up])
def test_a_write_that_is_lost_with_a_kept_connection_is_not_sent_again_and_no_further_one_is_lost(
    server: Server, play: Play
) -> None:
    batch = Watched(server)
    batch.plays(play)
    batch.write()
    with pytest.raises(Unreachable):
        batch.write()
    assert [batch.write() is not None for _ in range(3)] == [True] * 3
    assert (len(server.requests), batch.client.usage.calls, batch.connections) == (4, 5, 4)


def test_a_read_that_meets_a_closed_connection_ends_the_sharing_of_writes(server: Server) -> None:
    batch = Watched(server)
    batch.plays(swallows, "read")
    batch.client.get(PATH)
    batch.client.get(PATH)
    batch.plays(swallows)
    batch.peers.clear()
    assert [batch.write() is not None for _ in range(3)] == [True] * 3
    assert batch.connections == 3


def test_a_server_that_closes_after_each_answer_without_a_word_ends_the_sharing_of_writes(server: Server) -> None:
    closed = threading.Event()

    def leaves(peer: Peer, good: Good) -> None:
        peer.send(good.bytes())
        peer.close()
        closed.set()

    batch = Watched(server)
    batch.plays(leaves)
    batch.write()
    assert closed.wait(10)
    batch.write()  # its connection is found to be closed before anything is sent
    batch.plays(as_it_is)
    batch.peers.clear()
    assert [batch.write() is not None for _ in range(3)] == [True] * 3
    assert batch.connections == 3


def test_the_end_of_tls_is_seen_although_the_connection_below_stays(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.AUTHORITY))
    batch = Watched(server, "https")
    batch.plays(tls_ends, opens=tls.good)
    assert [batch.write() is not None for _ in range(3)] == [True] * 3
    assert batch.connections == 3


def tls_ends(peer: Peer, good: Good) -> None:
    """Answer, and say in the same segment that TLS ends."""
    connection = peer.socket
    with tls.below(connection) as below:
        below.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        peer.send(good.bytes())
        connection.settimeout(0.01)
        with suppress(OSError):  # the client says nothing about the end
            connection.unwrap()  # type: ignore[attr-defined]  # it is a TLS socket
        below.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
    peer.hang()


def test_only_a_batch_shares_connections_between_writes(server: Server) -> None:
    alone = Watched(server)
    alone.client._sessions.keeps_writes = False
    alone.plays(as_it_is)
    alone.write()
    alone.write()
    assert alone.connections == 2


def test_head_and_body_of_a_request_are_sent_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    send = http.client.HTTPConnection.send
    monkeypatch.setattr(http.client.HTTPConnection, "send", lambda self, data: (sent.append(data), send(self, data)))
    batch = Watched(server)
    batch.plays(as_it_is)
    batch.write()
    batch.client.get(PATH)
    assert [data.partition(b"\r\n\r\n")[2] for data in sent] == [b'{"paused": true}', b""]
