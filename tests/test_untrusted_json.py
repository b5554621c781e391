"""The memory that JSON needs is estimated before it is parsed, and no accepted JSON needs more than allowed."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared import untrusted_json
from shared.redaction import DEEPEST
from shared.untrusted_json import refusal
from tests.conftest import ROOT
from tests.soak import SHARE, tell

MIB = 1024 * 1024
DEEP = DEEPEST * "["


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (DEEP, True),
        (DEEP + "[", False),
        ('{"a":' * DEEPEST, True),
        ('{"a":' * DEEPEST + "[", False),
        ("[]" * 10_000, True),
        (json.dumps("[" * 10_000), True),
        (json.dumps({'"' + "\\" * 3: "[{" * 10_000}), True),
        (json.dumps(['"' * 5, "[" * 50]) + "[" * 60, True),
        (json.dumps(["\\", "]" * 50]) + DEEP + "[", False),
        ('"[', True),
        ("", True),
    ],
)
def test_how_deep_a_body_may_nest(body: str, allowed: bool) -> None:
    assert (refusal(body.encode()) == "") is allowed


def test_a_large_body_of_few_values_is_let_in_and_one_of_millions_is_not() -> None:
    assert refusal(json.dumps(["x" * 30 * MIB]).encode()) == ""
    assert refusal(b"[" + b"1," * 10_000_000).startswith("it has 10000001 values and names in 20000001 bytes")


def test_punctuation_inside_of_texts_is_no_structure() -> None:
    assert refusal(json.dumps(["[{:,]}" * 5 * MIB]).encode()) == ""


DOCUMENTS = some.recursive(
    some.none() | some.floats(allow_nan=False) | some.text('"\\[]{},:é', max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text('"\\[{', max_size=3), inner, max_size=3),
)


@given(value=DOCUMENTS, piece=some.integers(1, 20) | some.just(65536), levels=some.sampled_from([0, 2, 6]))
def test_depth_is_that_of_the_document_wherever_its_pieces_end(value: object, piece: int, levels: int) -> None:
    depth = depth_of(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(untrusted_json, "_PIECE", piece)
        patch.setattr(untrusted_json, "_LEVELS", levels)
        for most in range(depth + 8):
            patch.setattr(untrusted_json, "DEEPEST", most)
            assert (refusal(json.dumps(value, ensure_ascii=False).encode()) == "") is (depth <= most)


def depth_of(value: object) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max((depth_of(item) for item in (value.values() if isinstance(value, dict) else value)), default=0)


# For each kind, a body of the largest accepted number of nodes, and that number.
COSTLY = {
    "lists": (1_370_000, "b'[' + b'[],' * n + b'1]'"),
    "nested lists": (29_000, "b'[' + (b'[' * 90 + b']' * 90 + b',') * n + b'1]'"),
    "one text": (22_900_000, "('[\"' + 'a' * n + '\\U0001f600' + '\"]').encode()"),
    "a text with a secret": (22_900_000, "('[\"' + 'a' * n + 'hunter2!\\U0001f600' + '\"]').encode()"),
}
SLOW = {
    "nested objects": (14_500, "b'[' + (b'{\"a\":' * 90 + b'1' + b'}' * 90 + b',') * n + b'1]'"),
    "names": (
        475_000,
        "('{' + ','.join(f'\"k{i}\\u0100\":{{\"\\u0100{i}\":\"\\u0100{i}\"}}' for i in range(n)) + '}').encode()",
    ),
    "texts": (2_190_000, "('[' + '\"\\u0100b\",' * n + '1]').encode()"),
}
PROGRAM = """
import resource, sys
from shared.artifacts.response_files import response_pieces
from shared.http.response import Answer
from shared.redaction import Redactor
from shared.untrusted_json import refusal
n = int(sys.argv[1])
body = {body}
n = n * 11 // 10
assert refusal({body}), "a tenth more is refused"
redactor = Redactor()
redactor.add("hunter2!")
answer = Answer(200, {{}}, body)
assert answer.json is not None
size = sum(map(len, response_pieces(answer, redactor.text)))
assert size >= len(body) - 8, size
sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))
"""


@pytest.mark.parametrize("kind", {**COSTLY, **SLOW} if SHARE >= 1 else COSTLY)
def test_no_answer_that_is_let_in_takes_more_than_512_mib(kind: str) -> None:
    """Parsed, redacted and written. To make the body takes memory, too, so an answer takes less than this."""
    count, body = {**COSTLY, **SLOW}[kind]
    program = PROGRAM.format(body=body)
    done = subprocess.run([sys.executable, "-c", program, str(count)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 512 * MIB
    tell({"kinds of answers": 1})
