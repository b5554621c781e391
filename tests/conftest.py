"""Fixtures of all tests: an emulator, and two ways to run a blueprint against it.

``blueprint`` calls a blueprint's ``main`` in the test's own process, with a clock that only its sleeps advance. That is
fast, and independent of how busy the machine is. ``process`` starts a blueprint as a scheduler would, to test what only
a real process has: ways to start it, signals, streams, the environment, two runs at once. ``alone`` has no emulator.
"""

import importlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# Under nohup every process that a test starts would ignore SIGHUP, too. A handler is not inherited.
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda _number, _frame: None)

# Hypothesis has no deadline, because no test asserts a duration.
hypothesis_settings.register_profile(
    "slipway",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not os.environ.get("SLIPWAY_SOAK"),  # the same examples each time, except in ``make soak``
)
hypothesis_settings.load_profile("slipway")


@pytest.fixture(autouse=True)
def same_chance(request: pytest.FixtureRequest) -> None:
    """Let the jitter of pauses be the same in each run of a test."""
    random.seed(request.node.nodeid)


ROOT = Path(__file__).resolve().parent.parent
KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"


class Emulator:
    """A running emulator and its control endpoints."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.still = False
        self._session = requests.Session()
        self._session.trust_env = False

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._session.request(method, f"{self.url}/_emulator/{path}", json=body, timeout=10)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def reset(self, **options: Any) -> None:
        self._control("POST", "reset", options)
        if self.still:
            self._control("POST", "clock", {"still": True})

    def stand_still(self) -> None:
        """Let only ``advance`` move the emulator's clock until the test ends."""
        self.still = True
        self._control("POST", "clock", {"still": True})

    def scenario(self, scenario: dict[str, Any]) -> None:
        self._control("POST", "scenario", scenario)

    def switches(self, **switches: Any) -> None:
        self.scenario({"fivetran": {"switches": switches}})

    def outcomes(self, connector_id: str, *outcomes: dict[str, Any]) -> None:
        self.scenario({"fivetran": {"connectors": {connector_id: {"outcomes": list(outcomes)}}}})

    def answers(self, method: str, path: str, *answers: dict[str, Any]) -> None:
        self.scenario({"routes": [{"method": method, "path": path, "answers": list(answers)}]})

    def requests(self, method: str | None = None) -> list[dict[str, Any]]:
        found = self._control("GET", "requests")
        rows: list[dict[str, Any]] = found["requests"] if isinstance(found, dict) else found
        return [row for row in rows if method is None or row["method"] == method]

    def forget_requests(self) -> None:
        self._control("DELETE", "requests")

    def connector(self, connector_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self._control("GET", f"connectors/{connector_id}")
        return found

    def set(self, connector_id: str, **fields: Any) -> None:
        self._control("PATCH", f"connectors/{connector_id}", fields)

    def advance(self, seconds: float) -> None:
        self._control("POST", "clock", {"advance": seconds})


@contextmanager
def running_emulator() -> Iterator[Emulator]:
    """Start an emulator in a process of its own."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--sync-seconds", "0.4"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), url
        yield Emulator(url)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator_process: Emulator) -> Emulator:
    emulator_process.still = False
    emulator_process.reset()
    return emulator_process


def eventually(question: Callable[[], object], seconds: float = 60.0) -> bool:
    """Call ``question`` until it is true. Return False after ``seconds``, which suffice on a very busy machine."""
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Lines:
    """Receives what a wait reports. It writes each report as a line."""

    def __init__(self, say: Callable[[str], None], sleep: Callable[[float], None]) -> None:
        self.reading = say
        self.trouble = say
        self.sleep = sleep


class Finished(NamedTuple):
    """A program that has ended. ``result`` is its only line on stdout, parsed; {} without one."""

    code: int
    stdout: str
    stderr: str

    @property
    def result(self) -> dict[str, Any]:
        lines = self.stdout.splitlines()
        assert len(lines) <= 1, self.stdout
        found: dict[str, Any] = json.loads(lines[0]) if lines else {}
        return found


class Place:
    """A working directory for blueprints, and an environment with only the given variables."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.emulator = emulator
        self.cwd = folder / "work"
        self.cwd.mkdir()
        home = folder / "home"
        home.mkdir()
        self.environ = {
            **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},  # `make coverage`
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "FIVETRAN_API_URL": f"{emulator.url}/v1",
            "FIVETRAN_API_KEY": KEY,
            "FIVETRAN_API_SECRET": SECRET,
            "SLIPWAY_RETRY_TIMEOUT": "2",
            "SLIPWAY_READ_TIMEOUT": "5",
        }

    def environment(self, variables: dict[str, str | None]) -> dict[str, str]:
        return {key: value for key, value in {**self.environ, **variables}.items() if value is not None}

    def file(self, folder: str, name: str, vendor: str = "fivetran") -> Path:
        return self.cwd / "shipyard-artifacts" / f"{vendor}-blueprints" / folder / name

    def files(self) -> set[str]:
        """Return the paths of the files that runs left below the working directory, except the empty lock files."""
        found = [path for path in self.cwd.rglob("*") if path.is_file() and path.suffix != ".lock"]
        return {str(path.relative_to(self.cwd)) for path in found}


