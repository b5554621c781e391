"""An update whose answer is lost: in effect, not in effect, or unknown."""

import json
from typing import Any

import pytest

from tests.conftest import Emulator
from tests.fivetran.conftest import Play
from tests.fivetran.updated import ID, PATH, UPDATE


@pytest.mark.parametrize("answer", [{"reset": "after"}])
def test_a_change_whose_answer_is_lost_is_a_success_where_the_connector_shows_it(
    play: Play, emulator: Emulator, answer: dict[str, Any]
) -> None:
    emulator.answers("PATCH", PATH, answer)
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="TRUE", FIVETRAN_SCHEDULE_TYPE="auto")
    assert (done.code, done.result["status"]) == (0, "updated")
    assert done.result["message"].endswith("; the answer was lost, but the change is in effect")
    assert done.result["data"]["changed"]["paused"] == {"old": False, "new": True}
    assert [row["method"] for row in emulator.requests()] == ["GET", "PATCH", "GET"]
    saved = json.loads(play.file("responses", f"update_{ID}_response.json").read_text())
    assert saved["data"]["paused"] is True


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 502, "html": "<html>"}, {"reset": "before"}])
def test_a_change_that_the_connector_does_not_show_is_223(
    play: Play, emulator: Emulator, answer: dict[str, Any]
) -> None:
    emulator.answers("PATCH", PATH, answer)
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="TRUE", SLIPWAY_RETRY_TIMEOUT="10")
    assert done.code == 223
    assert f"read again, paused of {ID} is not changed" in done.result["message"]
    assert len(emulator.requests("PATCH")) == 1
    assert len(emulator.requests("GET")) == 1 + 6  # at once, and then every 2 s


def test_a_change_that_takes_effect_late_is_seen(play: Play, emulator: Emulator) -> None:
    emulator.answers("PATCH", PATH, {"status": 500})
    play.during[2] = lambda: emulator.set(ID, paused=True)
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="TRUE", SLIPWAY_RETRY_TIMEOUT="30")
    assert (done.code, len(emulator.requests("GET"))) == (0, 4)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"FIVETRAN_HISTORICAL_SYNC": "TRUE"}, "is_historical_sync cannot be compared"),
        ({"FIVETRAN_CUSTOM_UPDATE": '{"config": {"password": "new-password"}}'}, "config cannot be compared"),
        ({"FIVETRAN_CUSTOM_UPDATE": '{"no_such_field": 1}'}, "no_such_field cannot be compared"),
    ],
)
def test_a_change_that_does_not_show_by_its_nature_is_202(
    play: Play, emulator: Emulator, variables: dict[str, str], words: str
) -> None:
    emulator.answers("PATCH", PATH, {"reset": "before"})
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RETRY_TIMEOUT="0", **variables)
    assert done.code == 202
    assert words in done.result["message"]
    assert len(emulator.requests("PATCH")) == 1


def test_a_change_after_which_the_connector_cannot_be_read_is_202(play: Play, emulator: Emulator) -> None:
    emulator.answers("PATCH", PATH, {"reset": "before"})
    emulator.answers("GET", PATH, {"pass": True}, {"status": 500, "times": 40})
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="TRUE")
    assert done.code == 202
    assert "it cannot be read" in done.result["message"]


def test_a_resume_whose_answer_is_lost_is_confirmed_before_the_trigger(play: Play, emulator: Emulator) -> None:
    emulator.set(ID, paused=True)
    emulator.answers("PATCH", PATH, {"reset": "after"})
    done = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_ON_PAUSED="resume")
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert [row["method"] for row in emulator.requests()][:4] == ["GET", "PATCH", "GET", "POST"]


def test_one_of_many_whose_answer_is_lost_is_confirmed_too(play: Play, emulator: Emulator) -> None:
    emulator.answers("PATCH", PATH, {"reset": "after"})
    both = f"{ID},nightly_lighthouse"
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=both, FIVETRAN_CONFIRM_COUNT="2", FIVETRAN_PAUSED="TRUE")
    assert done.code == 0
    assert len(emulator.requests("PATCH")) == 2


def test_an_answer_about_another_connector_counts_as_lost(play: Play, emulator: Emulator) -> None:
    other = {"code": "Success", "data": {"id": "other_connector", "paused": True, "status": {}}}
    emulator.answers("PATCH", PATH, {"json": other})
    done = play(UPDATE, FIVETRAN_CONNECTOR_ID=ID, FIVETRAN_PAUSED="TRUE", SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == 223
    assert f"paused of {ID} is not changed" in done.result["message"]
