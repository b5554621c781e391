"""Faults of TLS: the certificate, the handshake, the end of the encrypted connection."""

from contextlib import suppress

from tests.faults import tls
from tests.faults.effects import FINE, LOST, UNSENT, UNVERIFIED, Fault
from tests.faults.plays import as_it_is, close, half, reset, then, with_its_end
from tests.faults.server import Good, Peer, Play
from tests.faults.tls import Opening


def opening(opens: Opening, makes: str) -> Fault:
    """Return a fault of the handshake."""
    return Fault(as_it_is, makes, acts=False, tls=True, opens=opens)


def below_tls(data: bytes) -> Play:
    """Send bytes that are not TLS in the middle of an answer."""

    def play(peer: Peer, good: Good) -> None:
        half(peer, good)
        with tls.below(peer.socket) as raw:
            raw.sendall(data)
        peer.close()

    return play


def notified(peer: Peer, good: Good) -> None:
    """Send TLS's closing message and close the connection."""
    with suppress(OSError):
        peer.socket.settimeout(0)  # do not wait for the client's own
        peer.socket.unwrap()  # type: ignore[attr-defined]  # it is a TLS socket
    peer.close()


no_length: Play = lambda peer, good: peer.send(good.bytes(Content_Length=None))  # noqa: E731
TLS: dict[str, Fault] = {
    "TLS": Fault(as_it_is, FINE, tls=True),
    "TLS, a certificate that signs itself": opening(tls.certificate("self_signed"), UNVERIFIED),
    "TLS, a certificate that has expired": opening(tls.certificate("expired"), UNVERIFIED),
    "TLS, a certificate of the future": opening(tls.certificate("not_yet_valid"), UNVERIFIED),
    "TLS, a certificate of another host": opening(tls.certificate("wrong_host"), UNVERIFIED),
    "TLS, closed in the handshake": opening(tls.cut(), UNSENT),
    "TLS, reset in the handshake": opening(tls.cut(reset=True), UNSENT),
    "TLS, an alert in the handshake": opening(tls.cut(b"\x15\x03\x03\x00\x02\x02\x28"), UNSENT),
    "TLS, half of a handshake": opening(tls.cut(b"\x16\x03\x03\x00\x7a\x02\x00"), UNSENT),
    "TLS, HTTP instead": opening(tls.cut(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), UNSENT),
    "TLS, asks who we are": opening(tls.certificate("good", asks=True), UNSENT),
    "TLS, closed at once": Fault(close, LOST, tls=True),
    "TLS, closed at once, as it should be": Fault(notified, LOST, tls=True),
    "TLS, closed in the body": Fault(then(half, close), LOST, tls=True),
    "TLS, closed in the body, as it should be": Fault(then(half, notified), LOST, tls=True),
    "TLS, reset in the body": Fault(then(half, reset), LOST, tls=True),
    "TLS, closed after the answer": Fault(then(with_its_end, close), FINE, tls=True),
    "TLS, closed after the answer, as it should be": Fault(then(with_its_end, notified), FINE, tls=True),
    "TLS, no length, closed": Fault(then(no_length, close), FINE, tls=True),
    "TLS, no length, closed as it should be": Fault(then(no_length, notified), FINE, tls=True),
    "TLS, bytes that are none": Fault(below_tls(b"HTTP/1.1 200 OK\r\n\r\n"), LOST, tls=True),
    "TLS, an alert in the body": Fault(below_tls(b"\x15\x03\x03\x00\x02\x02\x14"), LOST, tls=True),
}
