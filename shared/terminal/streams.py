"""Write to stdout (for programs) and stderr (for people). A closed or full stream never changes the exit code."""

import os
import sys
from typing import TextIO

from shared.redaction import one_line


def say(text: str) -> None:
    """Write one line for people to stderr."""
    write(sys.stderr, one_line(text) + "\n")


def write(stream: TextIO | None, text: str) -> None:
    """Write and flush. Replace a closed or full stream by os.devnull, or Python would exit 120 at its end."""
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
            return  # not a real file, so nothing can fail at exit
