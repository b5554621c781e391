"""All pages of a list are read, whatever the server says about the next page."""

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from shared.airbyte.public_api import PublicApi
from shared.airbyte.settings import NONE, Server
from shared.errors import (
    Unreachable,
)
from tests.airbyte.clients import client

OWN, PUBLIC = "http://localhost:8000/api/v1", "http://localhost:8000/api/public/v1"


@pytest.fixture
def public() -> Iterator[PublicApi]:
    with responses.mock:
        yield PublicApi(client(PUBLIC), Server(PUBLIC, True, "AIRBYTE_API_URL", NONE))


def test_a_server_that_ignores_the_offset_does_not_page_for_ever(public: PublicApi) -> None:
    rows = [{"connectionId": f"749c19dc-4f97-4f30-bb0f-{number:012d}"} for number in range(100)]
    responses.get(f"{PUBLIC}/connections", json={"data": rows})
    assert len(public.list_connections(None).found) == 100
    assert len(responses.calls) == 2


def test_nor_does_it_because_a_row_is_malformed(public: PublicApi) -> None:
    rows = [{"connectionId": f"749c19dc-4f97-4f30-bb0f-{number:012d}"} for number in range(98)]
    responses.get(f"{PUBLIC}/connections", json={"data": [*rows, 7, {"connectionId": ""}]})
    listed = public.list_connections(None)
    assert (len(listed.found), len(listed.malformed), listed.read) == (98, 2, 100)
    assert len(responses.calls) == 2


def pages_of(*pages: tuple[list[int], Any]) -> None:
    """Answer one page after the other. Each is given by the numbers of its connections and its ``next``."""
    for numbers, link in pages:
        rows = [{"connectionId": f"749c19dc-4f97-4f30-bb0f-{number:012d}"} for number in numbers]
        responses.get(f"{PUBLIC}/connections", json={"data": rows, "next": link})


def offsets() -> list[str]:
    return [call.request.params["offset"] for call in responses.calls]


def test_a_short_page_is_not_the_last_where_next_says_that_there_are_more(public: PublicApi) -> None:
    elsewhere = "https://elsewhere.example/v1/connections?limit=2&offset=2&x=1"
    pages_of(([1, 2], elsewhere), ([3], f"{PUBLIC}/connections?offset=7&limit=2"), ([4, 5], ""))
    assert len(public.list_connections(None).found) == 5
    assert offsets() == ["0", "2", "7"]
    assert all(call.request.url.startswith(f"{PUBLIC}/") for call in responses.calls)


@pytest.mark.parametrize("link", ["", None])
def test_a_short_page_without_next_is_the_last(public: PublicApi, link: str | None) -> None:
    pages_of(([1, 2], link))
    assert len(public.list_connections(None).found) == 2


def test_a_full_page_with_an_empty_next_is_the_last(public: PublicApi) -> None:
    pages_of((list(range(100)), ""))
    assert len(public.list_connections(None).found) == 100


def test_an_empty_page_is_the_last_whatever_it_says(public: PublicApi) -> None:
    pages_of(([1, 2], "/connections?offset=2"), ([], "/connections?offset=4"))
    assert len(public.list_connections(None).found) == 2


@pytest.mark.parametrize(
    "link",
    [
        *(
            "/connections?limit=2&offset=0",
            "/connections?offset=-2",
            "/connections?offset=2e9",
            "/connections?xoffset=2",
        ),
        *("/connections?cursor=abc", "http://[", 7, ["/connections?offset"], "/connections?offset=99999999999"),
    ],
)
def test_a_next_that_leads_nowhere_is_an_error_and_not_the_end(public: PublicApi, link: Any) -> None:
    pages_of(([1, 2], link))
    with pytest.raises(Unreachable, match="does not end"):
        public.list_connections(None)
    assert len(responses.calls) == 1


def test_a_server_that_repeats_itself_is_an_error_and_not_a_loop(public: PublicApi) -> None:
    pages_of(([1, 2], "?offset=2"), ([2, 1], "?offset=4"), ([1, 2], "?offset=6"))
    with pytest.raises(Unreachable, match="does not end"):
        public.list_connections(None)
    assert len(responses.calls) == 2
