"""Where words go: stdout for programs, stderr for people. A stream that is closed or full never changes the exit."""

import os
import sys
from typing import TextIO

from shared.redaction import one_line


def say(text: str) -> None:
    """One line for people, on stderr."""
    write(sys.stderr, one_line(text) + "\n")


def write(stream: TextIO | None, text: str) -> None:
    """Write and flush. A stream that takes no more is replaced by nothing, or Python would exit 120 at its end."""
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        try:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, stream.fileno())
            os.close(nothing)
        except (OSError, ValueError):
            return  # not a real stream: there is nothing that could fail at exit
