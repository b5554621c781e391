"""Limit how long a piece of work may take, whatever the server does."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NoThread(Exception):
    """The operating system allows no further thread. The work was not started."""


def within(seconds: float, work: Callable[[], T]) -> T | None:
    """Do ``work`` in a thread. Return its result, or None if it takes longer than ``seconds``.

    A socket's timeout starts again with each byte and does not cover DNS, so only a limit from outside ends both.
    Raise what ``work`` raises, or NoThread. The thread is a daemon: if it hangs, the process can still exit.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # raised in the caller's thread below
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
    except (RuntimeError, MemoryError) as error:  # "can't start new thread"
        raise NoThread(f"this machine gives the process no further thread ({error})") from error
    thread.join(seconds)
    if failure:
        raise failure[0]
    return outcome[0] if outcome else None