class Process(Place):
    """Starts a blueprint as a scheduler would: ``python blueprints/<vendor>/<name>.py`` from another folder."""

    def command(self, name: str, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "blueprints" / f"{name}.py"), *arguments]

    def start(self, name: str, *arguments: str, **variables: str | None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(name, *arguments),
            cwd=self.cwd,
            env=self.environment(variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until(self, running: "subprocess.Popen[str]", question: Callable[[], object]) -> None:
        """Return once ``question`` returns something true. If the process ends earlier, fail with its output."""
        assert eventually(lambda: question() or running.poll() is not None), "the process neither did it nor ended"
        assert question(), (running.returncode, *running.communicate())

    def __call__(self, name: str, *arguments: str, cwd: Path | None = None, **variables: str | None) -> Finished:
        done = subprocess.run(
            self.command(name, *arguments),
            cwd=cwd or self.cwd,
            env=self.environment(variables),
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Finished(done.returncode, done.stdout, done.stderr)


def run_main(
    says: pytest.CaptureFixture[str], name: str, environ: dict[str, str], arguments: tuple[str, ...]
) -> Finished:
    """Call a blueprint's ``main`` in this process."""
    says.readouterr()
    main = importlib.import_module(f"blueprints.{name.replace('/', '.')}").main
    code = main(environ, list(arguments))
    said = says.readouterr()
    return Finished(int(code), said.out, said.err)


class Blueprint(Place):
    """Runs a blueprint's ``main`` in this process. Its sleeps take no time but advance its clock and the emulator's.

    Otherwise both clocks stand still, so that no test depends on the machine's speed. ``slept`` has the lengths of the
    last run's sleeps in seconds. ``during`` maps the number of a sleep, counted from 1, to a function that is called in
    it.
    """

    def __init__(self, folder: Path, emulator: Emulator, says: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder, emulator)
        self.slept: list[float] = []
        self.during: dict[int, Callable[[], Any]] = {}
        self._says = says
        self._now = 1000.0
        self._lock = threading.Lock()  # the threads of a batch sleep at the same time

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._now += seconds
            self.emulator.advance(seconds)
            self.during.get(len(self.slept), lambda: None)()

    def clock(self) -> float:
        return self._now

    def __call__(self, name: str, *arguments: str, cwd: Path | None = None, **variables: str | None) -> Finished:
        self.slept.clear()
        os.chdir(cwd or self.cwd)
        return run_main(self._says, name, self.environment(variables), arguments)


@pytest.fixture
def process(tmp_path: Path, emulator: Emulator) -> Process:
    return Process(tmp_path, emulator)


@pytest.fixture
def blueprint(
    tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Blueprint:
    emulator.stand_still()
    made = Blueprint(tmp_path, emulator, capsys)
    monkeypatch.setattr(time, "sleep", made.sleep)
    monkeypatch.setattr(time, "monotonic", made.clock)
    monkeypatch.chdir(made.cwd)
    return made


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a blueprint's ``main`` in this process without a server. The package ``responses`` gives the answers."""
    monkeypatch.chdir(tmp_path)
    now = [1000.0]
    monkeypatch.setattr(time, "sleep", lambda seconds: now.append(now[-1] + seconds))
    monkeypatch.setattr(time, "monotonic", lambda: now[-1])

    def run(name: str, *arguments: str, **variables: str | None) -> Finished:
        given = {"FIVETRAN_API_KEY": KEY, "FIVETRAN_API_SECRET": SECRET, "SLIPWAY_RETRY_TIMEOUT": "0", **variables}
        environ = {key: value for key, value in given.items() if value is not None}
        return run_main(capsys, name, environ, arguments)

    return run
