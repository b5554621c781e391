"""Pickles: those of the official programs are read, and hostile ones have no effect."""

import io
import os
import pickle
import pickletools
import struct
import sys
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.artifacts import pickles

MOMENT = datetime(2026, 11, 22, 6, 17, 5, 123456, tzinfo=timezone.utc)
PAIR = ["speak_inexpensive", MOMENT]
GOOD = pickles.dumps(PAIR)
# pickle.dumps(pytz.utc.localize(datetime(2026, 11, 22, 6, 17, 5, 123456)), protocol=0, 2, 3 and 4):
PYTZ = [
    b"cdatetime\ndatetime\np0\n(c_codecs\nencode\np1\n(V\x07\xea\x0b\x16\x06\x11\x05\x01\xe2@\np2\nVlatin1\np3\ntp4\nRp5\n"
    b"cpytz\n_UTC\np6\n(tRp7\ntp8\nRp9\n.",
    b"\x80\x02cdatetime\ndatetime\nq\x00c_codecs\nencode\nq\x01X\x0c\x00\x00\x00\x07\xc3\xaa\x0b\x16\x06\x11\x05\x01"
    b"\xc3\xa2@q\x02X\x06\x00\x00\x00latin1q\x03\x86q\x04Rq\x05cpytz\n_UTC\nq\x06)Rq\x07\x86q\x08Rq\t.",
    b"\x80\x03cdatetime\ndatetime\nq\x00C\n\x07\xea\x0b\x16\x06\x11\x05\x01\xe2@q\x01cpytz\n_UTC\nq\x02)Rq\x03\x86q\x04R"
    b"q\x05.",
    b"\x80\x04\x95=\x00\x00\x00\x00\x00\x00\x00\x8c\x08datetime\x94\x8c\x08datetime\x94\x93\x94C\n\x07\xea\x0b\x16\x06"
    b"\x11\x05\x01\xe2@\x94\x8c\x04pytz\x94\x8c\x04_UTC\x94\x93\x94)R\x94\x86\x94R\x94.",
]


def refusal(content: bytes) -> str:
    with pytest.raises(pickles.RefusedPickle) as caught:
        pickles.loads(content)
    return str(caught.value)


PLAIN: list[Any] = [
    PAIR,
    tuple(PAIR),
    [PAIR, ["other_one", MOMENT - timedelta(days=1)]],
    "speak_inexpensive",
    "",
    "grün \U0001f600 \n",
    MOMENT,
    MOMENT.replace(tzinfo=None),
    MOMENT.replace(tzinfo=timezone(timedelta(hours=5, minutes=30), "IST")),
    datetime.max,
    0,
    -1,
    255,
    65535,
    2**31,
    2**62,
    2**80,
    1.5,
    float("inf"),
    True,
    False,
    None,
    [],
    (),
    {},
    {"a": [1, {"b": None}], "c": "d"},
    list(range(3000)),
    {str(number): number for number in range(3000)},
    [[]] * 3,
]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", PLAIN, ids=lambda value: repr(value)[:30])
def test_plain_data_of_every_protocol_is_read(value: Any, protocol: int) -> None:
    found = pickles.loads(pickle.dumps(value, protocol=protocol))
    assert (found, type(found)) == (value, type(value))


def test_what_is_written_is_protocol_4_and_readable_by_anybody() -> None:
    assert GOOD[:2] == b"\x80\x04"
    assert pickle.loads(GOOD) == PAIR


@pytest.mark.parametrize("content", PYTZ)
def test_pytz_utc_is_read_without_pytz(content: bytes) -> None:
    found = pickles.loads(content)
    assert (found, found.tzinfo) == (MOMENT, timezone.utc)
    assert "pytz" not in sys.modules


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_a_pickle_cut_short_is_refused(length: int) -> None:
    assert refusal(GOOD[:length]).startswith("it is")


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch pwned",)


