"""Read and write the files that a run leaves for later steps: atomically, and never through a link.

Names and contents follow Shipyard: ``{artifacts}/{vendor}-blueprints/`` with ``responses/``, ``variables/``,
``logs/`` and ``artifacts/``. A relative directory is below the working directory. Other users may be able to write
to the folder, so everything below the artifacts directory is opened by descriptors that follow no link.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from shared.artifacts.atomic import remove_left_behind, temporary_file, write_atomically
from shared.errors import ArtifactUnusable

if TYPE_CHECKING:
    from shared.artifacts.write_ahead_log import WriteAheadLog

DEFAULT_DIRECTORY = "shipyard-artifacts"
MODE = 0o640
PRIVATE_MODE = 0o600
_MOST_BYTES = 64 * 1024 * 1024
_ROOM_FOR_A_RUN = 65536
"""Bytes that are written as a test before a run."""
_NOT_WRITABLE = "check SHIPYARD_ARTIFACTS_DIRECTORY, its owner and the space left"


class Artifacts:
    """One vendor's folder. ``written`` lists the files that this run wrote, in order.

    A dry run creates, writes and removes nothing. Every failure is ArtifactUnusable (exit code 207).
    """

    def __init__(self, directory: str | None, vendor: str, dry_run: bool = False) -> None:
        self.base = directory or DEFAULT_DIRECTORY
        self.vendor_folder = f"{vendor}-blueprints"
        self.dry_run = dry_run
        self.written: list[str] = []

    def path(self, folder: str, name: str) -> str:
        """Return the path of a file as shown to people and later steps."""
        return os.path.join(self.base, self.vendor_folder, folder, name)

    def write(
        self, folder: str, name: str, content: bytes | Iterable[bytes], mode: int = MODE, listed: bool = True
    ) -> str:
        """Write a file completely or not at all, with ``mode`` less umask. Return its path.

        A long content may be given in pieces. ``listed=False`` is for one of many files, or one that nothing depends
        on: it is kept out of ``written``, and not ``lasting``.
        """
        if "/" in name:
            raise ValueError(f"{name!r} is no file name")
        path = self.path(folder, name)
        if self.dry_run:
            return path
        with self._errors(path, "could not be written", _NOT_WRITABLE), self._folder(folder, create=True) as parent:
            write_atomically(parent, name, (content,) if isinstance(content, bytes) else content, mode, lasting=listed)
        if listed and path not in self.written:
            self.written.append(path)
        return path

    def check(self) -> None:
        """Check that files can be written and read, before a request is sent whose outcome must be recorded.

        Remove temporary files of killed runs that are older than an hour.
        """
        if self.dry_run:
            return
        path = self.path("responses", "")
        with (
            self._errors(path, "could not be written", _NOT_WRITABLE),
            self._folder("responses", create=True) as parent,
            temporary_file(parent, "check", (bytes(_ROOM_FOR_A_RUN),), PRIVATE_MODE) as name,
        ):
            now = os.stat(name, dir_fd=parent).st_mtime  # the file system's time, which may differ from this machine's
            os.unlink(name, dir_fd=parent)
        self.names("variables")
        for folder in ("responses", "variables", "artifacts"):
            with suppress(OSError), self._folder(folder) as parent:  # cleaning up must not fail the run
                remove_left_behind(parent, now)

    def write_ahead_log(self, folder: str, name: str) -> "WriteAheadLog":
        """Open a file for appending lines during a run. A line is on the disk when ``append`` returns."""
        from shared.artifacts.write_ahead_log import WriteAheadLog  # costs start-up, and only a batch needs it

        path = self.path(folder, name)
        unusable = partial(_unusable, path=path, what="could not be written", advice=_NOT_WRITABLE)
        if self.dry_run:
            return WriteAheadLog(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), unusable)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._errors(path, "could not be written", _NOT_WRITABLE), self._folder(folder, create=True) as parent:
            return WriteAheadLog(os.open(name, flags, MODE, dir_fd=parent), unusable)

    def open_lock(self, folder: str, name: str) -> int:
        """Open a file that is only locked, never written. Return its descriptor, which the caller closes."""
        path = self.path(folder, name)
        flags = os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._errors(path, "could not be written", _NOT_WRITABLE), self._folder(folder, create=True) as parent:
            try:
                return os.open(name, os.O_RDWR | flags, MODE, dir_fd=parent)
            except PermissionError:  # the file is another user's of the same group: reading is enough to lock it
                return os.open(name, os.O_RDONLY | flags, MODE, dir_fd=parent)

    def read(self, folder: str, name: str, most: int = _MOST_BYTES) -> bytes | None:
        """Return a file's content, None if there is no such file. Raise ArtifactUnusable beyond ``most`` bytes."""
        with self.opened(folder, name) as file:
            content = None if file is None else file.read(most + 1)
        if content is not None and len(content) > most:
            path = self.path(folder, name)
            raise ArtifactUnusable(f"{path} is larger than {most} bytes; Slipway wrote no such file, so remove it")
        return content

    @contextmanager
    def opened(self, folder: str, name: str) -> "Iterator[BinaryIO | None]":
        """Open a file for reading, None if there is no such file. Refuse a pipe or a device, which may never end."""
        with self._errors(self.path(folder, name), "could not be read", "remove or replace it"):
            try:
                with self._folder(folder) as parent:
                    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                    descriptor = os.open(name, flags, dir_fd=parent)
            except FileNotFoundError:
                yield None
                return
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise OSError(errno.EINVAL, "it is no ordinary file")
                with open(descriptor, "rb", closefd=False) as file:
                    yield file
            finally:
                os.close(descriptor)

    def remove(self, folder: str, name: str) -> None:
        """Remove a file if it exists."""
        if self.dry_run:
            return
        path = self.path(folder, name)
        try:
            with self._errors(path, "could not be removed", _NOT_WRITABLE), self._folder(folder) as parent:
                os.unlink(name, dir_fd=parent)
        except FileNotFoundError:
            return

    def names(self, folder: str) -> list[str]:
        """Return the sorted names in a folder, an empty list if there is no such folder."""
        path = self.path(folder, "")
        try:
            with self._errors(path, "could not be read", "check its owner and mode"), self._folder(folder) as parent:
                return sorted(os.listdir(parent))
        except FileNotFoundError:
            return []

    @contextmanager
    def _folder(self, folder: str, create: bool = False) -> Iterator[int]:
        """Yield a descriptor of a folder below the artifacts directory. Only that directory itself may be a link."""
        try:
            here = self._opened(folder)
        except FileNotFoundError:
            if not create:
                raise
            here = self._opened(folder, create=True)
        try:
            yield here
        finally:
            os.close(here)

    def _opened(self, folder: str, create: bool = False) -> int:
        if create:
            os.makedirs(self.base, exist_ok=True)
        here = os.open(self.base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for part in (self.vendor_folder, folder):
            try:
                if create:
                    with suppress(FileExistsError):  # it exists, or another run makes it at the same time
                        os.mkdir(part, dir_fd=here)
                there = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            finally:
                os.close(here)
            here = there
        return here

    @contextmanager
    def _errors(self, path: str, what: str, advice: str) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise ArtifactUnusable(f"{path!r} {what}: it is no path ({error}); {advice}") from error
        except OSError as error:
            if isinstance(error, FileNotFoundError) and what != "could not be written":
                raise
            raise _unusable(error, path, what, advice) from error


def _unusable(error: OSError, path: str, what: str, advice: str) -> ArtifactUnusable:
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EEXIST):
        reason = "a part of the path is a link or no directory, and links are not followed here"
    else:
        reason = error.strerror or type(error).__name__
    return ArtifactUnusable(f"{path} {what}: {reason}; {advice}")
