"""What no server can make longer: one bound on a whole call, DNS and slow drips included, and one on a body."""

import threading
from collections.abc import Callable
from typing import TypeVar

import requests

from shared.errors import Unreachable

T = TypeVar("T")

MOST_BYTES = 32 * 1024 * 1024


def within(limit: float, work: Callable[[], T]) -> T | None:
    """Do ``work`` in a thread and give up on it after ``limit`` seconds: then None.

    A socket's timeout starts anew with each byte and does not cover DNS; only a bound from outside ends both.
    Raises what ``work`` raises. The thread is a daemon: one that hangs does not keep the process.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # handed to the caller, who raises it
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit)
    if failure:
        raise failure[0]
    return outcome[0] if outcome else None


def whole_body(response: requests.Response) -> bytes:
    """The body of a streamed response. Raises Unreachable where it is larger than ``MOST_BYTES``."""
    chunks: list[bytes] = []  # joined once: a buffer that grows leaves holes behind in a process of many threads
    size = 0
    for chunk in response.iter_content(65536):
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise Unreachable(f"the answer is larger than {MOST_BYTES} bytes; it was not read further")
    return b"".join(chunks)
