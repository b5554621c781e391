"""A file that grows during a run, so that the records of a killed run are not lost."""

import os
from collections.abc import Callable

from shared.errors import ArtifactUnusable


class WriteAheadLog:
    """Appends lines to a file. Only the last line may be incomplete, after a full disk or a kill: it has no line break
    and counts as not written. A line that another process appended in between stays.

    Another process can read each line once ``append`` has returned. Only a power failure may lose some.
    """

    def __init__(self, descriptor: int, unusable: Callable[[OSError], ArtifactUnusable]) -> None:
        self._descriptor = descriptor
        self._unusable = unusable  # what to raise for an OSError
        self._cut = 0  # bytes written of a line that did not fit on the disk

    def append(self, line: bytes) -> None:
        """Append a line, including its line break. It replaces an incomplete line at the end."""
        try:
            if self._cut:
                os.ftruncate(self._descriptor, os.lseek(self._descriptor, 0, os.SEEK_CUR) - self._cut)
                self._cut = 0
            while self._cut < len(line):
                self._cut += os.write(self._descriptor, line[self._cut :])
            self._cut = 0
        except OSError as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        os.close(self._descriptor)
