"""The real schedulers.

`make test-schedulers` installs them and sets SLIPWAY_ENGINES to their folder. `make test` does not collect these tests.
"""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engines.airflow_process import Airflow
from tests.schedulers.examples import PASTES

CONNECTOR = "speak_inexpensive"
ENGINES = os.environ.get("SLIPWAY_ENGINES")

collect_ignore_glob = [] if ENGINES else ["test_*.py"]


@pytest.fixture
def connector() -> str:
    return CONNECTOR


@pytest.fixture
def example(process: Any) -> dict[str, str]:
    """The environment of an example's program: short intervals, the emulator's address, a folder of its own."""
    return {
        **process.environ,
        "SLIPWAY_DATA": str(process.cwd),
        "SLIPWAY_RETRY_DELAY": "1",
        "SLIPWAY_POKE": "1",
        "SLIPWAY_RETRY_TIMEOUT": "0",
        "NO_COLOR": "1",
        "DO_NOT_TRACK": "1",
    }


@pytest.fixture
def paste(tmp_path: Path, example: dict[str, str]) -> Callable[[str], Path]:
    """Write an example from the documentation to a file, with the paths of this machine and short intervals."""
    changes = {
        "/srv/slipway": example["SLIPWAY_DATA"],
        "=60": "=1",
        "@task(retries=5)": "@task(retries=5, retry_delay=1)",  # Airflow's default is five minutes
    }

    def write(name: str) -> Path:
        text = PASTES[name]
        for given, changed in changes.items():
            text = text.replace(given, changed)
        file = tmp_path / "paste" / name
        file.parent.mkdir()
        file.write_text(text)
        return file

    return write


@pytest.fixture
def ends_once_looked_at(emulator: Any, connector: str) -> Iterator[None]:
    """Let a sync run for an hour, and end it once a check has seen it running: no machine is too slow for that."""
    emulator.outcomes(connector, {"result": "success", "seconds": 3600})
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            asked = [row["method"] for row in emulator.requests()]
            if "POST" in asked and asked[asked.index("POST") :].count("GET") >= 2:  # the first GET is the trigger's own
                emulator.advance(3601)
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    over.set()
    watcher.join()


@pytest.fixture(scope="session")
def engines() -> Path:
    assert ENGINES
    return Path(ENGINES).resolve()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, engines: Path) -> Airflow:
    airflow = Airflow(tmp_path_factory.mktemp("airflow"), engines / "airflow" / "bin")
    airflow.environ = {"PATH": "/usr/bin:/bin", "HOME": str(airflow.folder)}
    assert airflow("db", "migrate").returncode == 0
    return airflow


@pytest.fixture
def airflow(installed: Airflow, example: dict[str, str]) -> Airflow:
    installed.environ = example
    return installed
