"""An emulator in the test's own process, whose clock stands still, and one as a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.test import TestResponse

from emulator.app import create_app
from emulator.clock import Clock
from emulator.core import Core
from emulator.options import Options
from tests.emulator.openapi import read_document

ROOT = Path(__file__).parents[2]
START = 1_800_000_000.25
JSON_V2 = "application/json;version=2"


@pytest.fixture(scope="module")
def document() -> Any:
    """Fivetran's OpenAPI document."""
    return read_document()


class Emulated:
    """Sends requests with credentials to an emulator in this process."""

    def __init__(self, options: Options) -> None:
        self.slept: list[float] = []
        self.time = START
        self.app = create_app(options, Clock(lambda: self.time), self.slept.append)
        self.client = self.app.test_client()

    def renew(self) -> None:
        """Return the emulator to its initial state.

        That is faster than a new emulator, for which Flask compiles a hundred routes: longer than most tests take.
        """
        core: Core = self.app.extensions["emulator"]
        core.reset(core.options.connectors, core.options.sync_seconds)
        self.slept.clear()
        self.time = START
        self.client = self.app.test_client()

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        """Send a request. Without `auth` it has a valid key and secret."""
        return self.client.open(path, method=method, auth=more.pop("auth", ("key", "secret")), **more)

    def data(self, method: str, path: str, **more: Any) -> Any:
        """Return the `data` of an answer. The request must succeed."""
        answer = self.ask(method, path, **more)
        assert answer.status_code in (200, 201), answer.text
        assert answer.json is not None
        return answer.json.get("data")

    def details(self, connection_id: str) -> Any:
        """Return a connection's details."""
        return self.data("GET", f"/v1/connections/{connection_id}")

    def state(self, connection_id: str) -> str:
        """Return a connection's sync state."""
        return str(self.details(connection_id)["status"]["sync_state"])

    def control(self, method: str, path: str, json: Any = None) -> Any:
        """Send a control request, which must succeed."""
        answer = self.client.open(f"/_emulator/{path}", method=method, json=json)
        assert answer.status_code == 200, answer.text
        return answer.json

    def scenario(self, **fivetran: Any) -> None:
        """Merge Fivetran's part of a scenario into the emulator's state."""
        self.control("POST", "scenario", {"fivetran": fivetran})

    def switch(self, **switches: Any) -> None:
        """Set switches."""
        self.scenario(switches=switches)

    def routes(self, path: str, *answers: Any, **more: Any) -> None:
        """Queue answers for a path."""
        self.control("POST", "scenario", {"routes": [{"path": path, "answers": list(answers), **more}]})

    def wait(self, seconds: float) -> None:
        """Advance the emulator's clock."""
        self.control("POST", "clock", {"advance": seconds})


@pytest.fixture(scope="session")
def standard() -> Emulated:
    """The emulator that the tests of a process share by `emulated`."""
    return Emulated(Options())


@pytest.fixture
def emulated(standard: Emulated) -> Emulated:
    """An emulator in this process in its initial state. A sync takes five seconds."""
    standard.renew()
    return standard


@pytest.fixture
def emulate() -> Callable[..., Emulated]:
    """Return a function that makes an emulator with other options."""
    return lambda **options: Emulated(Options(**options))


class Process:
    """`python -m emulator` in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "emulator", *arguments]
        self.popen = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )
        assert self.popen.stdout is not None
        self.url = self.popen.stdout.readline().strip()
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = ("key", "secret")

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.url.rpartition(":")[2])

    def get(self, path: str, **more: Any) -> requests.Response:
        """Send a GET request with credentials."""
        return self.session.get(self.url + path, **{"timeout": 20, **more})

    def routes(self, path: str, *answers: Any) -> None:
        """Queue answers for a path."""
        found = {"routes": [{"path": path, "answers": list(answers)}]}
        self.session.post(f"{self.url}/_emulator/scenario", json=found, timeout=20).raise_for_status()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """End the process with a signal. Return the exit code, the rest of stdout, and stderr."""
        self.session.close()
        assert self.popen.stdout is not None
        assert self.popen.stderr is not None
        self.popen.send_signal(number)
        code = self.popen.wait(timeout=20)
        return code, self.popen.stdout.read(), self.popen.stderr.read()


def environment() -> dict[str, str]:
    """The environment that a process needs to start, without Slipway's variables."""
    return {key: value for key, value in os.environ.items() if key in ("PATH", "HOME")}


@pytest.fixture
def process() -> Iterator[Callable[..., Process]]:
    """Return a function that starts emulators. They end with the test."""
    started: list[Process] = []

    def start(*arguments: str) -> Process:
        started.append(Process(*arguments))
        return started[-1]

    yield start
    for one in started:
        if one.popen.poll() is None:
            one.popen.kill()
        one.popen.wait(timeout=20)


def eventually(question: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Call `question` until it returns True, for at most `seconds`. Return whether it did."""
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
