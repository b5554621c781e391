"""A server may close a kept connection between two calls. No call fails because of that, and no write is lost."""

import socket
from collections.abc import Iterator

import pytest

from shared.errors import Unreachable
from shared.http.client import Client
from tests.faults.plays import as_it_is, close, gives_up, swallows
from tests.faults.server import Good, Peer, Play, Server
from tests.faults.state import CONNECTOR
from tests.faults.world import World

PATH = f"/connections/{CONNECTOR}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def client(server: Server, play: Play, strike: str = "read") -> Client:
    """Return a client with a retry timeout of 0."""
    server.set(World(), play, strike)
    return Client(vendor="Fivetran", base_url=f"http://127.0.0.1:{server.port}/v1", accept="*/*", retry_timeout=0)


def test_a_read_over_a_kept_connection_that_was_closed_is_sent_again_at_once(server: Server) -> None:
    one = client(server, swallows)
    assert [one.get(PATH).status for _ in range(3)] == [200, 200, 200]
    assert (len(server.requests), one.usage.calls) == (3, 5)


def test_a_write_never_goes_over_a_kept_connection(server: Server) -> None:
    one = client(server, swallows)
    one.get(PATH)
    assert one.write("PATCH", PATH, {"paused": True}).status == 200
    assert (server.writes, one.usage.calls) == (1, 2)


def test_a_write_does_not_go_over_the_connection_of_another_one(server: Server) -> None:
    one = client(server, swallows, "write")
    for _ in range(2):
        assert one.write("PATCH", PATH, {"paused": True}).status == 200
    assert (server.writes, one.usage.calls) == (2, 2)


def test_a_read_after_a_write_does_not_use_its_connection_either(server: Server) -> None:
    one = client(server, swallows, "write")
    one.write("PATCH", PATH, {"paused": True})
    assert one.get(PATH).status == 200
    assert one.usage.calls == 2


def test_a_read_over_a_new_connection_that_is_closed_is_not_sent_again(server: Server) -> None:
    one = client(server, close)
    with pytest.raises(Unreachable):
        one.get(PATH)
    assert len(server.requests) == 1


def test_an_answer_that_is_no_use_leaves_a_connection_too(server: Server) -> None:
    def spoils(peer: Peer, good: Good) -> None:
        peer.send(good.bytes(body=b"no gzip", Content_Encoding="gzip"))
        peer.swallow()

    one = client(server, spoils)
    for _ in range(2):
        with pytest.raises(Unreachable, match="decompressing"):
            one.get(PATH)
    assert (len(server.requests), one.usage.calls) == (2, 3)


def test_a_read_is_sent_again_once(server: Server) -> None:
    one = client(server, as_it_is)
    one.get(PATH)
    server.set(World(), close, "read")  # which leaves the connections of before, too
    with pytest.raises(Unreachable):
        one.get(PATH)
    assert (len(server.requests), one.usage.calls) == (1, 1 + 2)


def test_a_read_over_a_new_connection_is_not_sent_again_because_another_connection_was_kept(server: Server) -> None:
    one = client(server, close, "after")
    one.write("PATCH", PATH, {"paused": True})
    with pytest.raises(Unreachable):
        one.get(PATH)
    assert one.usage.calls == 2


def test_the_answer_that_another_one_announced_is_not_that_to_the_next_request(server: Server) -> None:
    def announces(peer: Peer, good: Good) -> None:
        peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        if peer.socket.recv(1, socket.MSG_PEEK):  # the next request arrives before the answer to this one
            peer.send(good.bytes())

    one = client(server, announces, "second")
    assert [one.get("/groups").status, one.get(PATH).status] == [200, 103]
    assert "items" in one.get("/groups").json["data"]


def test_a_kept_connection_that_is_given_up_with_408_when_a_read_comes_is_as_good_as_closed(server: Server) -> None:
    one = client(server, gives_up)
    assert [one.get(PATH).status for _ in range(3)] == [200, 200, 200]
    assert one.usage.calls == 5


def test_a_408_over_a_new_connection_is_an_answer(server: Server) -> None:
    one = client(server, lambda peer, good: peer.send(good.bytes("408 X", b"")))
    assert one.get(PATH).status == 408
    assert one.usage.calls == 1
