"""Do work in parallel, in a limited number of threads."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

from shared.http.deadline import Deadline

T = TypeVar("T")
R = TypeVar("R")

GRACE = 5.0
"""Seconds that unfinished work has to end if the caller stops or is interrupted."""


def side_by_side(items: Iterable[T], work: Callable[[T], R], width: int, grace: float = GRACE) -> Iterator[R]:
    """Do ``work`` on each item in ``width`` threads. Yield the results as they become available, in any order.

    At most ``2 * width`` items are taken ahead: ``items`` may be lazy. If ``work`` raises, the error is raised here and
    no further item is started. If the caller stops or is interrupted, no further item is started either, and
    unfinished work has ``grace`` seconds to end. The threads are daemons: one that hangs does not keep the process
    alive. If the operating system allows fewer threads, those do all the work; without any, the caller's thread does.
    """
    tasks: SimpleQueue[tuple[T] | None] = SimpleQueue()
    results: SimpleQueue[tuple[R | None, BaseException | None]] = SimpleQueue()
    failed = threading.Event()

    def run() -> None:
        while (task := tasks.get()) is not None and not failed.is_set():
            try:
                results.put((work(task[0]), None))
            except BaseException as error:  # raised in the caller's thread by result()
                failed.set()  # the caller's thread may be long in learning of it
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
        with suppress(Empty):  # checking for emptiness first would race with the threads
            while True:
                tasks.get_nowait()
        for _ in threads:
            tasks.put(None)
        deadline = Deadline(grace)
        for thread in threads:
            thread.join(deadline.remaining)


def _started(target: Callable[[], None]) -> threading.Thread | None:
    """Start a thread. Return None if the operating system allows no further one."""
    thread = threading.Thread(target=target, daemon=True)
    try:
        thread.start()
    except (RuntimeError, MemoryError):  # "can't start new thread"
        return None
    return thread
