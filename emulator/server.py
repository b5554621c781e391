"""The HTTP server, which can also break connections on purpose.

It is built on the standard library's server instead of Werkzeug's, which closes every connection after one answer;
the real services keep connections open.
"""

from __future__ import annotations

import io
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

from emulator.middleware import DELIVERY
from emulator.scripted_answer import Delivery

LARGEST_BODY = 8 * 1024 * 1024  # bytes
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with a timeout of zero: closing sends RST


class Stopped(Exception):
    """The serving loop ends because of a signal."""


class Server(ThreadingMixIn, HTTPServer):
    """One daemon thread per connection, so that a hanging answer does not delay the exit."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, app: Flask) -> None:
        self.app = app
        self.stopping = False
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def stop(self, *signalled: Any) -> None:
        """Handle a signal: end the serving loop at its next turn."""
        self.stopping = True

    def service_actions(self) -> None:
        """End the serving loop if a signal asked for it. Called at each turn."""
        if self.stopping:
            raise Stopped

    def server_bind(self) -> None:
        """Bind without the name lookup that HTTPServer makes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def shutdown_request(self, request: Any) -> None:
        """Close a connection. One that is to be reset is closed without a shutdown first."""
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(RESET_ON_CLOSE)) == RESET_ON_CLOSE:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect; print any other error, which is a bug."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Serves one connection, kept open between requests (HTTP/1.1)."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "emulator"
    sys_version = ""
    timeout = 75  # seconds that an idle connection is kept
    disable_nagle_algorithm = True
    wbufsize = -1  # buffer the answer, so that headers and body are sent together

    def serve(self) -> None:
        """Read a request, call the application, send its answer."""
        length = self.headers.get("Content-Length", "0")
        if not self.path.startswith("/") or not (length.isascii() and length.isdigit()):
            return self.refuse(400)
        if len(length) > 18 or int(length) > LARGEST_BODY:
            return self.refuse(413)
        if "Transfer-Encoding" in self.headers:
            return self.refuse(411)
        environ = self.environ(self.rfile.read(int(length)))
        status = ""
        headers: list[tuple[str, str]] = []

        def start_response(line: str, found: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            headers.extend(found)

        body = b"".join(self.server.app(environ, start_response))
        return self.deliver(environ[DELIVERY], status, headers, b"" if self.command == "HEAD" else body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve  # noqa: N815  # their names

    def refuse(self, status: int) -> None:
        """Answer with an error without reading the body, and close."""
        self.close_connection = True
        self.send_error(status)

    def environ(self, body: bytes) -> dict[str, Any]:
        """Return the request's WSGI environment (PEP 3333)."""
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        found: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": self.path,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                found[key] = value
            elif key == "CONTENT_LENGTH":
                found[key] = str(len(body))
            elif "_" not in name:
                known = found.get(f"HTTP_{key}")
                found[f"HTTP_{key}"] = value if known is None else f"{known},{value}"
        return found

    def deliver(self, delivery: Delivery, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send an answer, with the faults that the scenario asks for."""
        if delivery.hang:
            time.sleep(delivery.hang)
        if delivery.hang or delivery.reset:
            return self.hang_up(delivery.reset)
        if delivery.truncated:
            body = body[: len(body) // 2]
        if delivery.truncated or self.close_connection:
            self.close_connection = True
            headers = [*headers, ("Connection", "close")]
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        head = "\r\n".join(lines).encode("latin-1")
        slow = {None: b"", "body": body, "all": head + body}[delivery.drip]
        self.wfile.write((head + body)[: len(head) + len(body) - len(slow)])
        self.wfile.flush()
        for one in slow:
            time.sleep(delivery.interval)
            self.wfile.write(bytes([one]))
            self.wfile.flush()
        return None

    def hang_up(self, reset: bool) -> None:
        """Close without an answer; with `reset` the client gets "connection reset by peer"."""
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    def log_message(self, format: str, *args: Any) -> None:  # the name in the base class
        """Print nothing. The request log prints requests, without secrets."""
