"""Pickles that hold plain data and nothing else.

Shipyard's blueprints hand facts to each other as pickles, in a folder that others may write. So a pickle is
read as if an enemy had written it: its opcodes are looked through before anything is built, and the only class
that it may name is ``datetime`` (with its zones).
"""

import io
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

MOST_BYTES = 8 * 1024 * 1024
MOST_OPCODES = 1_000_000
"""Each builds one object at most: a bound on memory that the number of bytes alone is not."""
PROTOCOL = 4

_PLAIN = frozenset(
    """PROTO FRAME STOP MARK POP POP_MARK MEMOIZE PUT BINPUT LONG_BINPUT GET BINGET LONG_BINGET
    NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 FLOAT BINFLOAT
    STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8
    BINBYTES SHORT_BINBYTES EMPTY_LIST LIST APPEND APPENDS EMPTY_DICT DICT SETITEM SETITEMS
    EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 GLOBAL STACK_GLOBAL REDUCE""".split()
)
_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})


class RefusedPickle(Exception):
    """Not a pickle of plain data. The message says what it holds instead."""


def dumps(value: Any) -> bytes:
    """Pickle plain data: str, int, float, bool, None, list, dict, datetime with a zone of the standard library."""
    return pickle.dumps(value, protocol=PROTOCOL)


def loads(content: bytes) -> Any:
    """Build the plain data that ``content`` holds. Raises RefusedPickle, whatever the bytes are."""
    if len(content) > MOST_BYTES:
        raise RefusedPickle(f"it is larger than {MOST_BYTES} bytes")
    try:
        _look_through(content)
        return _PlainUnpickler(io.BytesIO(content), encoding="bytes").load()
    except RefusedPickle:
        raise
    except Exception as error:  # the machine's own errors are of every kind: that is what hostile bytes do
        raise RefusedPickle(f"it is empty, cut short or damaged ({type(error).__name__})") from None


def _look_through(content: bytes) -> None:
    """Refuse opcodes that plain data does not need, and memo indexes that only ask for memory."""
    import pickletools  # only a check reads pickles; a trigger need not pay for this

    highest_index = count = 0
    for opcode, argument, _ in pickletools.genops(content):
        count += 1
        if opcode.name not in _PLAIN:
            raise RefusedPickle(f"it holds more than plain data (opcode {opcode.name})")
        if opcode.name in _PUTS:
            highest_index = max(highest_index, int(argument or 0))
        if count > MOST_OPCODES:
            raise RefusedPickle(f"it has more than {MOST_OPCODES} opcodes")
    if highest_index > count:
        raise RefusedPickle("it asks for more memory than its content needs")


def _utc() -> timezone:
    return timezone.utc


class _PlainUnpickler(pickle.Unpickler):
    _ALLOWED: ClassVar[dict[tuple[str, str], Any]] = {
        ("datetime", "datetime"): datetime,
        ("datetime", "timedelta"): timedelta,
        ("datetime", "timezone"): timezone,
        # The newer official package pickles pytz.utc; pytz itself is not needed to know what that is.
        ("pytz", "_UTC"): _utc,
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._ALLOWED[(module, name)]
        except KeyError:
            raise RefusedPickle(f"it names {module}.{name}, which is no plain data") from None
