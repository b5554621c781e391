"""Install signal handlers and the handler of uncaught exceptions, before anything else is imported.

This module imports only what the interpreter has already loaded.

If a signal arrives while modules are being imported, the handler itself writes a result and exits. Raising an
exception is not enough: Python drops exceptions in some places of an import, such as a weak reference's callback, and
the program would go on. After the run has begun, the handler raises Interrupted.
"""

import _signal  # type: ignore[import-not-found]  # importing ``signal`` takes 5 ms without a handler
import os
import sys

TYPE_CHECKING = False  # typing would have to be imported for it
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import NoReturn

_NAMES = {int(_signal.SIGHUP): "SIGHUP", int(_signal.SIGTERM): "SIGTERM", int(_signal.SIGINT): "SIGINT"}
TO_LEAVE = 20.0
"""Seconds after a signal in which a run writes its result. Schedulers kill after 30 or so."""
_ONCE_MORE = 0.001
"""Seconds after which Interrupted is raised again if Python dropped it."""
_UNDER_WAY = 1.0
"""Seconds after the first signal from which another signal ends the process at once."""
_OURS = ("shared", "blueprints", "slipway")
_BUG, _INPUT_INVALID, _UNREACHABLE = 249, 206, 223
LIMITS = (12, 23, 24)
"""ENOMEM, ENFILE and EMFILE: errors of a process that has reached its limit of memory or open files."""


