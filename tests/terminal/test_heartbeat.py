"""A line that appears while a call is slow."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest

from shared.program.run import Run
from shared.settings.run_settings import RunSettings
from shared.terminal.heartbeat import heartbeat


@pytest.fixture
def run() -> Run:
    return Run("fivetran/x", RunSettings({}), {})


def test_it_is_said_at_once_and_then_again_until_the_block_is_left(run: Run) -> None:
    said: list[str] = []
    often = Event()

    def say(text: str) -> None:
        said.append(text)
        if len(said) >= 3:
            often.set()

    run.speak = say
    with heartbeat(run, "reloading", every=0.001):
        assert often.wait(10)
    count = len(said)
    assert said[0] == "reloading"
    assert said[1].startswith("reloading: no answer yet (")
    assert len(said) == count, "nothing is said once the block is left"


def test_an_error_passes_through(run: Run) -> None:
    with pytest.raises(ValueError, match="no"), heartbeat(run, "x"):
        raise ValueError("no")


def test_in_a_terminal_it_has_a_live_line_instead(terminal: Callable[..., Any], run_in: Callable[..., Run]) -> None:
    written = terminal()
    with heartbeat(run_in(NO_COLOR="1"), "reloading", every=0.001):
        pass
    said, live, gone = written.getvalue().split("\r")
    assert said == "reloading\n"
    assert live.endswith(" waiting for the answer · 0 s\x1b[K")
    assert gone == "\x1b[K"


@pytest.mark.parametrize("live", [False, True])
def test_without_a_thread_the_call_is_made_all_the_same(
    terminal: Callable[..., Any],
    run_in: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    live: bool,
) -> None:
    def none(thread: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", none)
    written = terminal() if live else None
    run = run_in(NO_COLOR="1")
    with heartbeat(run, "reloading"):
        run.say("called")
    said = written.getvalue() if written else capsys.readouterr().err
    assert [line.rpartition("\x1b[K")[2] for line in said.split("\n")][:2] == ["reloading", "called"]
    assert not live or said.endswith("\x1b[K")
