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
"""Seconds that what is under way has to end when the caller stops or is interrupted."""


def side_by_side(items: Iterable[T], work: Callable[[T], R], width: int, grace: float = GRACE) -> Iterator[R]:
    """Do ``work`` on each item in ``width`` threads; return the results in the order in which they come.

    An item is drawn when there is room for it, so ``items`` may be lazy. What ``work`` raises is raised here, and
    nothing further is begun; nor is it where the caller stops or is interrupted: what is under way then has ``grace``
    seconds to end. The threads are daemons: one that hangs does not keep the process. Where the operating system gives
    fewer of them, those that there are do it all, and without any the caller's does.
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
            if len(threads) < width and (thread := _started(run)):
                threads.append(thread)
            elif len(threads) < width:
                width = len(threads)
            if not threads:
                yield work(item)
                continue
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
        deadline = Deadline(grace)
        for thread in threads:
            thread.join(deadline.remaining)


def _started(target: Callable[[], None]) -> threading.Thread | None:
    """A thread that runs ``target``, None where the operating system gives no further one."""
    thread = threading.Thread(target=target, daemon=True)
    try:
        thread.start()
    except (RuntimeError, MemoryError):  # "can't start new thread"
        return None
    return thread
