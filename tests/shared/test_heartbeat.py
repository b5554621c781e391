"""A sign of life while a call is slow."""

from threading import Event, Thread

import pytest

from shared.terminal.heartbeat import heartbeat


def test_it_is_said_at_once_and_then_again_until_the_block_is_left() -> None:
    said: list[str] = []
    often = Event()

    def say(text: str) -> None:
        said.append(text)
        if len(said) >= 3:
            often.set()

    with heartbeat(say, "reloading", every=0.001):
        assert often.wait(10)
    count = len(said)
    assert said[0] == "reloading"
    assert said[1].startswith("reloading: no answer yet (")
    assert len(said) == count, "nothing is said once the block is left"


def test_an_error_passes_through() -> None:
    with pytest.raises(ValueError, match="no"), heartbeat(lambda text: None, "x"):
        raise ValueError("no")


def test_without_a_thread_the_call_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(thread: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", none)
    said: list[str] = []
    with heartbeat(said.append, "reloading"):
        said.append("called")
    assert said == ["reloading", "called"]
