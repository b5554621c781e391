"""Limit how long a piece of work may take, whatever the server does."""

import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class NoThread(Exception):
    """The operating system allows no further thread. The work was not started."""


Tasks = SimpleQueue[Callable[[], None]]
_idle: list[Tasks] = []
"""Those of threads that have nothing to do: starting a thread for each call takes longer than everything of ours."""
os.register_at_fork(after_in_child=_idle.clear)  # a forked process has none of the threads


def within(seconds: float, work: Callable[[], T]) -> T | None:
    """Do ``work`` in a thread. Return its result, or None if it takes longer than ``seconds``.

    A socket's timeout starts again with each byte and does not cover DNS, so only a limit from outside ends both.
    Raise what ``work`` raises, or NoThread. The thread is a daemon: if it hangs, the process can still exit.
    """
    outcome: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()
    try:
        tasks = _idle.pop()
    except IndexError:
        tasks = _started()

    def run() -> None:
        try:
            found: tuple[T | None, BaseException | None] = (work(), None)
        except BaseException as error:  # raised in the caller's thread below
            found = (None, error)
        _idle.append(tasks)
        outcome.put(found)

    tasks.put(run)
    try:
        value, failure = outcome.get(timeout=seconds)
    except Empty:
        return None
    if failure is not None:
        raise failure
    return value


def _started() -> Tasks:
    """Start a thread. Return the queue of what it has to do."""
    tasks: Tasks = SimpleQueue()

    def do_all() -> None:
        while True:
            tasks.get()()

    try:
        threading.Thread(target=do_all, daemon=True).start()
    except (RuntimeError, MemoryError) as error:  # "can't start new thread"
        raise NoThread(f"this machine gives the process no further thread ({error})") from error
    return tasks
