"""Work done side by side, with a bound."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

from shared.http.deadline import Deadline

T = TypeVar("T")
R = TypeVar("R")

GRACE = 5.0
"""After an interruption what is under way may still end, for so many seconds."""


def side_by_side(items: Iterable[T], work: Callable[[T], R], width: int) -> Iterator[R]:
    """Results in the order in which they come. An item is drawn when there is room for it, so ``items`` may be lazy.

    What ``work`` raises is raised here, and nothing further is begun; nor is it where the caller stops or is
    interrupted. The threads are daemons: one that hangs does not keep the process.
    """
    tasks: SimpleQueue[tuple[T] | None] = SimpleQueue()
    results: SimpleQueue[tuple[R | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        while (task := tasks.get()) is not None:
            try:
                results.put((work(task[0]), None))
            except BaseException as error:  # handed to the caller, who raises it
                results.put((None, error))

    def result() -> R:
        value, error = results.get()
        if error is not None:
            raise error
        return value  # type: ignore[return-value]  # None only beside an error, or where R is None

    threads: list[threading.Thread] = []
    under_way = 0
    try:
        for item in items:
            if len(threads) < width:
                threads.append(threading.Thread(target=run, daemon=True))
                threads[-1].start()
            tasks.put((item,))
            under_way += 1
            while under_way >= 2 * width or not results.empty():
                under_way -= 1
                yield result()
        while under_way:
            under_way -= 1
            yield result()
    finally:
        with suppress(Empty):  # asking first whether it is empty would race with the threads
            while True:
                tasks.get_nowait()
        for _ in threads:
            tasks.put(None)
        deadline = Deadline(GRACE)
        for thread in threads:
            thread.join(deadline.remaining)
