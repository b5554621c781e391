"""A file that grows while a run goes on, so that a killed run leaves what it knew."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager


class WriteAheadLog:
    """Lines added to a file. Only its last line may be cut off, by a full disk or a kill: it has no line break then and
    counts as not written. A line that another process added in between stays.

    Another process finds every line that ``append`` took; only a machine that loses its power may lose some.
    """

    def __init__(self, descriptor: int, errors: Callable[[], AbstractContextManager[None]]) -> None:
        self._descriptor = descriptor
        self._errors = errors
        self._cut = 0  # so many bytes of a line that did not fit

    def append(self, line: bytes) -> None:
        """Add a line, with its line break; it takes the place of one that was cut off before."""
        with self._errors():
            if self._cut:
                os.ftruncate(self._descriptor, os.lseek(self._descriptor, 0, os.SEEK_CUR) - self._cut)
                self._cut = 0
            while self._cut < len(line):
                self._cut += os.write(self._descriptor, line[self._cut :])
            self._cut = 0

    def close(self) -> None:
        os.close(self._descriptor)
