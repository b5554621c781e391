"""Command line of the emulator: `python -m emulator` serves until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from emulator.app import create_app
from emulator.core import Core
from emulator.options import MOST_CONNECTORS, Options
from emulator.scenario import CENTURY, Json, ScenarioError, read_scenario
from emulator.server import Server, Stopped

PROGRAM = "python -m emulator"


def main(arguments: Sequence[str] | None = None, program: str = PROGRAM) -> int:
    """Serve and return 0 after a clean stop, 2 for an invalid argument or scenario."""
    parser = build_parser(program)
    given = parser.parse_args(arguments)
    if (given.key is None) != (given.secret is None):
        parser.error("--key and --secret belong together")
    try:
        scenario = read_scenario(given.scenario) if given.scenario else {}
        options = build_options(given, scenario)
        app = create_app(options)
    except (ScenarioError, OSError) as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 2
    try:
        server = Server(given.host, given.port, app)
    except OSError as error:
        where = f"port {given.port} of {given.host}"
        print(f"emulator: {where}: {error.strerror}; choose another by --port or --host", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    try:
        announce(server, app.extensions["emulator"])
        server.serve_forever(poll_interval=0.1)
    except Stopped:
        return 0
    finally:
        server.server_close()
    return 0


def build_parser(program: str = PROGRAM) -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(program, description="A local emulator of Fivetran's and Airbyte's APIs.")
    parser.add_argument("--port", type=port, default=0, help="default 0: any free port")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind; default: this machine only")
    parser.add_argument("--allow-host", action="append", default=[], help="another Host name to serve")
    parser.add_argument("--sync-seconds", type=amount, default=5.0, help="how long a sync takes; default 5")
    parser.add_argument("--scenario", type=Path, help="JSON file; emulator/README.md has its form")
    parser.add_argument(
        "--connectors", type=count, default=0, help="number of generated connectors beside the sample account"
    )
    parser.add_argument("--key", help="with --secret: the only credentials that are accepted; default: any")
    parser.add_argument("--secret")
    parser.add_argument("--log", action="store_true", help="write a line for each request to stderr")
    return parser


def build_options(given: argparse.Namespace, scenario: Json) -> Options:
    """Translate the parsed arguments into options."""
    names = {"127.0.0.1", "localhost", "[::1]", literal(given.host), *given.allow_host}
    return Options(
        sync_seconds=given.sync_seconds,
        connectors=given.connectors,
        key=given.key,
        secret=given.secret,
        log=given.log,
        names=frozenset(names),
        any_address=given.host in ("0.0.0.0", "::"),  # noqa: S104  # compared with, not bound
        scenario=scenario,
    )


def announce(server: Server, core: Core) -> None:
    """Print the base URL on the first line, then export lines for a shell."""
    host, port = str(server.server_address[0]), int(server.server_address[1])
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # not bound either
    url = f"http://{literal(shown)}:{port}"
    lines = [f"export {name}={value}" for one in core.vendors for name, value in one.exports(url).items()]
    print("\n".join([url, *lines]), flush=True)


def literal(host: str) -> str:
    """Return a host as it is written in a URL: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def amount(text: str) -> float:
    """Parse a number of seconds from zero to a hundred years."""
    found = float(text)
    if not 0 <= found <= CENTURY:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from zero to a hundred years")
    return found


def count(text: str) -> int:
    """Parse the number of connectors to generate."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= MOST_CONNECTORS):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {MOST_CONNECTORS}")
    return int(text)


def port(text: str) -> int:
    """Parse a port from 0 to 65535."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text} is not a port from 0 to 65535")
    return int(text)


if __name__ == "__main__":
    raise SystemExit(main())
