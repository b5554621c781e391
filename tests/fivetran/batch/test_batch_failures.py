"""A failure of one connector of a batch appears in its row, and the others go on."""

import json
import threading
from typing import Any

import pytest

from shared.fivetran.api import Fivetran
from shared.fivetran.batch import reader
from shared.http import bounds
from tests.conftest import Emulator
from tests.fivetran.conftest import Play

GOOD, BAD = "speak_inexpensive", "gratuitous_bounty"
BOTH = {"FIVETRAN_CONNECTOR_ID": f"{GOOD},{BAD}", "SLIPWAY_RETRY_TIMEOUT": "0"}
DETAILS = f"/v1/connections/{BAD}"


def rows(play: Play, result: dict[str, Any]) -> dict[str, tuple[str, int]]:
    lines = (play.cwd / result["data"]["rows"]).read_text().splitlines()
    return {row["connector_id"]: (row["status"], row["exit_code"]) for row in map(json.loads, lines)}


@pytest.fixture
def no_list(emulator: Emulator) -> None:
    """Refuse the list of connectors, so that each is read by itself."""
    emulator.answers("GET", "/v1/connections", {"status": 403, "json": {"code": "Forbidden"}, "times": "always"})


def card(depth: int) -> dict[str, Any]:
    nested = '{"a":' * depth + "1" + "}" * depth
    text = f'{{"code":"Success","data":{{"id":"{BAD}","status":{{"sync_state":"scheduled"}},"connect_card":{nested}}}}}'
    return {"text": text, "headers": {"Content-Type": "application/json"}, "times": "always"}


@pytest.mark.usefixtures("no_list")
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(card(500), id="nested 500 deep"),
        pytest.param(card(100_000), id="nested deeper than Python goes"),
        pytest.param({"text": "[" + "[]," * 2_000_000 + "1]", "times": "always"}, id="millions of values"),
        pytest.param({"status": 302, "headers": {"Location": "caf\xe9://["}, "times": "always"}, id="no redirect"),
        pytest.param({"reset": "after", "times": "always"}, id="reset"),
    ],
)
def test_an_answer_that_no_use_can_be_made_of_costs_no_other_connector(
    play: Play, emulator: Emulator, answer: dict[str, Any]
) -> None:
    emulator.answers("GET", DETAILS, answer)
    done = play("fivetran/execute_sync", **BOTH)
    expected = ("request_refused", 201) if "status" in answer else ("unreachable", 223)
    assert rows(play, done.result) == {GOOD: ("triggered", 0), BAD: expected}
    assert done.code == expected[1]
    assert "Traceback" not in done.stderr


def test_a_list_that_costs_too_much_is_done_without(play: Play, emulator: Emulator) -> None:
    emulator.answers("GET", "/v1/connections", card(500))
    done = play("fivetran/execute_sync", **BOTH)
    assert rows(play, done.result) == {GOOD: ("triggered", 0), BAD: ("triggered", 0)}
    assert "reading each connector by itself instead of the list" in done.stderr


@pytest.mark.usefixtures("no_list")
@pytest.mark.parametrize(("error", "expected"), [(KeyError("x"), ("bug", 249)), (MemoryError(), ("unreachable", 223))])
@pytest.mark.parametrize("where", ["get_connector", "start_sync"])
def test_what_nobody_expected_is_the_row_of_the_one_that_it_happened_to(
    play: Play, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception, expected: tuple[str, int]
) -> None:
    real = getattr(Fivetran, where)

    def broken(api: Fivetran, connector_id: str, *more: Any, **named: Any) -> Any:
        if connector_id == BAD:
            raise error
        return real(api, connector_id, *more, **named)

    monkeypatch.setattr(Fivetran, where, broken)
    done = play("fivetran/execute_sync", **BOTH)
    assert rows(play, done.result) == {GOOD: ("triggered", 0), BAD: expected}
    assert done.stderr.count("Traceback") == (expected[0] == "bug")


def test_a_bug_in_reading_a_row_of_the_list_is_that_row(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    real = reader.reading_of

    def broken(row: Any, page: Any) -> Any:
        if row["id"] == BAD:
            raise KeyError("x")
        return real(row, page)

    monkeypatch.setattr(reader, "reading_of", broken)
    done = play("fivetran/check_freshness", FIVETRAN_GROUP_ID="Warehouse")
    assert rows(play, done.result)[BAD] == ("bug", 249)
    assert rows(play, done.result)[GOOD][0] in ("fresh", "stale")


def test_the_same_bug_in_many_is_told_once(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(api: Fivetran, connector_id: str, force: bool) -> Any:
        raise KeyError("x")

    monkeypatch.setattr(Fivetran, "start_sync", broken)
    done = play("fivetran/execute_sync", **BOTH)
    assert rows(play, done.result) == {GOOD: ("bug", 249), BAD: ("bug", 249)}
    assert done.stderr.count("Traceback") == 1


def test_without_a_thread_each_is_unreachable_and_says_why(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(bounds, "_idle", [])
    monkeypatch.setattr(threading.Thread, "start", none)
    done = play("fivetran/execute_sync", **BOTH)
    assert done.code == 223
    assert "no further thread" in done.result["message"]
