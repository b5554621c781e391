"""A sign of life while one slow call is under way."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from shared.timestamps import span

EVERY = 30.0


@contextmanager
def heartbeat(say: Callable[[str], None], text: str, every: float = EVERY) -> Iterator[None]:
    """Say ``text`` at once, and with the time elapsed every so many seconds until the block is left."""
    began = time.monotonic()
    done = Event()

    def beat() -> None:
        while not done.wait(every):
            say(f"{text}: no answer yet ({span(time.monotonic() - began)})")

    say(text)
    thread = Thread(target=beat, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no thread to be had: the call is what counts
        yield
        return
    try:
        yield
    finally:
        done.set()
        thread.join()
