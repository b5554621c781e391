"""Write a file completely or not at all. Folders are given by their descriptors, and no link is followed."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

_NO_FSYNC = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EROFS)
_TEMPORARY = re.compile(r"\..{1,100}\.[0-9a-f]{12}\.tmp", re.DOTALL)
_PIECE = 65536
_LEFT_BEHIND = 3600.0
"""Age in seconds of an abandoned temporary file. Writing one never takes so long."""


def write_atomically(parent: int, name: str, content: Iterable[bytes], mode: int, *, lasting: bool = True) -> None:
    """Write a file completely or not at all, even if this process or the machine is stopped.

    Without ``lasting`` a machine that loses its power right afterwards may lose the whole file.
    """
    with temporary_file(parent, name, content, mode) as temporary:
        os.rename(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
    if lasting:
        _sync(parent)


@contextmanager
def temporary_file(parent: int, name: str, content: Iterable[bytes], mode: int) -> Iterator[str]:
    """Write a complete file beside ``name`` and yield its name, for the caller to rename. Remove it after an error."""
    temporary = f".{name[:100]}.{os.urandom(6).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, mode, dir_fd=parent)
    try:
        try:
            _write(descriptor, content)
            _sync(descriptor)
        finally:
            os.close(descriptor)
        yield temporary
    except BaseException:  # an interruption, too, must not leave an incomplete file
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=parent)
        raise


def remove_left_behind(parent: int, now: float) -> None:
    """Remove this user's temporary files that are too old to be in use."""
    for name in filter(_TEMPORARY.fullmatch, os.listdir(parent)):
        with suppress(OSError):  # another run may remove it first
            state = os.stat(name, dir_fd=parent, follow_symlinks=False)
            ours = stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid()
            if ours and now - state.st_mtime > _LEFT_BEHIND:
                os.unlink(name, dir_fd=parent)


def _write(descriptor: int, content: Iterable[bytes]) -> None:
    """Write ``content`` in pieces of at least 64 KiB. A file object would take three more system calls."""
    waiting = bytearray()
    for piece in content:
        waiting += piece
        if len(waiting) >= _PIECE:
            _flush(descriptor, waiting)
    _flush(descriptor, waiting)


def _flush(descriptor: int, waiting: bytearray) -> None:
    while waiting:
        del waiting[: os.write(descriptor, waiting)]


def _sync(descriptor: int) -> None:
    """Call fsync if the file system supports it."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FSYNC:
            raise
