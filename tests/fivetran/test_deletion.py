"""delete_connector: the id must be given twice, and after a lost answer the connector is read."""

from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.files import saved

LOST = {"status": 502, "html": "<h1>lost</h1>", "handled": True}


def test_delete_wants_the_id_twice(blueprint: Blueprint, emulator: Emulator) -> None:
    for confirm in (None, "TRUE", "speak_inexpensivee"):
        done = blueprint(
            "fivetran/delete_connector",
            FIVETRAN_CONNECTOR_ID="speak_inexpensive",
            FIVETRAN_CONFIRM_DELETE=confirm,
        )
        assert done.code == 206
    assert emulator.requests() == []


DELETE = {"FIVETRAN_CONNECTOR_ID": "handmade_widget", "FIVETRAN_CONFIRM_DELETE": "handmade_widget"}


def test_delete_deletes_and_a_second_time_is_204(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/delete_connector", **DELETE)
    assert (done.code, done.result["status"]) == (0, "deleted")
    assert saved(blueprint, "delete_handmade_widget_response.json")["code"] == "Success"
    assert blueprint("fivetran/delete_connector", **DELETE).code == 204


@pytest.mark.parametrize(("answer", "code"), [(LOST, 0), ({"reset": "before"}, 223), ({"status": 204}, 0)])
def test_a_lost_answer_to_a_delete_is_looked_for(
    blueprint: Blueprint, emulator: Emulator, answer: dict[str, Any], code: int
) -> None:
    emulator.answers("DELETE", "/v1/connections/handmade_widget", answer)
    done = blueprint("fivetran/delete_connector", **DELETE, SLIPWAY_RETRY_TIMEOUT="0")
    assert done.code == code, done.stderr
    assert len(emulator.requests("DELETE")) == 1
