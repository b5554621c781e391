"""What has to stand before anything heavy is imported: signals, and the last resort for exceptions.

Imports only what the interpreter has loaded anyway.
"""

import signal
import sys
from types import FrameType, TracebackType


class Interrupted(SystemExit):
    """SIGTERM or SIGINT arrived. Leaves with 128 + the signal's number even where nobody catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name


def prepare() -> None:
    """From here on SIGTERM and SIGINT raise Interrupted, and an uncaught exception exits 249, never Python's 1."""
    sys.excepthook = _leave_with_249
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)


def ignore_signals() -> None:
    """While the result is being written a further signal must not tear it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise Interrupted(number)


def _leave_with_249(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    import os

    try:
        if isinstance(error, ModuleNotFoundError) and error.name in ("requests", "dotenv", "urllib3"):
            text = f"Slipway: {sys.executable} finds no {error.name}; pip install -r requirements-run.txt for it\n"
            os.write(2, text.encode("utf-8", "replace"))
        else:
            sys.__excepthook__(kind, error, trace)
        if sys.stderr is not None:
            sys.stderr.flush()
    finally:  # also where stderr is closed or full
        os._exit(249)
