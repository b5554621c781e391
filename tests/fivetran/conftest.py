"""Programs played inside the test's own process, with a time that passes as fast as they sleep."""

import importlib
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEY, SECRET, Blueprint, Emulator, Finished


class Play(Blueprint):
    """Runs a blueprint's ``main`` here. Its sleeps take no time: they move its clock and the emulator's instead.

    Its clock stands still otherwise, so that no test depends on how fast the machine is.
    """

    def __init__(self, folder: Path, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder, emulator.url)
        self.emulator = emulator
        self.slept: list[float] = []
        self.says: Any = capsys
        self.during: dict[int, Any] = {}  # what happens in which sleep, counted from 1
        self._now = 1000.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += seconds
        self.emulator.advance(seconds)
        self.during.get(len(self.slept), lambda: None)()

    def clock(self) -> float:
        return self._now

    def __call__(self, name: str, *arguments: str, cwd: Path | None = None, **variables: str | None) -> Finished:
        self.slept.clear()
        self.says.readouterr()
        main = importlib.import_module(f"blueprints.{name.replace('/', '.')}").main
        code = main(self.environment(variables), list(arguments))
        said = self.says.readouterr()
        return Finished(int(code), said.out, said.err)


@pytest.fixture
def play(
    tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Play:
    made = Play(tmp_path, emulator, capsys)
    monkeypatch.setattr(time, "sleep", made.sleep)
    monkeypatch.setattr(time, "monotonic", made.clock)
    monkeypatch.chdir(made.cwd)
    return made


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a blueprint's ``main`` here with no server at all: the answers come from ``responses``."""
    monkeypatch.chdir(tmp_path)
    now = [1000.0]
    monkeypatch.setattr(time, "sleep", lambda seconds: now.append(now[-1] + seconds))
    monkeypatch.setattr(time, "monotonic", lambda: now[-1])

    def run(name: str, *arguments: str, **variables: str | None) -> Finished:
        given = {
            "FIVETRAN_API_KEY": KEY,
            "FIVETRAN_API_SECRET": SECRET,
            "SLIPWAY_RETRY_TIMEOUT": "0",
            **variables,
        }
        capsys.readouterr()
        main = importlib.import_module(f"blueprints.{name.replace('/', '.')}").main
        code = main({key: value for key, value in given.items() if value is not None}, list(arguments))
        said = capsys.readouterr()
        return Finished(int(code), said.out, said.err)

    return run
