"""Write to regular files only: not through a link, and not to a pipe, which could block the run."""

import os
import stat

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def append(path: str, text: str) -> None:
    """Append ``text`` to a file that other steps write to, too."""
    _write(path, text, os.O_APPEND)


def replace(path: str, text: str) -> None:
    """Replace the file's content in place, because a scheduler may have mounted this file."""
    _write(path, text, os.O_TRUNC)


def _write(path: str, text: str, flag: int) -> None:
    with open(os.open(path, _FLAGS | flag, 0o644), "wb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no regular file")
        file.write(text.encode())
