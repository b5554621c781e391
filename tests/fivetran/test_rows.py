"""A page of a list read row by row with limited memory."""

import json
from typing import Any

import pytest

from shared.errors import Unreachable
from shared.fivetran import rows
from shared.fivetran.paging import pages
from shared.fivetran.rows import as_written, numbers, streamed
from shared.http.response import Answer
from shared.http.retry import Unusable


def read(text: str) -> tuple[list[Any], Any]:
    page, cursor = streamed(Answer(200, {}, text.encode()))
    return list(page.items), cursor()


@pytest.mark.parametrize(
    ("text", "expected", "cursor"),
    [
        ('{"code":"Success","data":{"items":[{"id":1},{"id":2}],"next_cursor":"x"}}', [{"id": 1}, {"id": 2}], "x"),
        ('{"data":{"next_cursor":"x","items":[ { "a" : [1, {"b": 2}] } ]},"code":1}', [{"a": [1, {"b": 2}]}], "x"),
        ('{"data":{"items":[]}}', [], None),
        ('{"data":{"items":[1,{"id":2},null]}}', [{}, {"id": 2}, {}], None),
        (' { "data" : { "items" : [ ] , "next_cursor" : null } } ', [], None),
        ('\ufeff{"message":"\\"items\\":[{","data":{"items":[{"id":"]}"}]}}', [{"id": "]}"}], None),
    ],
)
def test_rows_come_one_at_a_time_wherever_they_stand(text: str, expected: list[Any], cursor: Any) -> None:
    assert read(text) == (expected, cursor)


@pytest.mark.parametrize(
    "text",
    [
        *('{"data":{"items":[{"id":1}', '{"data":{"items":[{"id":1},]}}', '{"data":{"items":[1}}', '{"data":{}}'),
        *('{"data":{"items":{}}}', '{"data":[]}', "<html>", "", "[]", '{"data":{"items":[{"id":1}] "x"}}'),
        '{"data":{"items":[' + "[" * 100_000,
    ],
)
def test_a_damaged_page_is_no_use(text: str) -> None:
    with pytest.raises(Unreachable):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"data":{"items":[{"id":%s}]}}',
        '{"data":{"items":[{"id":1},%s]}}',
        '{"data":{"items":[],"more":%s}}',
        '{"data":{"items":["x",1],"more":%s}}',
        '{"data":{"more":%s,"items":[]}}',
        '{"more":%s,"data":{"items":[]}}',
        '{"data":{%s:1,"items":[]}}',
    ],
)
def test_a_page_that_is_nested_too_deep_is_refused_before_anything_of_it_is_parsed(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(page: str, at: int) -> Any:
        assert page[at] not in "[{"
        return decoder(page, at)

    decoder = rows._decode
    monkeypatch.setattr(rows, "_decode", decode)
    with pytest.raises(Unusable, match="nested deeper than 100 levels"):
        read(text % ("[" * 101 + "]" * 101))


def test_rows_that_nobody_wants_are_passed_over_on_the_way_to_the_cursor() -> None:
    text = '{"data":{"items":[{"id":1},{"id":2},{"id":3}],"next_cursor":"x"}}'
    page, cursor = streamed(Answer(200, {}, text.encode()))
    assert next(iter(page.items)) == {"id": 1}
    assert cursor() == "x"


def test_a_cursor_that_repeats_ends_streamed_lists_too() -> None:
    def get(query: dict[str, Any]) -> Answer:
        return Answer(200, {}, b'{"data":{"items":[{"id":1}],"next_cursor":"same"}}')

    with pytest.raises(Unreachable, match="does not end"):
        list(pages(get, read=streamed))


def test_a_saved_row_keeps_its_numbers_as_they_came() -> None:
    text = '{"data":{"items":[{"id":"a","x":1.10,"y":1E400,"z":123456789012345678901}]}}'
    page, _ = streamed(Answer(200, {"Date": "x"}, text.encode()))
    saved = as_written(next(iter(page.items)), page.answer)
    assert '"x": 1.10, "y": 1E400, "z": 123456789012345678901' in saved.text
    assert json.loads(saved.text)["data"]["id"] == "a"


def test_a_streamed_row_compares_as_plain_json_does() -> None:
    text = '{"data":{"items":[{"id":"a","x":[1.5,{"y":-2e3}],"z":7,"n":null}]}}'
    page, _ = streamed(Answer(200, {}, text.encode()))
    assert numbers(next(iter(page.items))) == json.loads(text)["data"]["items"][0]


@pytest.mark.parametrize("name", ["\0number abc", "\0number ", "\0number 1_0", "\0number nan"])
def test_a_name_that_begins_like_a_kept_number_stays_a_name(name: str) -> None:
    assert numbers({"schema": name}) == {"schema": name}
