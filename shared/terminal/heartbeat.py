"""Show that the program is alive during one slow call."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from shared.program.run import Run
from shared.terminal.progress import dot, spinner
from shared.terminal.screen import Piece
from shared.timestamps import elapsed, span

EVERY = 30.0
"""Seconds."""


@contextmanager
def heartbeat(run: Run, text: str, every: float = EVERY) -> Iterator[None]:
    """Write ``text``; until the block ends show the time in a live line, or write a line every ``every`` seconds."""
    began = time.monotonic()
    done = Event()

    def beat() -> None:
        while not done.wait(every):
            run.say(f"{text}: no answer yet ({span(time.monotonic() - began)})")

    def pieces(width: int) -> list[Piece]:
        now = time.monotonic()
        return [spinner(now), f" waiting for the answer {dot()} {elapsed(now - began)}"]

    run.say(text)
    if run.screen.live:
        with run.screen.live_line(pieces):
            yield
        return
    thread = Thread(target=beat, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no further thread is available; the call itself matters more
        yield
        return
    try:
        yield
    finally:
        done.set()
        thread.join()
