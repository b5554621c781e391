"""The emulator's answers compared with recorded ones by shape: keys, types, forms of timestamps, nullable fields."""

import json
import re
from functools import cache

import pytest

from live.shapes import Shape, differences, merged, shape
from tests.recorded.bodies import ALL, Recorded
from tests.recorded.emulated import answers
from tests.recorded.table import CALL_OF, DIFFERENCES, PARTS, Difference

asked = cache(answers)
COMPARED = [one for one in ALL if one.name in CALL_OF]
NAMED = [pytest.param(one, id=one.name) for one in COMPARED]


def shape_of(body: bytes) -> Shape:
    try:
        return shape(json.loads(body))
    except ValueError:
        return "no JSON"


def ours(file: str) -> Shape:
    """Return the shape of the emulator's answers to the same call, of the part that was recorded."""
    found = merged(shape_of(one.data) for one in asked(CALL_OF[file]))
    for step in PARTS.get(file, "").replace("[]", ".[]").split("."):
        found = found[0] if step == "[]" else found[step] if step else found
    return found


def found_in(one: Recorded) -> list[str]:
    place = PARTS.get(one.name, "")
    return [f"{place}{each}" for each in differences(shape_of(one.body), ours(one.name))]


def explained(call: str, what: str) -> list[Difference]:
    return [one for one in DIFFERENCES if re.fullmatch(one.calls, call) and re.fullmatch(one.what, what)]


@pytest.mark.parametrize("one", NAMED)
def test_a_recorded_answer_has_the_emulators_shape(one: Recorded) -> None:
    assert [each for each in found_in(one) if not explained(CALL_OF[one.name], each)] == []


@pytest.mark.parametrize("one", NAMED)
def test_the_emulator_answers_with_the_recorded_status_and_code(one: Recorded) -> None:
    found = asked(CALL_OF[one.name])
    if CALL_OF[one.name] != "public problem":  # played as another problem of the same form
        assert {each.status_code for each in found} == {one.status}
    code = one.json.get("code") if shape_of(one.body) != "no JSON" else None
    assert code is None or {each.json["code"] for each in found} == {code}
    kinds = {each.content_type.partition(";")[0] for each in found}
    assert one.headers["Content-Type"].replace("problem+json", "json") in kinds


def test_no_difference_stands_in_the_table_that_is_none() -> None:
    seen = [each for one in COMPARED for what in found_in(one) for each in explained(CALL_OF[one.name], what)]
    assert [one for one in DIFFERENCES if one not in seen] == []
