"""Colours, and one live line at the bottom of the terminal.

There is neither if stderr is not a terminal, or if TERM is ``dumb``.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from threading import Event, RLock, Thread
from types import TracebackType
from typing import NamedTuple, TextIO

from shared.redaction import one_line
from shared.terminal.streams import write

OFTEN = 0.1
"""Seconds between two drawings of the live line."""
USUAL_WIDTH, LEAST_WIDTH = 80, 20
CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_CLEAR = "\r\x1b[K"


class Painted(NamedTuple):
    """A text and its colour: a key of CODES, or "" for none."""

    text: str
    colour: str


Piece = str | Painted
Render = Callable[[int], Sequence[Piece]]
"""A function from the number of columns to the content of the live line."""


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether the stream is a terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it is closed
        return False


class Screen:
    """stderr as a terminal, if it is one. Honours ``TERM`` and ``NO_COLOR`` (https://no-color.org) of ``environ``."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.live = is_terminal(sys.stderr) and environ.get("TERM", "dumb") not in ("", "dumb")
        self.coloured = self.live and not environ.get("NO_COLOR")
        self.shows_stdout = self.live and is_terminal(sys.stdout)
        self._render: Render | None = None
        self._lock = RLock()

    @property
    def width(self) -> int:
        """The current number of columns. The user may resize the window at any time."""
        try:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return max(columns or USUAL_WIDTH, LEAST_WIDTH)  # some pseudo-terminals say 0

    def say(self, *pieces: Piece) -> None:
        """Write a line for people, above the live line if there is one."""
        plain = "".join(_text(piece) for piece in pieces)
        text = one_line(plain)
        if self.coloured and text == plain.strip():  # no colours if the text had to be cleaned
            text = self.painted(pieces).rstrip()
        with self._lock:
            write(sys.stderr, (_CLEAR if self._render else "") + text + "\n")
            self.draw()

    def painted(self, pieces: Sequence[Piece]) -> str:
        """Return the text, with colour codes if the terminal has colours."""
        return "".join(
            f"\x1b[{CODES[piece.colour]}m{piece.text}\x1b[0m"
            if self.coloured and isinstance(piece, Painted) and piece.colour
            else _text(piece)
            for piece in pieces
        )

    def live_line(self, render: Render) -> "LiveLine":
        """Return a context manager whose line is redrawn ten times a second. Without a terminal it does nothing."""
        return LiveLine(self, render)

    def show(self, render: Render | None) -> None:
        """Show a live line, or remove it with None."""
        if self.live:
            with self._lock:
                if render is None and self._render is not None:
                    write(sys.stderr, _CLEAR)
                self._render = render
                self.draw()

    def draw(self) -> None:
        """Draw the live line, if there is one."""
        with self._lock:
            if self._render is not None:
                width = self.width - 1  # some terminals wrap in the last column
                write(sys.stderr, f"\r{self.painted(_cut(self._render(width), width))}\x1b[K")


class LiveLine:
    """Redraws the live line in a thread, so that it moves even while a slow call blocks the main thread."""

    def __init__(self, screen: Screen, render: Render) -> None:
        self._screen = screen
        self._render = render
        self._over = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        if self._screen.live and self._thread is None:
            self._over.clear()
            self._screen.show(self._render)
            thread = Thread(target=self._keep_drawing, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # no further thread is available: redrawn only when a line is written
                return
            self._thread = thread

    def stop(self) -> None:
        if self._thread is not None:
            self._over.set()
            self._thread.join()
            self._thread = None
        self._screen.show(None)

    def __enter__(self) -> "LiveLine":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _keep_drawing(self) -> None:
        while not self._over.wait(OFTEN):
            self._screen.draw()


def _text(piece: Piece) -> str:
    return piece.text if isinstance(piece, Painted) else piece


def columns(text: str) -> int:
    """Return the columns that a text takes in a terminal: a wide character takes two, a combining one none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def cut_in_the_middle(text: str, width: int) -> str:
    """Cut a text to ``width`` columns. Beginning and end stay, because similar names differ there."""
    if columns(text) <= width:
        return text
    head, tail = text[: (width - 1) - (width - 1) // 2], text[len(text) - (width - 1) // 2 :]
    while head and columns(head) + columns(tail) + 1 > width:  # wide characters
        head, tail = head[:-1], tail[1:]
    return f"{head}…{tail}"


def _cut(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """Return the first ``width`` columns of the pieces, without line breaks."""
    found: list[Piece] = []
    for piece in pieces:
        text = one_line(f"[{_text(piece)}]")[1:-1]  # the brackets keep blanks at both ends
        while columns(text) > width:
            text = text[:-1]
        width -= columns(text)
        found.append(piece._replace(text=text) if isinstance(piece, Painted) else text)
    return found
