"""Say where a ``.env`` is if the working directory is a folder below it, for the message about a missing variable."""

import os
from collections.abc import Iterator

from shared.redaction import one_line


def warnings() -> Iterator[str]:
    """Yield a warning about the nearest ``.env`` above the working directory, nothing if that has one itself."""
    try:
        folder = os.getcwd()
    except OSError:  # it was removed, or a folder above it cannot be read
        return
    here = folder
    while not os.path.isfile(os.path.join(folder, ".env")):
        if folder == (folder := os.path.dirname(folder)):
            return
    if folder != here:
        yield f"the .env in {one_line(folder, 200)} is not read: only one in the working directory is"
