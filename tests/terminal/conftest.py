"""A terminal of 80 columns that keeps what was written to it."""

import io
import os
from collections.abc import Callable
from typing import Any

import pytest

from shared.program.run import Run
from shared.settings.run_settings import RunSettings


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2


class Time:
    """A clock that moves only when ``sleep`` is called."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Terminal]:
    """Return a function that replaces stderr, or another stream, by a terminal with a given number of columns."""

    def make(stream: str = "stderr", width: int = 80) -> Terminal:
        made = Terminal()
        monkeypatch.setattr(f"sys.{stream}", made)
        monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((width, 24)))
        return made

    return make


@pytest.fixture
def run_in() -> Callable[..., Run]:
    """Return a function that makes a run with the given environment and a clock of its own."""

    def make(**environ: str) -> Run:
        run = Run("fivetran/x", RunSettings({}), {"TERM": "xterm", **environ})
        time: Any = Time()
        run.clock, run.sleep = time.clock, time.sleep
        return run

    return make
