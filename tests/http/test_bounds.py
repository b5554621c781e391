"""Work that is given up after a number of seconds."""

import os
import threading

import pytest

from shared.http import bounds
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

    monkeypatch.setattr(bounds, "_idle", [])
    monkeypatch.setattr(threading.Thread, "start", refuse)
    begun = []
    with pytest.raises(NoThread, match="no further thread"):
        within(5, lambda: begun.append(1))
    assert begun == []


def test_one_thread_does_one_piece_of_work_after_the_other_and_waits_for_none_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounds, "_idle", [])
    first = within(5, threading.get_ident)
    assert within(5, threading.get_ident) == first
    hangs = threading.Event()
    assert within(0.0, hangs.wait) is None
    other = within(5, threading.get_ident)
    assert other not in (None, first)
    hangs.set()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # the process has threads, on purpose
def test_a_forked_process_has_threads_of_its_own() -> None:
    within(5, int)
    child = os.fork()
    if not child:
        os._exit(within(5, lambda: 7) or 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
