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
    """A clock that only its own sleep moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Terminal]:
    """Make stderr, or another stream, a terminal that is so wide."""

    def make(stream: str = "stderr", width: int = 80) -> Terminal:
        made = Terminal()
        monkeypatch.setattr(f"sys.{stream}", made)
        monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((width, 24)))
        return made

    return make


@pytest.fixture
def run_in() -> Callable[..., Run]:
    """A run whose environment has these variables, with a clock of its own."""

    def make(**environ: str) -> Run:
        run = Run("fivetran/x", RunSettings({}), {"TERM": "xterm", **environ})
        time: Any = Time()
        run.clock, run.sleep = time.clock, time.sleep
        return run

    return make
