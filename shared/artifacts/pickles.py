"""Read and write pickles of plain data only.

Shipyard's blueprints exchange values as pickles in a folder that others may write to, so a pickle is treated as
hostile. Python's own unpickler is not used: even without naming a class, a few bytes can make it reserve gigabytes,
hash nested tuples without end, or crash. Instead ``pickletools`` lists the opcodes, and only those that plain data
needs are executed. Nothing is imported, and only ``datetime`` and its time zones are called.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

try:
    from _pickle import dumps as _dumps  # pickle's C part: faster to import than pickle
except ImportError:  # an interpreter other than CPython
    from pickle import dumps as _dumps

MOST_BYTES = 8 * 1024 * 1024
MOST_MEMORY = 40 * 1024 * 1024
"""Bytes of memory that a pickle may need. Its own size says little: an empty dict is one byte in a pickle."""
_AN_OPCODE = 160
"""The most bytes that one opcode's value needs, with its places on stack and memo, but without its text."""
PROTOCOL = 4
_DATETIME_STATE = 10
"""Bytes of a pickled datetime's state."""


class RefusedPickle(Exception):
    """Not a pickle of plain data. The message says what else it contains."""


def dumps(value: Any) -> bytes:
    """Pickle plain data: str, int, float, bool, None, list, dict, datetime with a time zone of the standard library."""
    return _dumps(value, protocol=PROTOCOL)


def loads(content: bytes) -> Any:
    """Return the plain data in a pickle of any protocol. Raise RefusedPickle, and nothing else, for any other bytes.

    Keys of a dict must be text, because numbers can be chosen so that building a dict of them takes hours.
    """
    if len(content) > MOST_BYTES:
        raise RefusedPickle(f"it is larger than {MOST_BYTES} bytes")
    try:
        return _Reader().read(content)
    except RefusedPickle:
        raise
    except Exception as error:  # hostile bytes can raise any exception
        raise RefusedPickle(f"it is empty, cut short or damaged ({type(error).__name__})") from None


def _utc() -> timezone:
    return timezone.utc


def _latin1(text: str, encoding: str) -> bytes:
    """Encode a datetime's state. Protocols 0 to 2 have no bytes and call ``_codecs.encode`` for it."""
    if encoding != "latin1":
        raise RefusedPickle("it names an encoding that no datetime needs")
    if len(text) > _DATETIME_STATE:
        raise RefusedPickle("it holds bytes that are no datetime's")  # one text, repeated by memo, could be gigabytes
    return text.encode("latin-1")


class _Builder:
    """A callable that a pickle may name. Only the opcode REDUCE may use it; it must not end up in the data."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build


_ALLOWED = {
    "datetime datetime": _Builder(datetime),
    "datetime timedelta": _Builder(timedelta),
    "datetime timezone": _Builder(timezone),
    "_codecs encode": _Builder(_latin1),
    # The newer official package pickles pytz.utc. That is UTC, so pytz need not be installed.
    "pytz _UTC": _Builder(_utc),
}
_IGNORED = frozenset({"PROTO", "FRAME"})
_VALUES = frozenset(
    """INT BININT BININT1 BININT2 LONG LONG1 FLOAT BINFLOAT UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8
    BINBYTES SHORT_BINBYTES""".split()
)
_NEW: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Reader:
    """The part of the pickle machine that plain data needs: a stack, its marks, and a memo."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def read(self, content: bytes) -> Any:
        from pickletools import genops  # imported late: only a check reads pickles

        memory = 0
        for opcode, argument, _ in genops(content):
            memory += _AN_OPCODE + (sys.getsizeof(argument) if isinstance(argument, str | bytes) else 0)
            if memory > MOST_MEMORY:
                raise RefusedPickle(f"it would take more than {MOST_MEMORY} bytes of memory")
            if opcode.name in _VALUES:
                self.stack.append(argument)
            elif opcode.name in _NEW:
                self.stack.append(_NEW[opcode.name]())
            elif opcode.name not in _IGNORED and opcode.name != "STOP":
                self._do(opcode.name, argument)
        return self._last(1)[0]

    def _do(self, name: str, argument: Any) -> None:
        stack, memo = self.stack, self.memo
        match name:
            case "MARK":
                self.marks.append(len(stack))
            case "LIST":
                stack.append(self._since_mark())
            case "APPEND" | "APPENDS":
                items = self._last(1) if name == "APPEND" else self._since_mark()
                stack[-1].extend(items)
            case "DICT":
                stack.append(_pairs(self._since_mark()))
            case "SETITEM" | "SETITEMS":
                items = self._last(2) if name == "SETITEM" else self._since_mark()
                stack[-1].update(_pairs(items))
            case "TUPLE":
                stack.append(tuple(self._since_mark()))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                stack.append(tuple(self._last(_TUPLES[name])))
            case "MEMOIZE":
                memo[len(memo)] = stack[-1]
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                memo[argument] = stack[-1]
            case "GET" | "BINGET" | "LONG_BINGET":
                stack.append(memo[argument])
            case "GLOBAL":
                stack.append(_named(argument))
            case "STACK_GLOBAL":
                module, name = self._last(2)
                stack.append(_named(f"{module} {name}"))
            case "REDUCE":
                (arguments,) = self._last(1)
                stack.append(stack.pop().build(*arguments))
            case _:
                raise RefusedPickle(f"it holds more than plain data (opcode {name})")

    def _last(self, count: int) -> list[Any]:
        """Remove the last ``count`` values from the stack and return them."""
        if len(self.stack) < count:
            raise IndexError(count)
        return self._off(len(self.stack) - count)

    def _since_mark(self) -> list[Any]:
        return self._off(self.marks.pop())

    def _off(self, start: int) -> list[Any]:
        items = self.stack[start:]
        del self.stack[start:]
        if any(isinstance(item, _Builder) for item in items):
            raise RefusedPickle("it holds a class instead of a value")
        return items


def _pairs(items: list[Any]) -> dict[str, Any]:
    keys, values = items[::2], items[1::2]
    if not all(type(key) is str for key in keys):
        raise RefusedPickle("it holds a dict whose keys are not text")
    return dict(zip(keys, values, strict=True))


def _named(name: str) -> _Builder:
    if name not in _ALLOWED:
        raise RefusedPickle(f"it names {name.replace(' ', '.')[:100]}, which is no plain data")
    return _ALLOWED[name]
