"""Verify a server by the certificate authority that signed its certificate last time, read from the bundle in use.

Reading a whole bundle of some 120 authorities takes OpenSSL 3.0 longer than everything else of a call: 16 ms of CPU. So
the authority of a server is remembered, as PEM. What is remembered is a hint and is not trusted: it is used only if the
bundle contains the very same certificate, and where the server cannot be verified by it, the whole bundle is read and
the connection is made again. Nothing was sent before that.

A folder in which OpenSSL finds an authority by its name (``release/authorities.py``) costs as little without a memory.
The image has one beside the bundle of certifi, because a container often starts with an empty artifacts folder.
"""

import os
import ssl
import threading
from collections.abc import Callable
from typing import Any, Protocol

from requests import PreparedRequest, Response
from requests.exceptions import SSLError
from urllib3.util.ssl_ import create_urllib3_context

from shared.http.causes import is_unverified
from shared.http.connections import WatchingAdapter

_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_DER = 2
"""OpenSSL's encoding of a certificate, as ``_ssl`` numbers it."""


class Remembered(Protocol):
    """Where the authority of one server is remembered between processes. Neither method raises."""

    def read(self) -> bytes: ...
    def write(self, pem: bytes) -> None: ...


class Adapter(WatchingAdapter):
    """An adapter for one server. All its connections share one TLS context, so the bundle is read once at most."""

    def __init__(self, bundle: str, remembered: Remembered, folder: str = "", **options: Any) -> None:
        """``bundle`` is a file of authorities, ``folder`` a folder of the same authorities, "" if there is none.

        Raise OSError (SSLError is one) or ValueError if ``bundle`` has no authorities.
        """
        self._bundle = bundle
        self._remembered = remembered
        self._lock = threading.Lock()
        self._context = create_urllib3_context()
        hint = b"" if folder else _in_bundle(remembered.read(), bundle)
        self._is_partial = bool(folder or hint)
        if folder:
            self._context.load_verify_locations(capath=folder)
        elif hint:
            self._context.load_verify_locations(cadata=hint.decode("ascii"))
        else:
            self._read_bundle()
        self._options = options
        self._origin = self
        super().__init__(**options)

    def twin(self) -> "Adapter":
        """Return an adapter with one connection of its own and the same TLS context."""
        twin = object.__new__(Adapter)
        twin.__dict__.update(self.__dict__)
        WatchingAdapter.__init__(twin, **{**self._options, "pool_maxsize": 1})
        return twin

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Keep each connection from reading the bundle: the context has what it needs."""
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # of older stubs
        conn.ca_certs = None

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        origin = self._origin
        was_partial = origin._is_partial
        try:
            return super().send(request, *arguments, **options)
        except SSLError as error:
            if not (was_partial and is_unverified(error)):
                raise
        with origin._lock:  # parallel calls may fail together; the first one reads the bundle
            if origin._is_partial:
                origin._read_bundle()
                origin._is_partial = False
        return super().send(request, *arguments, **options)

    def _read_bundle(self) -> None:
        self._context.load_verify_locations(cafile=self._bundle)
        self._context.sslsocket_class = _socket_class(self._remember)

    def _remember(self, socket: ssl.SSLSocket) -> None:
        """Remember the last certificate of the verified chain, if this version of Python shows the chain."""
        self._context.sslsocket_class = ssl.SSLSocket
        if authority := _authority(socket):
            self._remembered.write(ssl.DER_cert_to_PEM_cert(authority).encode())


def folder_beside(bundle: str) -> str:
    """Return the folder with the authorities of a bundle, "" if there is none.

    Its name has the bundle's size in bytes: a bundle that was changed since has another size, and is read itself.
    """
    try:
        folder = os.path.join(os.path.dirname(bundle), f"authorities-{os.path.getsize(bundle)}")
    except OSError:
        return ""
    return folder if os.path.isdir(folder) else ""


def _socket_class(verified: Callable[[ssl.SSLSocket], None]) -> type[ssl.SSLSocket]:
    """Return a class of sockets that call ``verified`` after their handshake."""

    class Socket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            verified(self)

    return Socket


def _authority(socket: Any) -> bytes | None:
    """Return the last certificate of the verified chain as DER.

    ``get_verified_chain`` is public from Python 3.13 on, and a private method from 3.10 on.
    """
    ask = getattr(socket, "get_verified_chain", None) or getattr(socket._sslobj, "get_verified_chain", None)
    last = ask()[-1] if ask else None
    return last if last is None or isinstance(last, bytes) else bytes(last.public_bytes(_DER))


def _in_bundle(pem: bytes, bundle: str) -> bytes:
    """Return ``pem`` if the bundle contains exactly its lines, else ``b""``. OpenSSL reads only complete lines.

    A line may end with CRLF, as those of a bundle that was edited on Windows do.
    """
    pem = pem.strip()
    if not (pem.startswith(_BEGIN) and pem.endswith(_END)):
        return b""
    with open(bundle, "rb") as file:
        lines = b"\n" + file.read().replace(b"\r\n", b"\n") + b"\n"
    return pem if b"\n" + pem + b"\n" in lines else b""
