"""Work that is given up after so many seconds."""

import threading

import pytest

from shared.http.bounds import NoThread, within


def test_work_that_does_not_end_is_given_up() -> None:
    ended = threading.Event()
    assert within(0.05, lambda: ended.wait(5)) is None
    ended.set()
    assert within(5, lambda: 7) == 7
    with pytest.raises(KeyError):
        within(5, lambda: {}["x"])  # type: ignore[index]  # an error on purpose


def test_where_there_is_no_thread_the_work_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    begun = []
    with pytest.raises(NoThread, match="no further thread"):
        within(5, lambda: begun.append(1))
    assert begun == []
