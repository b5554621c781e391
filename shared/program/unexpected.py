"""Turn an unexpected exception into a Bug and print its traceback."""

import sys
import traceback

from shared.errors import Bug, SlipwayError, Unreachable
from shared.program.signals import LIMITS
from shared.redaction import Redactor, one_line
from shared.terminal.streams import write


def expected(error: BaseException, redactor: Redactor, said: set[str] | None = None) -> SlipwayError:
    """Return ``error`` if it is a SlipwayError, else a Bug, and write the traceback of a bug to stderr.

    A MemoryError is not a bug, because the server's answer decides how much memory is needed, nor is a limit of the
    system (``LIMITS``). A traceback that is in ``said`` is not written again.
    """
    if isinstance(error, SlipwayError):
        return error
    if isinstance(error, MemoryError):
        return Unreachable("the answer needs more memory than this process may use; allow it more")
    if isinstance(error, OSError) and error.errno in LIMITS:
        return Unreachable(f"this process reached a limit of the system ({error.strerror}); raise that limit")
    trace = _quoted(redactor.text("".join(traceback.format_exception(error))))
    if said is None or trace not in said:
        write(sys.stderr, trace)
    if said is not None:
        said.add(trace)
    return Bug("a bug in Slipway; please report the traceback on stderr")


def _quoted(trace: str) -> str:
    """Quote a traceback. No line may begin with text from outside, which could be a command to a CI runner."""
    return "".join(f"| {one_line(line, 500)}\n" for line in trace.splitlines())
