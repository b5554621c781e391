"""The file of answers that check-live writes: it has their shapes, but no values."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from live.__main__ import SHAPES
from live.__main__ import main as check_live
from live.shapes import Shapes, differences, merged, route, shape
from shared.http.response import Answer
from tests.conftest import KEY, SECRET, Emulator

GIVEN = [Path(one).resolve() for one in os.environ.get("CHECK_LIVE_SHAPES", "").split(os.pathsep) if one]
"""Files that somebody sent, to compare with the emulator."""
SECRETS = ("client-of-the-tests", "client-secret-of-the-tests")


def environ(emulator: Emulator) -> dict[str, str]:
    return {
        "FIVETRAN_API_URL": f"{emulator.url}/v1",
        "FIVETRAN_API_KEY": KEY,
        "FIVETRAN_API_SECRET": SECRET,
        "AIRBYTE_API_URL": f"{emulator.url}/api/public/v1",
        "AIRBYTE_CLIENT_ID": SECRETS[0],
        "AIRBYTE_CLIENT_SECRET": SECRETS[1],
    }


def written(emulator: Emulator) -> dict[str, Any]:
    """Return the file of a run against the emulator."""
    assert check_live(environ(emulator)) == 0
    found: dict[str, Any] = json.loads(SHAPES.read_text("utf-8"))
    return found


def compared(seen: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """Return the differences of two files, each with its call."""
    found = []
    for vendor in ("Fivetran", "Airbyte"):
        by_call = {(one["call"], one["status"], one["code"]): one for one in ours.get(vendor, [])}
        for one in seen.get(vendor, []):
            call, status, code = one["call"], one["status"], one["code"]
            known = by_call.get((call, status, code))
            if known is None:
                found.append(f"{call}: {status} {code} is seen")
                continue
            found += [f"{call}: {each}" for each in differences(one["body"], known["body"])]
            found += [f"{call}: header {name} is not seen" for name in {*known["headers"]} - {*one["headers"]}]
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": "speak_inexpensive", "paused": True, "n": 7, "x": 1.5, "none": None}, ["text", "boolean", "integer"]),
        ({"created_at": "2026-01-02T03:04:05.123Z"}, ["stamp, 3 digits, Z"]),
        ({"created_at": "2026-01-02T03:04Z"}, ["stamp, no seconds, Z"]),
        ({"created_at": "2026-01-02T03:04:05+00:00"}, ["stamp, 0 digits, an offset"]),
        ({"items": [{"id": "a"}, {"id": None, "code": "b"}]}, [[{"id": {"|": ["null", "text"]}, "code?": "text"}]]),
        ({"items": []}, [[]]),
        ({"config": {"my host": "x", "port": 5}}, [{"*": {"|": ["integer", "text"]}}]),
        ({"schemas": {"mine": {"enabled": True}}}, [{"*": {"enabled": "boolean"}}]),
        ({"new_thing": {"somebody": {"name": 1}}}, [{"*": {"*": "integer"}}]),
    ],
)
def test_a_shape_has_keys_of_documents_and_types(value: Any, expected: list[Any]) -> None:
    assert list(shape(value).values())[: len(expected)] == expected


HIDDEN = "hidden"
NOWHERE = [
    {"data": {"id": HIDDEN, "config": {HIDDEN: HIDDEN, "list": [{HIDDEN: HIDDEN}]}}},
    {"data": {"schemas": {HIDDEN: {"tables": {HIDDEN: {"columns": {HIDDEN: {"name": HIDDEN}}}}}}}},
    {"data": {"items": [{"source_sync_details": {HIDDEN: {HIDDEN: [HIDDEN]}}, "details": {HIDDEN: 1}}]}},
    {"data": {"state": {HIDDEN: 1}, "auth": {HIDDEN: HIDDEN}, "setup_tests": [{"details": [{HIDDEN: HIDDEN}]}]}},
    {"configurations": {"streams": [{"name": HIDDEN, "cursorField": [HIDDEN]}]}, "unknown": {HIDDEN: HIDDEN}},
    {"syncCatalog": {"streams": [{"stream": {"jsonSchema": {"properties": {HIDDEN: {"type": HIDDEN}}}}}]}},
    {f"a key of {HIDDEN} words": HIDDEN},
    [HIDDEN, {"message": HIDDEN}],
]


@pytest.mark.parametrize("body", NOWHERE)
def test_nothing_that_an_account_names_is_in_a_shape(body: Any) -> None:
    to = Shapes()
    path = f"/connections/{HIDDEN}/schemas/{HIDDEN}?limit={HIDDEN}"
    to.add("GET", path, Answer(200, {"X-Header": HIDDEN, "a b": HIDDEN}, json.dumps(body).encode()))
    assert HIDDEN not in json.dumps(to.rows)
    assert to.rows[0]["headers"] == ["x-header"]


def test_a_path_shows_its_words_and_the_names_of_its_query() -> None:
    assert route("/connections/speak_inexpensive/schemas?limit=5&cursor=x") == "/connections/{}/schemas?cursor&limit"
    assert route("/metadata/connector-types/postgres") == "/metadata/connector-types/{}"


def test_answers_to_one_call_are_merged() -> None:
    to = Shapes()
    for body in (b'{"code": "Success", "data": {"failed_at": null}}', b'{"code": "Success", "data": {"extra": 1}}'):
        to.add("GET", "/connections/x", Answer(200, {}, body))
    to.add("GET", "/connections/x", Answer(502, {}, b"<html>"))
    assert [one["body"] for one in to.rows] == [
        {"code": "text", "data": {"failed_at?": "null", "extra?": "integer"}},
        "no JSON",
    ]


@pytest.mark.parametrize(
    ("seen", "ours", "expected"),
    [
        ({"a": 1}, {"a": 2}, []),
        ({"a": None}, {"a": 2}, [".a: null is seen"]),
        ({"a": 1, "b": 2}, {"a": 1}, [".b: is seen"]),
        ({"a": 1}, {"a": 1, "b": 2}, [".b: is not seen"]),
        ({"items": [{"b": 1}]}, {"items": [{"b": "x"}]}, [".items[].b: integer is seen"]),
        ({"a": {}}, {"a": "text"}, [".a: object is seen"]),
        ({"a": []}, {"a": [1]}, []),
        ({"a": "2026-01-02T03:04:05.1Z"}, {"a": "2026-01-02T03:04:05Z"}, [".a: stamp, 1 digits, Z is seen"]),
    ],
)
def test_differences_are_named_by_their_place(seen: Any, ours: Any, expected: list[str]) -> None:
    assert differences(shape(seen), shape(ours)) == expected


def test_an_account_need_not_have_an_example_of_each() -> None:
    both = merged([shape({"a": None}), shape({"a": 1, "b": 2})])
    assert differences(shape({"a": 1}), both) == []


def test_the_file_of_a_run_is_that_of_the_emulator_and_tells_nothing(emulator: Emulator) -> None:
    seen = written(emulator)
    assert {len(seen[vendor]) > 5 for vendor in ("Fivetran", "Airbyte")} == {True}
    calls = {one["call"] for one in seen["Fivetran"]}
    assert {"GET /account/info", "GET /connections/{}", "GET /connections/{}/schemas"} <= calls
    text = SHAPES.read_text("utf-8")
    own = [*emulator.connector("speak_inexpensive")["config"].values(), "customers", "postgres", "Analytics", "shop"]
    told = [word for word in (KEY, SECRET, *SECRETS, "speak_inexpensive", "749c19dc", *own) if str(word) in text]
    assert told == []
    assert compared(seen, written(emulator)) == []


def test_what_an_account_does_otherwise_is_a_difference(emulator: Emulator) -> None:
    ours = written(emulator)
    emulator.switches(timestamp_digits=3, messages=False, rate_limit_headers=False, not_found_code="Missing")
    emulator.scenario({"airbyte": {"switches": {"token_expires_in": False}}})
    found = compared(written(emulator), ours)
    assert "GET /connections?limit: .data.items[].succeeded_at: stamp, 3 digits, Z is seen" in found
    assert "GET /connections?limit: .message: is not seen" in found
    assert "GET /account/info: header x-rate-limit is not seen" in found
    assert "GET /connections/{}: 404 Missing is seen" in found
    assert "POST /applications/token: .expires_in: is not seen" in found


def test_a_folder_that_takes_no_file_is_said(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    SHAPES.mkdir()
    assert check_live(environ(emulator)) == 207
    assert "check-live-shapes.json cannot be written" in capsys.readouterr().err


def test_a_file_that_somebody_sent_is_like_the_emulators(emulator: Emulator) -> None:
    ours = written(emulator)
    sent = [SHAPES, *GIVEN]  # without a file, the emulator's own
    assert {str(file): compared(json.loads(file.read_text("utf-8")), ours) for file in sent} == {
        str(file): [] for file in sent
    }