class Builds:
    def __reduce__(self) -> tuple[Any, ...]:
        return datetime, (2026, 1, 1), {"__class__": "x"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        *((pickle.dumps(Runs(), protocol=n), "names posix.system") for n in range(6)),
        (b"cos\nsystem\n(S'touch pwned'\ntR.", "names os.system"),
        (b"cos\nsystem\n(V touch pwned\ntR.", "names os.system"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x0btouch pwned\x85R.", "names os.system"),
        (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", "names builtins.eval"),
        (b"c__builtin__\neval\n(V1\ntR.", "names __builtin__.eval"),
        (b"ccopy_reg\n_reconstructor\n.", "names copy_reg._reconstructor"),
        (b"cdatetime\nsys\n.", "names datetime.sys"),
        (b"cdatetime\ndatetime.now\n.", "names datetime.datetime.now"),
        (b"\x80\x04\x8c\x08datetime\x8c\x11datetime.strptime\x93.", "names datetime.datetime.strptime"),
        (b"cdatetime datetime\nx\n.", "names datetime.datetime.x"),
        (b"cos\r\nsystem\n.", "names os"),
        (b"\x82\x01.", "opcode EXT1"),
        (b"\x83\x01\x00.", "opcode EXT2"),
        (b"\x84\x01\x00\x00\x00.", "opcode EXT4"),
        (pickle.dumps(Builds(), protocol=2), "opcode BUILD"),
        (b"(V touch pwned\nios\nsystem\n.", "opcode INST"),
        (b"(cdatetime\ndatetime\nK\x01o.", "opcode OBJ"),
        (b"cdatetime\ndatetime\n)\x81.", "opcode NEWOBJ"),
        (b"\x80\x04\x8c\x08datetime\x8c\x08datetime\x93)}\x92.", "opcode NEWOBJ_EX"),
        (b"Vpersistent\nQ.", "opcode BINPERSID"),
        (b"Ppersistent\n.", "opcode PERSID"),
        (b"\x97.", "opcode NEXT_BUFFER"),
        (b"N2.", "opcode DUP"),
        (b"\x8f(K\x01\x90.", "opcode EMPTY_SET"),
        (b"cdatetime\ndatetime\n.", "a class instead of a value"),
        (b"](cdatetime\ndatetime\ne.", "a class instead of a value"),
        (b"c_codecs\nencode\n(Va\nVrot13\ntR.", "an encoding that no datetime needs"),
        (b"c_codecs\nencode\n(V1f8b\nVzlib_codec\ntR.", "an encoding that no datetime needs"),
    ],
)
def test_what_would_run_code_is_refused_by_name(
    content: bytes, says: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in refusal(content)
    assert os.listdir(tmp_path) == []


LARGE = 2**40
SHARED_TUPLES = b")\x94" + b"".join(b"h" + bytes([n]) * 1 + b"h" + bytes([n]) + b"\x86\x94" for n in range(80))
SAME_HASH = b"".join(b"\x8a\x09" + (n * (2**61 - 1)).to_bytes(9, "little") + b"N" for n in range(1, 900))


@pytest.mark.parametrize(
    "content",
    [
        b"Nr\xff\xff\xff\x7f" + b".",
        b"Np2147483647\n" + b"0.",
        b"Np-1\n.",
        b"\x8b\xff\xff\xff\x7f.",
        b"\x8b\xff\xff\xff\xff.",
        b"\x8e" + struct.pack("<Q", LARGE) + b".",
        b"\x96" + struct.pack("<Q", LARGE) + b".",
        b"\x8d" + struct.pack("<Q", LARGE) + b".",
        b"B\xff\xff\xff\x7f.",
        b"X\xff\xff\xff\xff.",
        b"T\xff\xff\xff\x7f.",
        b"\x80\x04\x95" + struct.pack("<Q", 2**63 - 1) + b"N",
        b"\x80\xff" + b"N",
        b"L" + b"9" * 100_000 + b"L\n.",
        b"I" + b"9" * 100_000 + b"\n.",
        b"\x80\x04}" + b")" + b"\x85" * 20_000 + b"Ns.",
        b"\x80\x04}" + SHARED_TUPLES + b"Ns.",
        b"}(" + SAME_HASH + b"u.",
        b"c_codecs\nencode\nq\x00X\xa0\x86\x01\x00"
        + b"a" * 100_000
        + b"q\x01X\x06\x00\x00\x00latin1\x86q\x02("
        + b"h\x00h\x02R" * 80_000
        + b"l.",
        b"N" * (pickles.MOST_BYTES + 1),
        b"cdatetime\ntimedelta\n(" + b"\x8a\xff" + b"\x7f" * 255 + b"tR.",
    ],
    ids=range(21),
)
def test_what_asks_for_more_than_it_holds_is_refused(content: bytes) -> None:
    """If this fails, the process dies or never ends: there is no ordinary red test."""
    import tracemalloc

    tracemalloc.start()
    try:
        pickles.loads(content)
    except pickles.RefusedPickle:
        pass
    else:
        assert content[:1] == b"N"  # here a memo index alone is only a number
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 1024 * 1024


def test_a_memo_index_reserves_nothing() -> None:
    assert pickles.loads(b"Nr\xff\xff\xff\x7f.") is None


def test_eight_mebibytes_are_read_and_a_byte_more_is_not() -> None:
    text = "x" * (pickles.MOST_BYTES - len(pickles.dumps("x" * 2**20)) + 2**20)
    content = pickles.dumps(text)
    assert len(content) == pickles.MOST_BYTES
    assert pickles.loads(content) == text
    assert "larger than" in refusal(pickles.dumps(text + "x"))


def test_a_list_that_holds_itself_is_only_a_list() -> None:
    found = pickles.loads(b"]\x94h\x00a.")
    assert found[0] is found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b".",
        b"R.",
        b"(.",
        b"t.",
        b"a.",
        b"NNR.",
        b"h\x00.",
        b"]Na",
        b"N\n",
        b"}NNNu.",
        b"\xff" * 20,
        b"hello",
        b'{"a": 1}',
        b"cdatetime\ndatetime\n)R.",
        b"]NK\x01s.",
    ],
)
def test_nonsense_is_refused(content: bytes) -> None:
    assert refusal(content)


