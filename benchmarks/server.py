"""A server that answers triggers and polls over TLS, always in the same way, so that only the clients differ.

Its self-signed certificate is added to the public bundle of authorities, so that a client reads the complete bundle as
it does with the real API.
"""

import json
import shutil
import ssl
import subprocess
import sys
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi

from benchmarks.ways import CONNECTOR, REAL_NAME

_STAMP = "2026-11-29T10:00:00.000000Z"
_DETAILS = {
    "id": CONNECTOR,
    "service": "postgres",
    "schema": "shop",
    "group_id": "projected_sickle",
    "paused": False,
    "schedule_type": "auto",
    "sync_frequency": 60,
    "succeeded_at": _STAMP,
    "failed_at": None,
    "connected_by": "interment_burdensome",
    "created_at": "2026-01-01T00:00:00.000000Z",
    "status": {
        "setup_state": "connected",
        "schema_status": "ready",
        "sync_state": "scheduled",
        "update_state": "on_schedule",
        "is_historical_sync": False,
        "tasks": [],
        "warnings": [],
    },
    "config": {"host": "shop.example.com", "port": 5432, "database": "shop", "password": "******"},
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer({"code": "Success", "data": _DETAILS})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer({"code": "Success", "message": f"Sync has been successfully triggered for {CONNECTOR}"})

    def _answer(self, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Date", self.date_time_string(datetime.now(timezone.utc).timestamp()))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def serve(folder: Path) -> None:
    authorities(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
        print(f"https://127.0.0.1:{httpd.server_port}", flush=True)
        httpd.serve_forever()


def authorities(folder: Path) -> None:
    """Write a certificate for the server, and a bundle with this certificate after the public authorities."""
    names = f"subjectAltName=DNS:localhost,DNS:{REAL_NAME},IP:127.0.0.1"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=slipway benchmark"]
    subprocess.run(
        [*make, "-addext", names, "-keyout", str(folder / "server.key"), "-out", str(folder / "server.pem")],
        check=True,
        capture_output=True,
    )
    bundle = folder / "bundle.pem"
    shutil.copy(certifi.where(), bundle)
    with bundle.open("ab") as file:
        file.write((folder / "server.pem").read_bytes())


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
