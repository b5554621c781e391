"""Headers are read as http.client reads them, and plain ones without its parser of e-mails."""

import email.parser
import http.client
import io
from collections.abc import Callable
from http.client import HTTPMessage
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.http.client import Client
from shared.http.headers import parse_headers, quickly
from tests.http.conftest import RawServer

NAMES = st.text("abXY-_09.: \t\x85\xe9", max_size=6)
VALUES = st.text("ab1:, \t\x00\x0b\x0c\x1c\x7f\x85\xa0\xad\xe9\xff\r\n", max_size=8)
LINES = st.builds("{}{}{}".format, NAMES, st.sampled_from([":", ": ", ":\t", "", " : "]), VALUES)
ENDS = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n", "\r", "", "\r\n "])
BLOCKS = st.lists(st.builds(str.__add__, LINES, ENDS), max_size=4).map("".join)


class Refused(Exception):
    """The parser of e-mails was used."""


def read(parse: Callable[[Any], HTTPMessage], sent: bytes, ahead: int) -> tuple[object, bytes]:
    """Return the headers, or the error, and what is left after them. ``ahead``: bytes that arrive at a time."""
    file = io.BufferedReader(io.BytesIO(sent), buffer_size=ahead)  # type: ignore[arg-type]  # a raw file in all it does
    try:
        found: object = parse(file).items()
    except Exception as error:
        found = repr(error)
    return found, file.read()


@given(BLOCKS, st.sampled_from(["\r\n", "\n", "\r\n\r\n", ""]), st.sampled_from([1, 7, 8192]))
@example("", "\r\n", 8192)
@example("A: b\r\n continued\r\n", "\r\n", 8192)
@example("A: b\r\nno colon\r\nC: d\r\n", "\r\n", 8192)
@example("From me\r\nA: b\r\n", "\r\n", 8192)
@example(" A: b\r\n", "\r\n", 8192)
@example("\xe9: b\r\n", "\r\n", 8192)
@example("A : b\r\n", "\r\n", 8192)
@example(": b\r\n", "\r\n", 8192)
@example("A: b\x85c\r\n", "\r\n", 8192)
@example("A: b\rc: d\r\n", "\r\n", 8192)
@example("A: b\n\r\nC: d\r\n", "\r\n", 8192)
@example("A: b\r\n" * 51, "\r\n", 8192)
@example("A: b\r\n" * 100, "\r\n", 8192)
@example("A: " + "b" * 65536 + "\r\n", "\r\n", 8192)
def test_headers_are_those_of_http_client_and_the_body_begins_in_the_same_place(
    block: str, end: str, ahead: int
) -> None:
    sent = (block + end + "body\r\nB: 1\r\n\r\nrest").encode("iso-8859-1")
    assert read(parse_headers, sent, ahead) == read(http.client.parse_headers, sent, ahead)


@pytest.fixture
def no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the parser of e-mails fail."""

    def refuse(*arguments: object, **options: object) -> None:
        raise Refused

    monkeypatch.setattr(email.parser, "Parser", refuse)


@pytest.mark.usefixtures("no_parser")
def test_plain_headers_that_have_arrived_need_no_parser_of_e_mails() -> None:
    found = [("Date", "Mon, 23 Nov 2026 12:00:00 GMT"), ("X-Empty", ""), ("A", "b: c ")]
    sent = b"Date: Mon, 23 Nov 2026 12:00:00 GMT\r\nX-Empty:\r\nA:  b: c \r\n\r\nbody"
    assert read(parse_headers, sent, 8192) == (found, b"body")
    assert read(parse_headers, sent, 16)[0] == "Refused()"


@pytest.mark.usefixtures("no_parser")
def test_a_client_reads_its_headers_this_way(raw: RawServer) -> None:
    raw.answers(b"HTTP/1.1 200 OK\r\nX-Rate-Limit: 7\r\nx-rate-limit: 8\r\nContent-Length: 2\r\n\r\n{}")
    answer = Client(vendor="Fivetran", base_url=raw.url, accept="*/*").get("/a")
    assert answer.headers.get("X-RATE-limit") == "7, 8"


def test_a_method_of_http_client_that_a_tracer_has_wrapped_stays_as_it_is() -> None:
    def wrapped(response: object, **options: object) -> object:
        return own(response, **options)

    own: Any = http.client.HTTPResponse.begin
    assert quickly(wrapped) is wrapped
    assert quickly(own) is not own
