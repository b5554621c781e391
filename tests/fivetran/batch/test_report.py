"""What a run about many decides: its code, its pace, who is read how."""

import json
from typing import Any

import pytest

from shared.errors import InvalidInput, Unreachable
from shared.exit_codes import ExitCode as Code
from shared.fivetran.batch.reading import enough
from shared.fivetran.batch.report import GRAVITY, Row, exit_code, worst_first
from shared.fivetran.batch.update import confirm
from shared.fivetran.paging import pages
from shared.fivetran.rows import as_written, numbers, streamed
from shared.fivetran.sync_wait import stretch
from shared.http.response import Answer
from shared.polling import LONGEST_STRETCH, Look, Wait
from shared.settings.kinds import IDENTIFIERS
from tests.conftest import Lines


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], Code.DONE),
        ([Code.DONE, Code.DONE], Code.DONE),
        ([Code.DONE, Code.NOT_FINISHED], Code.NOT_FINISHED),
        ([Code.NOT_FINISHED, Code.DEADLINE_REACHED], Code.DEADLINE_REACHED),
        ([Code.PAUSED, Code.SYNC_FAILED, Code.UNKNOWN_ID, Code.NOT_FINISHED], Code.SYNC_FAILED),
        ([Code.PAUSED, Code.UNKNOWN_ID, Code.CREDENTIALS_REFUSED], Code.UNKNOWN_ID),
        ([Code.PAUSED, Code.CREDENTIALS_REFUSED], Code.CREDENTIALS_REFUSED),
        ([Code.SETUP_BROKEN, Code.PAUSED, Code.NOT_STARTED], Code.PAUSED),
        ([Code.NOT_STARTED, Code.SETUP_BROKEN], Code.SETUP_BROKEN),
        ([Code.NOT_FINISHED, Code.NOT_STARTED], Code.NOT_STARTED),
        ([Code.NOT_FINISHED, Code.TRIGGER_UNKNOWN], Code.TRIGGER_UNKNOWN),
        ([Code.STALE, Code.UNREACHABLE], Code.STALE),
        ([Code.DONE, Code.UNREACHABLE], Code.UNREACHABLE),
    ],
)
def test_the_gravest_code_is_the_runs(codes: list[Code], expected: Code) -> None:
    assert exit_code(codes) == expected
    assert exit_code(reversed(codes)) == expected


def test_every_code_has_its_place_and_what_is_to_be_tried_again_comes_after_what_is_not() -> None:
    assert set(GRAVITY) == set(Code)
    assert len(GRAVITY) == len(Code)
    again = [code.retry for code in GRAVITY[:-1]]
    assert again == sorted(again)


def test_the_worst_come_first_and_equals_by_weight_then_name() -> None:
    rows = [Row(*row, "", "") for row in [("b", Code.DONE), ("d", Code.STALE), ("c", Code.STALE), ("a", Code.STALE)]]
    rows[1].weight = 2.0
    assert [row.connector_id for row in worst_first(rows)] == ["d", "a", "c", "b"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [("one", ("one",)), ("one,", ("one",)), (" one , two\n\nthree ", ("one", "two", "three")), ("a\nb", ("a", "b"))],
)
def test_ids_come_with_commas_or_lines(text: str, ids: tuple[str, ...]) -> None:
    assert IDENTIFIERS.parse(text) == ids


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,b,a", "names a more than once"), (",", "no id"), ("a,b/c", "b/c"), ("a;b", "commas"), ("a b", "commas")],
)
def test_ids_that_are_none_or_come_twice_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        IDENTIFIERS.parse(text)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("remaining", "reserve", "factor"),
    [(None, 100, 1.0), (50, None, 1.0), (100, 100, 1.0), (50, 100, 2.0), (10, 100, 10.0), (0, 100, 100.0), (5, 0, 1.0)],
)
def test_the_pause_is_stretched_by_how_much_of_the_reserve_is_used(
    remaining: int | None, reserve: int | None, factor: float
) -> None:
    assert stretch(remaining, reserve) == factor


def test_a_stretched_pause_has_an_end() -> None:
    time = Time()
    wait = Wait(100_000, 30, Lines(lambda text: None, time.sleep), time.clock)
    looks = iter([Look(None, "a", stretch=2.0), Look(None, "b", stretch=1000.0), Look(True, "c")])
    wait.until(lambda: next(looks))
    assert time.slept == [60.0, LONGEST_STRETCH]


@pytest.mark.parametrize(
    ("row", "is_enough"),
    [
        ({"status": {"sync_state": "scheduled"}, "succeeded_at": None}, True),
        ({"status": {"sync_state": "scheduled"}}, False),
        ({"status": {"sync_state": "syncing"}}, True),
        ({"status": {"sync_state": "rescheduled"}, "failed_at": None}, False),
        ({"status": {"sync_state": "rescheduled", "rescheduled_for": None}}, True),
        ({"status": None, "succeeded_at": None}, False),
    ],
)
def test_a_row_that_does_not_say_what_a_verdict_needs_is_not_enough(row: dict[str, Any], is_enough: bool) -> None:
    assert enough(row) is is_enough


def read(text: str) -> tuple[list[Any], Any]:
    page, cursor = streamed(Answer(200, {}, text.encode()))
    return list(page.items), cursor()


@pytest.mark.parametrize(
    ("text", "rows", "cursor"),
    [
        ('{"code":"Success","data":{"items":[{"id":1},{"id":2}],"next_cursor":"x"}}', [{"id": 1}, {"id": 2}], "x"),
        ('{"data":{"next_cursor":"x","items":[ { "a" : [1, {"b": 2}] } ]},"code":1}', [{"a": [1, {"b": 2}]}], "x"),
        ('{"data":{"items":[]}}', [], None),
        ('{"data":{"items":[1,{"id":2},null]}}', [{}, {"id": 2}, {}], None),
        (' { "data" : { "items" : [ ] , "next_cursor" : null } } ', [], None),
        ('\ufeff{"message":"\\"items\\":[{","data":{"items":[{"id":"]}"}]}}', [{"id": "]}"}], None),
    ],
)
def test_rows_come_one_at_a_time_wherever_they_stand(text: str, rows: list[Any], cursor: Any) -> None:
    assert read(text) == (rows, cursor)


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


@pytest.mark.parametrize(("count", "said"), [(None, "is not given"), (2, "is 2")])
def test_an_update_of_many_wants_to_know_how_many(count: int | None, said: str) -> None:
    with pytest.raises(InvalidInput, match=rf"FIVETRAN_CONFIRM_COUNT {said}; nothing was changed.*CONFIRM_COUNT=3"):
        confirm(count, 3)
    confirm(3, 3)