def test_python_s_own_unpickler_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("asked")

    for name in ("loads", "load", "Unpickler", "_Unpickler"):
        monkeypatch.setattr(pickle, name, never)
    assert pickles.loads(GOOD) == PAIR


def only_refused(content: bytes) -> None:
    before = set(sys.modules)
    with suppress(pickles.RefusedPickle):
        pickles.loads(content)
    assert set(sys.modules) == before


OPCODES = [opcode.code.encode("latin-1") for opcode in pickletools.opcodes]
BYTES = st.binary(max_size=200) | st.lists(st.sampled_from(OPCODES), max_size=40).map(b"".join)


@settings(deadline=None, max_examples=100)
@given(BYTES)
def test_no_bytes_do_anything_but_be_refused(content: bytes) -> None:
    only_refused(content)


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from([GOOD, *PYTZ, pickle.dumps(PAIR, protocol=0), pickle.dumps({"a": [1.5]}, protocol=2)]),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2), st.binary(max_size=3)), max_size=6),
)
def test_no_damage_to_a_good_pickle_does_anything_but_be_refused(
    content: bytes, damages: list[tuple[int, int, bytes]]
) -> None:
    for place, taken, put in damages:
        at = place % (len(content) + 1)
        content = content[:at] + put + content[at + taken :]
    only_refused(content)


plain = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(),
        st.binary(max_size=10),  # pickles of more bytes in protocols 0 to 2 make no datetime
        st.datetimes(timezones=st.just(timezone.utc)),
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None, max_examples=100)
@given(plain, st.integers(0, 5))
def test_all_plain_data_comes_back(value: Any, protocol: int) -> None:
    if protocol < 3 and b"__builtin__" in pickle.dumps(value, protocol=protocol):
        return  # pickle names a builtin for empty bytes only
    assert pickles.loads(pickle.dumps(value, protocol=protocol)) == value
    buffer = io.BytesIO()
    pickle._Pickler(buffer, protocol).dump(value)  # type: ignore[attr-defined]  # the one written in Python
    assert pickles.loads(buffer.getvalue()) == value
