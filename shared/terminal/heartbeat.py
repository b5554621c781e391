"""A sign of life while one slow call is under way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from shared.program.run import Run
from shared.terminal.progress import dot, spinner
from shared.terminal.screen import Piece
from shared.timestamps import elapsed, span

EVERY = 30.0


@contextmanager
def heartbeat(run: Run, text: str, every: float = EVERY) -> Iterator[None]:
    """Say ``text`` at once; until the block is left, a live line shows the time, or a line every so many seconds."""
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
    except RuntimeError:  # no thread to be had: the call is what counts
        yield
        return
    try:
        yield
    finally:
        done.set()
        thread.join()
