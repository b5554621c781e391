"""Read a secret from a file or a pipe, within bounds of size and time."""

import os
import stat
from select import POLLIN, poll

MOST_BYTES = 1 << 20
PIPE = 10.0
"""Seconds to wait for data if the file is a pipe."""


def read_secret(path: str, name: str) -> str:
    """Return the content of the file that ``{name}_FILE`` names, without one trailing newline.

    Raise ValueError, which continues a sentence that begins with ``name``, if it cannot be read.
    """
    try:
        content = _content(path)
        if len(content) > MOST_BYTES:
            raise ValueError(f"is no secret: {name}_FILE names a file of more than {MOST_BYTES} bytes")
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError(f"could not be read: {name}_FILE names a file that is not text") from None
    except TimeoutError:
        raise ValueError(f"could not be read: {name}_FILE names a pipe that did not end within {PIPE:.0f} s") from None
    except OSError as error:
        raise ValueError(f"could not be read from the file that {name}_FILE names: {error.strerror}") from None


def _content(path: str) -> bytes:
    """Return the content of a file or pipe (as of a shell's ``<(command)``), at most ``MOST_BYTES`` + 1 bytes.

    Raise TimeoutError if a pipe brings neither data nor its end for ``PIPE`` seconds.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        parts: list[bytes] = []
        size = 0
        while size <= MOST_BYTES:
            if not is_file:
                _await_bytes(descriptor)
            part = os.read(descriptor, MOST_BYTES + 1 - size)
            if not part:
                break
            parts.append(part)
            size += len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def _await_bytes(descriptor: int) -> None:
    waiting = poll()
    waiting.register(descriptor, POLLIN)
    if not waiting.poll(PIPE * 1000):
        raise TimeoutError
