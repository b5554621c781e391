"""Lists are read to their end. A list without an end is an error."""

import json
from typing import Any

import pytest
import responses

from shared.errors import InvalidInput, UnknownId, Unreachable
from shared.fivetran import paging
from shared.fivetran.api import Fivetran
from shared.fivetran.paging import LARGEST_PAGE, MOST_REPEATED, Read, merged, pages, whole
from shared.fivetran.rows import streamed
from shared.fivetran.settings import FivetranSettings
from shared.http.response import Answer
from shared.http.retry import Unusable
from shared.program.run import Run

URL = "https://api.fivetran.com/v1"


def answer(body: Any) -> Answer:
    return Answer(200, {}, (body if isinstance(body, str) else json.dumps(body)).encode())


def page(items: list[Any], **more: Any) -> dict[str, Any]:
    return {"code": "Success", "data": {"items": items, **more}}


class Server:
    """Answers one page after the other and keeps the queries."""

    def __init__(self, *bodies: Any) -> None:
        self.bodies = list(bodies)
        self.queries: list[dict[str, Any]] = []

    def __call__(self, query: dict[str, Any]) -> Answer:
        self.queries.append(query)
        return answer(self.bodies.pop(0))


def account(environ: dict[str, str]) -> Fivetran:
    settings = FivetranSettings(environ)
    return Fivetran(Run("fivetran/test", settings, environ), settings)


@pytest.fixture
def fivetran() -> Fivetran:
    environ = {"FIVETRAN_API_KEY": "the-key", "FIVETRAN_API_SECRET": "the-secret"}
    return account(environ)


def test_a_list_is_followed_to_its_last_page_with_a_thousand_a_page() -> None:
    server = Server(page([{"id": "a"}], next_cursor="two"), page([{"id": "b"}]))
    assert [item["id"] for found in pages(server) for item in found.items] == ["a", "b"]
    assert server.queries == [{"limit": LARGEST_PAGE, "cursor": None}, {"limit": LARGEST_PAGE, "cursor": "two"}]


@responses.activate
@pytest.mark.parametrize(
    ("read", "message"),
    [(whole, "GET /connections?limit=1000: the answer was not read"), (streamed, "a page of a list was not read")],
)
def test_a_page_is_checked_by_whoever_parses_it(read: Read, message: str, fivetran: Fivetran) -> None:
    deep = '{"data": {"items": [' + "[" * 101 + "]" * 101 + "]}}"
    responses.get(f"{URL}/connections", body=deep)
    with pytest.raises(Unusable) as caught:
        [list(found.items) for found in fivetran.list_connectors(read=read)]
    assert str(caught.value) == f"Fivetran: {message}: it is nested deeper than 100 levels"


@pytest.mark.parametrize("last", [{}, {"next_cursor": None}, {"next_cursor": ""}])
def test_an_absent_null_or_empty_cursor_is_the_end(last: dict[str, Any]) -> None:
    server = Server(page([], **last))
    assert len(list(pages(server))) == 1


def test_a_cursor_that_repeats_is_an_error_and_not_a_loop() -> None:
    server = Server(*[page([{"id": "a"}], next_cursor=cursor) for cursor in ("one", "two", "one", "two")])
    with pytest.raises(Unreachable, match="does not end"):
        list(pages(server))
    assert len(server.queries) == 3


@pytest.mark.parametrize(
    ("items", "more"),
    [([{"id": "a"}], {}), ([], {}), ([{"id": "a"}], {"next": None}), ([], {"estimate": 7})],
)
@pytest.mark.parametrize("read", [whole, streamed])
def test_pages_that_repeat_under_ever_new_cursors_are_an_error(items: list[Any], more: Any, read: Read) -> None:
    bodies = [page(items, next_cursor=f'"{number}\\ü', **more) for number in range(MOST_REPEATED + 9)]
    bodies[3] = page([{"id": "b"}], next_cursor="three")
    server = Server(*bodies)
    with pytest.raises(Unreachable, match=f"{MOST_REPEATED + 1} of {MOST_REPEATED + 4} pages repeat"):
        sum(len(list(found.items)) for found in pages(server, read=read))


def test_empty_pages_between_others_are_no_error() -> None:
    server = Server(*[page([], next_cursor=f"{number}") for number in range(MOST_REPEATED)], page([{"id": "a"}]))
    assert [item["id"] for found in pages(server) for item in found.items] == ["a"]


@pytest.mark.parametrize("bound", ["MOST_PAGES", "MOST_BYTES"])
def test_a_list_of_ever_new_pages_is_an_error(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, bound, 3)
    server = Server(*[page([{"id": f"{number}"}], next_cursor=f"{number}") for number in range(9)])
    with pytest.raises(Unreachable, match=r"does not end: more follow after \d pages"):
        list(pages(server))


