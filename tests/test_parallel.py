"""Parallel work."""

import threading
from queue import SimpleQueue
from typing import Any

import pytest

from shared import parallel
from shared.errors import Unreachable
from shared.parallel import side_by_side


def test_work_goes_side_by_side_within_its_bound_and_items_are_drawn_as_there_is_room() -> None:
    at_once, most, drawn = [0], [0], [0]
    lock, gate = threading.Lock(), threading.Event()

    def items() -> Any:
        for number in range(20):
            drawn[0] += 1
            yield number

    def work(number: int) -> int:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
            if at_once[0] == 3:
                gate.set()
        assert gate.wait(10)
        with lock:
            at_once[0] -= 1
        return number

    found = side_by_side(items(), work, 3)
    assert next(found) in range(20)
    assert drawn[0] <= 7
    assert len(list(found)) == 19
    assert most[0] == 3


def test_what_work_raises_is_raised_and_nothing_further_is_begun() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(side_by_side(range(100), work, 1))
    assert len(begun) < 5


def test_a_thread_that_takes_the_last_item_while_all_is_stopped_hides_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Racing:
        """A queue that never says it is empty, as if another thread took its last item after that question."""

        def __init__(self) -> None:
            self._queue: SimpleQueue[Any] = SimpleQueue()
            self.put, self.get, self.get_nowait = self._queue.put, self._queue.get, self._queue.get_nowait

        def empty(self) -> bool:
            return False

    def work(item: int) -> None:
        raise Unreachable("down")

    monkeypatch.setattr(parallel, "SimpleQueue", Racing)
    with pytest.raises(Unreachable):
        list(side_by_side(range(1), work, 1))


def test_where_the_caller_stops_what_only_waits_is_not_begun_and_what_is_under_way_ends() -> None:
    filled, gate, begun, ended = threading.Event(), threading.Event(), list[int](), list[int]()

    def items() -> Any:
        for number in range(10):
            if number == 3:
                filled.set()
            yield number

    def work(number: int) -> int:
        begun.append(number)
        assert (gate if number else filled).wait(10)
        ended.append(number)
        return number

    found = side_by_side(items(), work, 2)
    assert next(found) == 0
    threading.Timer(0.2, gate.set).start()
    found.close()  # type: ignore[attr-defined]  # it is a generator
    assert sorted(begun) == sorted(ended)
    assert 3 not in begun


@pytest.mark.parametrize("there_are", [0, 1, 2])
def test_where_there_are_fewer_threads_than_wanted_those_do_it_all(
    monkeypatch: pytest.MonkeyPatch, there_are: int
) -> None:
    start, started = threading.Thread.start, list[threading.Thread]()

    def scarce(thread: threading.Thread) -> None:
        if len(started) == there_are:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", scarce)
    assert sorted(side_by_side(range(20), lambda number: number * number, 4)) == [n * n for n in range(20)]
    assert len(started) == there_are


def test_without_a_thread_what_work_raises_is_raised_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    def work(number: int) -> int:
        raise Unreachable("down")

    monkeypatch.setattr(threading.Thread, "start", none)
    with pytest.raises(Unreachable):
        list(side_by_side(range(3), work, 4))


def test_the_thread_whose_work_failed_starts_no_further_item() -> None:
    started = []

    def work(item: int) -> None:
        started.append(item)
        raise KeyError(item)

    with pytest.raises(KeyError):
        list(side_by_side([1, 2, 3], work, 1))
    assert started == [1]
