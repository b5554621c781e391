"""The emulated Airbyte server, through each of its two APIs."""

from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import Blueprint, Emulator, Process, eventually

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
FAILING = "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f"
FLAKY = "c2a9f0b4-1d3e-4f68-a7b9-8e6d5c4b3a21"
INACTIVE = "9e8d7c6b-5a49-4838-b726-150f4e3d2c1b"
DEPRECATED = "3f2e1d0c-9b8a-4796-8574-6352413f2e1d"
LOCKED = "6a7b8c9d-0e1f-4a2b-9c3d-4e5f6a7b8c9d"
NEVER_RUN = "e1f2a3b4-c5d6-4e7f-9081-a2b3c4d5e6f7"
ANALYTICS = "cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"
CLIENT_SECRET = "client-secret-of-the-tests"


class Airbyte:
    """Runs Airbyte's blueprints against one of the two APIs, and reads from the emulator which requests were sent."""

    def __init__(self, api: str, emulator: Emulator, blueprint: Any) -> None:
        self.api = api
        self.emulator = emulator
        self.blueprint = blueprint
        emulator.reset(sync_seconds=0)  # a job without an outcome of its own has ended at the first poll
        self.own = {"AIRBYTE_SERVER_HOST": "127.0.0.1", "AIRBYTE_SERVER_PORT": str(urlsplit(emulator.url).port)}
        self.public = {
            "AIRBYTE_API_URL": f"{emulator.url}/api/public/v1",
            "AIRBYTE_CLIENT_ID": "client-id-of-the-tests",
            "AIRBYTE_CLIENT_SECRET": CLIENT_SECRET,
        }
        self.environ = {"AIRBYTE_POLL_INTERVAL": "1", **(self.own if api == "own" else self.public)}

    def __call__(self, name: str, connection_id: str | None = None, **variables: str | None) -> Any:
        more = {} if connection_id is None else {"AIRBYTE_CONNECTION_ID": connection_id}
        return self.blueprint(f"airbyte/{name}", **{**self.environ, **more, **variables})

    def start(self, name: str, connection_id: str, **variables: str | None) -> Any:
        more = {"AIRBYTE_CONNECTION_ID": connection_id, **variables}
        return self.blueprint.start(f"airbyte/{name}", **{**self.environ, **more})

    def switch(self, **switches: Any) -> None:
        self.emulator.scenario({"airbyte": {"switches": switches}})

    def outcomes(self, connection_id: str, *outcomes: Any) -> None:
        self.set(connection_id, outcomes=list(outcomes))

    def set(self, connection_id: str, **fields: Any) -> None:
        self.emulator.scenario({"airbyte": {"connections": {connection_id: fields}}})

    def jobs(self, connection_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.emulator.connector(connection_id)["jobs"]
        return found

    def paths(self) -> list[str]:
        """Return the requests that were sent, without the API's prefix: ``POST /connections/sync``."""
        prefix = "/api/v1" if self.api == "own" else "/api/public/v1"
        return [f"{row['method']} {row['path'].removeprefix(prefix)}" for row in self.emulator.requests()]

    @property
    def trigger(self) -> tuple[str, str]:
        """Method and path of the request that starts a sync."""
        return ("POST", "/api/v1/connections/sync") if self.api == "own" else ("POST", "/api/public/v1/jobs")

    def triggers(self) -> int:
        method, path = self.trigger
        return sum((row["method"], row["path"]) == (method, path) for row in self.emulator.requests())

    def answers(self, path: str, *answers: dict[str, Any], method: str = "*") -> None:
        self.emulator.answers(method, path, *answers)

    def answer_trigger(self, *answers: dict[str, Any]) -> None:
        self.emulator.answers(*self.trigger, *answers)

    @property
    def job_path(self) -> str:
        """The path of a poll of a job, as a pattern."""
        return "/api/v1/jobs/get*" if self.api == "own" else "/api/public/v1/jobs/*"

    def await_looks(self, looks: int) -> None:
        """Return once a process has polled its job ``looks`` times."""

        def asked() -> bool:
            return sum(fnmatchcase(row["path"], self.job_path) for row in self.emulator.requests()) >= looks

        assert eventually(asked), f"{self.job_path} was not asked for {looks} times"

    def during(self, sleep: int, happens: Any) -> None:
        """Call ``happens`` during the run's ``sleep``-th sleep, counted from 1."""
        self.blueprint.during[sleep] = happens

    @property
    def list_path(self) -> tuple[str, str]:
        """Method and path of the list of a connection's jobs."""
        return ("POST", "/api/v1/jobs/list") if self.api == "own" else ("GET", "/api/public/v1/jobs")

    def file(self, folder: str, name: str) -> Any:
        return self.blueprint.file(folder, name, "airbyte")


@pytest.fixture(params=["own", "public"])
def airbyte(request: pytest.FixtureRequest, emulator: Emulator, blueprint: Blueprint) -> Airbyte:
    """Run the test with both APIs, blueprints in this process."""
    return Airbyte(request.param, emulator, blueprint)


@pytest.fixture(params=["own", "public"])
def airbyte_process(request: pytest.FixtureRequest, emulator: Emulator, process: Process) -> Airbyte:
    """Run the test with both APIs, blueprints as real processes."""
    return Airbyte(request.param, emulator, process)


@pytest.fixture
def own(emulator: Emulator, blueprint: Blueprint) -> Airbyte:
    """The Configuration API, without credentials."""
    return Airbyte("own", emulator, blueprint)


@pytest.fixture
def public(emulator: Emulator, blueprint: Blueprint) -> Airbyte:
    """The public API, with client credentials."""
    return Airbyte("public", emulator, blueprint)
