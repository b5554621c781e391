"""How the server opens a connection over TLS, correctly or not.

``tls/`` has an authority and certificates for 127.0.0.1, made for these tests only: ``good`` is valid until 2120,
``expired`` until 2021, ``not_yet_valid`` from 2119, ``wrong_host`` names elsewhere.example, ``self_signed`` is signed
by itself.
"""

import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

CERTIFICATES = Path(__file__).parent / "tls"
AUTHORITY = CERTIFICATES / "authority.pem"
Opening = Callable[[socket.socket], socket.socket | None]


@cache
def _context(name: str, asks: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    if asks:
        context.load_verify_locations(AUTHORITY)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def certificate(name: str, *, asks: bool = False) -> Opening:
    """Return a handshake with this certificate, which returns None if it fails. ``asks``: the client needs one, too."""

    def open_(connection: socket.socket) -> socket.socket | None:
        try:
            return _context(name, asks).wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            return None

    return open_


good = certificate("good")


def plain(connection: socket.socket) -> socket.socket:
    """Speak HTTP on a connection that expects TLS."""
    return connection


def cut(answer: bytes = b"", *, reset: bool = False) -> Opening:
    """Read the client's first message, answer with these bytes, and close the connection."""

    def open_(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.recv(65536)
            connection.sendall(answer)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    return open_


@contextmanager
def below(connection: socket.socket) -> Iterator[socket.socket]:
    """Give access to the connection below TLS."""
    with socket.socket(fileno=connection.fileno()) as raw:
        try:
            yield raw
        finally:
            raw.detach()
