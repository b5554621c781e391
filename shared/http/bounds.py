"""One bound on a whole piece of work, so that no server can make it longer."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NoThread(Exception):
    """The operating system gives this process no further thread; the work was not begun."""


def within(seconds: float, work: Callable[[], T]) -> T | None:
    """Do ``work`` in a thread and give up on it after ``seconds``: then None.

    A socket's timeout starts anew with each byte and does not cover DNS; only a bound from outside ends both.
    Raises what ``work`` raises, and NoThread. The thread is a daemon: one that hangs does not keep the process.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # handed to the caller, who raises it
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