def test_the_next_page_is_not_asked_for_before_the_first_is_used() -> None:
    server = Server(page([{"id": "a"}], next_cursor="two"))
    assert next(pages(server)).items == [{"id": "a"}]
    assert len(server.queries) == 1


@pytest.mark.parametrize(
    "body", [{"code": "Success", "data": {"items": {}}}, {"code": "Success", "data": {}}, "<html>", "[]"]
)
def test_a_page_without_items_is_no_use(body: Any) -> None:
    with pytest.raises(Unreachable):
        list(pages(Server(body)))


def test_a_row_that_is_no_object_is_one_with_nothing_in_it() -> None:
    (found,) = pages(Server(page([1, {"id": "a"}, None, []])))
    assert list(found.items) == [{}, {"id": "a"}, {}, {}]


def test_one_page_is_kept_as_it_came() -> None:
    only = answer(page([{"id": "a"}]))
    assert merged([only]) is only


def test_several_pages_become_one_list_with_every_number_as_it_was_written() -> None:
    first = '{"code":"Success","data":{"items":[{"x":1.10,"big":123456789012345678901}],"next_cursor":"two"}}'
    second = '{"code":"Success","data":{"items":[{"x":1E400,"text":"1.10"}]}}'
    body = merged([answer(first), answer(second)]).text
    assert '{"x": 1.10, "big": 123456789012345678901}' in body
    assert '{"x": 1E400, "text": "1.10"}' in body
    assert "next_cursor" not in body


def groups(*pairs: tuple[str, str]) -> dict[str, Any]:
    return page([{"id": key, "name": name} for key, name in pairs])


@responses.activate
@pytest.mark.parametrize("wanted", ["decent_dropsy", "Marketing"])
def test_a_group_is_found_by_id_or_name(fivetran: Fivetran, wanted: str) -> None:
    responses.get(f"{URL}/groups", json=groups(("projected_sickle", "Warehouse"), ("decent_dropsy", "Marketing")))
    assert fivetran.find_group(wanted)["id"] == "decent_dropsy"


@responses.activate
def test_an_id_wins_over_another_groups_name(fivetran: Fivetran) -> None:
    responses.get(f"{URL}/groups", json=groups(("first", "second"), ("second", "Other")))
    assert fivetran.find_group("second")["name"] == "Other"


@responses.activate
def test_a_name_of_several_groups_is_refused_with_their_ids(fivetran: Fivetran) -> None:
    responses.get(f"{URL}/groups", json=groups(("one", "Twin"), ("two", "Twin")))
    with pytest.raises(InvalidInput, match="one, two"):
        fivetran.find_group("Twin")


@responses.activate
def test_a_group_is_found_among_malformed_rows(fivetran: Fivetran) -> None:
    rows = [7, {"name": "Marketing"}, {"id": 3, "name": "Marketing"}, {"id": "decent_dropsy", "name": "Marketing"}]
    responses.get(f"{URL}/groups", json=page(rows))
    assert fivetran.find_group("Marketing")["id"] == "decent_dropsy"


@responses.activate
def test_an_unknown_group_is_named_with_the_nearest(fivetran: Fivetran) -> None:
    responses.get(f"{URL}/groups", json=groups(("decent_dropsy", "Marketing")))
    with pytest.raises(UnknownId, match="did you mean Marketing"):
        fivetran.find_group("Marketting")


@responses.activate
def test_the_nearest_services_are_found_among_malformed_rows(fivetran: Fivetran) -> None:
    responses.get(f"{URL}/metadata/connector-types", json=page([7, {"id": None}, {"id": ["x"]}, {"id": "postgres"}]))
    assert fivetran.nearest_services("postgress") == "; did you mean postgres?"


@responses.activate
def test_connectors_are_filtered_by_what_the_api_knows(fivetran: Fivetran) -> None:
    responses.get(f"{URL}/connections", json=page([{"id": "a"}]))
    list(fivetran.list_connectors("decent_dropsy", "shop"))
    assert responses.calls[0].request.params == {"group_id": "decent_dropsy", "schema": "shop", "limit": "1000"}


@responses.activate
def test_the_legacy_paths_have_a_groups_connectors_below_the_group() -> None:
    environ = {"FIVETRAN_API_KEY": "the-key", "FIVETRAN_API_SECRET": "the-secret", "FIVETRAN_LEGACY_API": "TRUE"}
    api = account(environ)
    responses.get(f"{URL}/groups/decent_dropsy/connectors", json=page([]))
    assert [found.items for found in api.list_connectors("decent_dropsy")] == [[]]