class Interrupted(SystemExit):
    """SIGTERM, SIGINT or SIGHUP arrived. The exit code is 128 + the signal's number even if nothing catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = int(number)
        self.name = _NAMES.get(self.number, f"signal {self.number}")


class _State:
    """The state of this process. Signal handlers belong to the process, so it is global."""

    prepared = False
    begun = False
    result_is_written = False
    code: int | None = None  # of the result; None while it is not known
    interrupted_at: float | None = None  # monotonic seconds; None while no Interrupted is being raised


def prepare() -> None:
    """Handle SIGTERM, SIGINT and SIGHUP from now on. Exit 249, never Python's 1, after an uncaught exception.

    SIGHUP, the end of the terminal, stays ignored if it was at the start, as under nohup.
    """
    _State.prepared, _State.begun, _State.result_is_written = True, False, False
    _State.code = _State.interrupted_at = None
    for number in _NAMES:
        if number != _signal.SIGHUP or _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _interrupt)
    sys.excepthook = _exit_with_code_of
    sys.unraisablehook = _raise_dropped_interrupt


def begin() -> None:
    """From now on a signal raises Interrupted. The caller catches it and writes the result."""
    _State.begun = True


def ignore_signals() -> None:
    """From now on a signal does not stop the result from being written, if that takes at most ``TO_LEAVE`` seconds."""
    for number in _NAMES:
        if _signal.getsignal(number) is _interrupt:
            _signal.signal(number, _end_soon)


def result_is_known(code: int) -> None:
    """Remember the exit code of the result, which a process that ``leave_within`` ends has, too."""
    _State.code = code


def leave_within(seconds: float, code: int) -> None:
    """End the process after so many seconds (0: not any more) if a pipe that is full, and that nobody reads, holds it.

    Only a process of ours, see ``prepare``: other programs may run a blueprint, too.
    """
    if _State.prepared:
        _signal.setitimer(_signal.ITIMER_REAL, seconds)  # first: an alarm that has come keeps its own handler
        if seconds:
            _signal.signal(_signal.SIGALRM, lambda *_: os._exit(code if _State.code is None else _State.code))


def result_is_written() -> None:
    """Remember that the result line is written, so that a later bug does not write another."""
    _State.result_is_written = True


def _interrupt(number: int, _frame: "FrameType | None") -> None:
    from time import monotonic  # a built-in module: importing it is safe in the middle of another import

    name = _NAMES[number]
    if not _State.begun:
        _leave("interrupted", 128 + number, True, f"{name} arrived before anything was sent")
    now = monotonic()
    if _State.interrupted_at is None:
        _State.interrupted_at = now
        raise Interrupted(number)
    if now - _State.interrupted_at > _UNDER_WAY:
        _leave("interrupted", 128 + number, True, f"{name} arrived again; a sync that was started goes on")


def _end_soon(number: int, _frame: "FrameType | None") -> None:
    if not _signal.getitimer(_signal.ITIMER_REAL)[0]:  # a further signal grants no further time
        leave_within(TO_LEAVE, 128 + number)


def _raise_dropped_interrupt(unraisable: "sys.UnraisableHookArgs") -> None:
    """Handle an exception that Python dropped, for example in a finalizer. Interrupted must not get lost."""
    dropped = unraisable.exc_value
    if not isinstance(dropped, Interrupted):
        sys.__unraisablehook__(unraisable)
        return
    number = dropped.number

    def again(_number: int, frame: "FrameType | None") -> None:
        if _signal.getsignal(number) is _interrupt:  # unless the result is being written by now
            _State.interrupted_at = None
            _interrupt(number, frame)

    _signal.signal(_signal.SIGALRM, again)
    _signal.setitimer(_signal.ITIMER_REAL, _ONCE_MORE)


def _exit_with_code_of(kind: type[BaseException], error: BaseException, trace: "TracebackType | None") -> None:
    """Exit 206 if a package is missing, 223 at a limit of the system, else 249 with the traceback.

    Under PYTHONINSPECT a regular exit is passed to this function, too, and keeps its code.
    """
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        os._exit(error.code)
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] not in _OURS:
        missing = f"{sys.executable} finds no {error.name}; pip install -r requirements-run.txt for it"
        _leave("invalid_input", _INPUT_INVALID, False, missing)
    if limit := _limit(error):
        reached = f"this process reached a limit of the system ({limit}); raise that limit"
        _leave("unreachable", _UNREACHABLE, True, reached)
    try:
        sys.__excepthook__(kind, error, trace)
        if sys.stderr is not None:
            sys.stderr.flush()
    finally:  # also if stderr is closed or full
        _leave("bug", _BUG, False, "a bug in Slipway; please report the traceback on stderr")


def _limit(error: BaseException) -> str:
    """Return the limit of memory or open files that the process has reached, in words; "" if it is another error.

    Where a library in C cannot be loaded, the import error has the reason as text only.
    """
    if isinstance(error, MemoryError):
        return os.strerror(LIMITS[0])
    if isinstance(error, OSError) and error.errno in LIMITS:
        return os.strerror(error.errno)
    if isinstance(error, ImportError):
        words = {os.strerror(number): number for number in LIMITS} | {"failed to map segment": LIMITS[0]}
        return next((os.strerror(number) for said, number in words.items() if said in str(error)), "")
    return ""


def _leave(status: str, code: int, retry: bool, message: str) -> "NoReturn":
    """Write a minimal result and end the process."""
    result = (
        f'{{"schema": 1, "blueprint": {_text(_blueprint())}, "run_id": null, "status": {_text(status)}, '
        f'"exit_code": {code}, "retry": {"true" if retry else "false"}, "message": {_text(message)}}}\n'
    )
    try:
        if not _State.result_is_written:
            _write(1, result)
        _write(2, f"Slipway: exit {code}: {message}\n")
    finally:
        os._exit(code)


def _blueprint() -> str:
    """Return the blueprint that this process runs, such as ``fivetran/execute_sync``."""
    file = str(getattr(sys.modules.get("__main__"), "__file__", None) or sys.argv[0])
    stem = os.path.splitext(os.path.realpath(file))[0]
    if stem.endswith("__main__"):  # python -m blueprints NAME
        return sys.argv[1] if len(sys.argv) > 1 else ""
    return "/".join(stem.split(os.sep)[-2:])


def _text(text: str) -> str:
    """Return a JSON string. ``json`` is not used because it may be only half imported when a signal arrives."""
    plain = (char if " " <= char <= "~" and char not in '"\\#' else f"\\u{ord(char) & 0xFFFF:04x}" for char in text)
    return f'"{"".join(plain)}"'


def _write(descriptor: int, text: str) -> None:
    try:
        os.write(descriptor, text.encode("utf-8", "replace"))
    except OSError:  # closed or full; the exit code is right anyway
        return
