"""A body is read up to a limit, whatever the server says about its size."""

import gzip
import zlib
from io import BytesIO
from typing import Any

import pytest
import requests
from urllib3.exceptions import ProtocolError
from urllib3.response import HTTPResponse

from shared.errors import Unreachable
from shared.http import body as body_module
from shared.http.body import MOST_EXPLANATION
from shared.http.client import Client
from shared.http.response import Answer
from shared.secret_forms import CUT

JSON = b'{"data": {}}'


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)  # the time of day in a parameter would give each worker other tests


def reply(body: bytes, status: int = 200, **headers: str) -> bytes:
    """Return a response. Its body ends with the connection unless a header says otherwise."""
    lines = [f"HTTP/1.1 {status} Played", *(f"{name.replace('_', '-')}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def chunked(*lengths_and_chunks: tuple[str, bytes]) -> bytes:
    body = b"".join(length.encode() + b"\r\n" + chunk + b"\r\n" for length, chunk in lengths_and_chunks)
    return reply(body, Transfer_Encoding="chunked")


def client(raw: Any) -> Client:
    return Client(vendor="Acme", base_url=raw.url, accept="*/*", retry_timeout=0.0, read_timeout=5.0)


def get(raw: Any) -> Answer:
    return client(raw).get("/x")


def test_chunks_are_joined(raw: Any) -> None:
    raw.answers(chunked(("5", JSON[:5]), ("7;note=x", JSON[5:]), ("0", b"")))
    assert get(raw).body == JSON


@pytest.mark.parametrize("length", ["-1", "-5", "-0x1", "zz", "", "0x"])
def test_a_chunk_of_no_possible_length_is_an_answer_that_cannot_be_read(raw: Any, length: str) -> None:
    raw.answers(chunked((length, b"x" * 100_000), ("0", b"")))
    with pytest.raises(Unreachable, match=r"^Acme: GET /x failed: "):
        get(raw)


def test_a_body_shorter_than_its_length_breaks_off_with_urllib3_1_26_too() -> None:
    """urllib3 1.26 accepts such a body unless it is told not to."""
    response = requests.Response()
    response.status_code, response.headers["Content-Length"] = 200, "50"
    raw = {"headers": {"Content-Length": "50"}, "enforce_content_length": False}
    response.raw = HTTPResponse(BytesIO(JSON), **raw, preload_content=False)
    with pytest.raises(ProtocolError):
        body_module.read_body(response)


@pytest.mark.parametrize("end", ["0;a=", "0\r\nX: "], ids=["extension", "trailer"])
def test_a_line_between_chunks_has_an_end(raw: Any, end: str) -> None:
    """Older versions of urllib3 read this line without a limit."""
    raw.answers(chunked(("c", JSON), (end + "x" * 70_000, b"")))
    with pytest.raises(Unreachable, match=r"is too long|exceeded maximum allowed length"):
        get(raw)


def test_what_a_proxy_compressed_has_an_end_although_it_unpacks_to_nothing(
    raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "MOST_BYTES", 10_000)
    raw.answers(reply(gzipped(b"") * 1000, Content_Encoding="gzip"))
    with pytest.raises(Unreachable, match="is larger than 10000 bytes"):
        get(raw)


def test_what_follows_a_negative_length_is_not_read(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """int() accepts -1 as a length, and to read -1 bytes of a file reads all of it."""
    raw.answers(chunked(("-1", b"x" * 100_000), ("0", b"")))
    with pytest.raises(Unreachable, match="a chunk of a negative length"):
        get(raw)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzipped(JSON)),
        ("GZIP", gzipped(JSON)),
        ("x-gzip", gzipped(JSON)),
        ("deflate", zlib.compress(JSON)),
        ("gzip", gzipped(JSON[:5]) + gzipped(JSON[5:])),
        ("gzip", gzipped(JSON) + b"nonsense"),
        ("identity", JSON),
        ("", JSON),
    ],
)
def test_what_a_proxy_compressed_is_unpacked(raw: Any, encoding: str, packed: bytes) -> None:
    raw.answers(reply(packed, Content_Encoding=encoding))
    assert get(raw).body == JSON


