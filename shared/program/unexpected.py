"""What an exception that nobody expected becomes: a bug, said with its traceback."""

import sys
import traceback

from shared.errors import Bug, SlipwayError, Unreachable
from shared.redaction import Redactor, one_line
from shared.terminal.streams import write


def expected(error: BaseException, redactor: Redactor, said: set[str] | None = None) -> SlipwayError:
    """``error`` itself where it is a SlipwayError, else what it comes to; the traceback of a bug goes to stderr.

    Want of memory is none: what a server answers decides how much is needed. A traceback in ``said`` is not said again.
    """
    if isinstance(error, SlipwayError):
        return error
    if isinstance(error, MemoryError):
        return Unreachable("this process may have no more memory, and what was answered takes more; give it more")
    trace = _quoted(redactor.text("".join(traceback.format_exception(error))))
    if said is None or trace not in said:
        write(sys.stderr, trace)
    if said is not None:
        said.add(trace)
    return Bug("a bug in Slipway; please report the traceback on stderr")


def _quoted(trace: str) -> str:
    """A traceback for people. No line of it starts with text from outside, which could command a runner."""
    return "".join(f"| {one_line(line, 500)}\n" for line in trace.splitlines())