@pytest.mark.parametrize(
    ("encoding", "packed", "words"),
    [
        ("br", JSON, "encoded as 'br', which was not asked for"),
        ("gzip, gzip", gzipped(gzipped(JSON)), "'gzip, gzip', which was not asked for"),
        ("gzip", JSON, "incorrect header"),
        ("gzip", gzipped(JSON)[:-9], "breaks off"),
        ("gzip", b"", "breaks off"),
    ],
)
def test_what_cannot_be_unpacked_cannot_be_read(raw: Any, encoding: str, packed: bytes, words: str) -> None:
    raw.answers(reply(packed, Content_Encoding=encoding))
    with pytest.raises(Unreachable, match=words):
        get(raw)


def test_a_body_of_the_largest_size_is_read_and_a_larger_one_is_not(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "MOST_BYTES", 100_000)
    raw.answers(reply(b"x" * 100_000), reply(b"x" * 100_001), reply(gzipped(b"x" * 100_001), Content_Encoding="gzip"))
    assert len(get(raw).body) == 100_000
    for _ in range(2):
        with pytest.raises(Unreachable, match=r"^Acme: GET /x: the answer is larger than 100000 bytes"):
            get(raw)


def test_a_body_that_is_too_large_is_not_asked_for_again(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "MOST_BYTES", 100_000)
    raw.answers(reply(b"x" * 100_001))
    one = Client(vendor="Acme", base_url=raw.url, accept="*/*", retry_timeout=60.0)
    with pytest.raises(Unreachable, match="larger"):
        one.get("/x")
    assert one.usage.calls == 1


@pytest.mark.parametrize("status", [302, 303, 400, 401, 404, 409, 501])
def test_the_body_of_a_refusal_is_cut_and_its_status_counts(raw: Any, status: int) -> None:
    bomb = gzipped(b"x" * (10 * MOST_EXPLANATION))
    raw.answers(reply(bomb, status, Content_Encoding="gzip", Location="/elsewhere"))
    answer = get(raw)
    assert answer.status == status
    assert answer.body == b"x" * MOST_EXPLANATION + CUT.encode()


@pytest.mark.parametrize(
    "location", ["caf\xe9", "http://[", "http://[::1", "\xff\xfe", "//", "http://a b/", "/" * 9000, ""]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_of_a_redirect_is_looked_at(raw: Any, status: int, location: str) -> None:
    raw.answers(reply(b"moved", status, Location=location))
    answer = get(raw)
    assert (answer.status, answer.body) == (status, b"moved")
    assert len(raw.asked) == 1


def test_a_redirect_whose_body_breaks_off_is_a_redirect(raw: Any) -> None:
    raw.answers(reply(b"moved", 302, Content_Length="100"), reply(b"moved", 404, Content_Length="100"))
    assert (get(raw).status, len(raw.asked)) == (302, 1)
    with pytest.raises(Unreachable):
        get(raw)


@pytest.mark.parametrize("status", [101, 102, 103, 199, 303])
def test_after_an_answer_that_settles_nothing_a_write_may_have_been_done(raw: Any, status: int) -> None:
    raw.answers(reply(b"", status))
    with pytest.raises(Unreachable, match=f"^Acme: POST /x was answered {status}, which settles nothing"):
        client(raw).write("POST", "/x", {})
    assert len(raw.asked) == 1


def test_an_answer_for_which_there_is_no_memory_cannot_be_read(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(response: Any, kept: bool) -> bytes:
        raise MemoryError

    monkeypatch.setattr("shared.http.client.read_body", exhausted)
    raw.answers(reply(JSON))
    with pytest.raises(Unreachable, match="MemoryError"):
        get(raw)
