"""What stops every sync though the connector looks well: a schema that waits for approval, a broken destination."""

from typing import Any

import pytest

from tests.fivetran.conftest import Play

CONNECTOR, GROUP = "intrinsic_coolness", "projected_sickle"
DESTINATION = f"/v1/destinations/{GROUP}"
LONG_AGO = "2026-01-01T00:00:00.000000Z"


def destination(state: str) -> dict[str, Any]:
    return {"json": {"code": "Success", "data": {"id": GROUP, "group_id": GROUP, "setup_status": state}}}


def asked(play: Play) -> int:
    """How often a destination was asked for."""
    return sum(row["path"].startswith("/v1/destinations/") for row in play.emulator.requests())


@pytest.mark.parametrize("state", ["broken", "INCOMPLETE"])
def test_a_late_connector_shows_that_its_destination_is_why(play: Play, state: str) -> None:
    play.emulator.set(CONNECTOR, succeeded_at=LONG_AGO, schedule_type="manual")
    play.emulator.answers("GET", DESTINATION, destination(state))
    done = play("fivetran/get_connector", FIVETRAN_CONNECTOR_ID=CONNECTOR)
    word = f"destination {state.casefold()}"
    assert (done.code, done.result["data"]["condition"], done.result["data"]["destination"]) == (
        0,
        word,
        state.casefold(),
    )
    assert f"it is {word}: nothing syncs into group {GROUP}" in done.stderr
    assert asked(play) == 1


def test_a_destination_that_is_well_is_not_spoken_of(play: Play) -> None:
    play.emulator.set(CONNECTOR, succeeded_at=LONG_AGO, schedule_type="manual")
    play.emulator.answers("GET", DESTINATION, destination("connected"))
    done = play("fivetran/get_connector", FIVETRAN_CONNECTOR_ID=CONNECTOR)
    assert (done.result["data"]["condition"], asked(play)) == ("ok", 1)
    assert "destination" not in done.stderr


@pytest.mark.parametrize("fields", [{}, {"paused": True}, {"setup_state": "broken"}])
def test_a_destination_costs_no_call_where_nothing_is_late_or_the_reason_is_known(
    play: Play, fields: dict[str, Any]
) -> None:
    if fields:
        play.emulator.set(CONNECTOR, succeeded_at=LONG_AGO, schedule_type="manual", **fields)
    assert play("fivetran/get_connector", FIVETRAN_CONNECTOR_ID=CONNECTOR).code == 0
    assert asked(play) == 0


def test_a_destination_that_cannot_be_read_is_said_and_changes_nothing(play: Play) -> None:
    play.emulator.set(CONNECTOR, succeeded_at=LONG_AGO, schedule_type="manual")
    play.emulator.answers("GET", DESTINATION, {"status": 403, "json": {"code": "Forbidden", "message": "no"}})
    done = play("fivetran/get_connector", FIVETRAN_CONNECTOR_ID=CONNECTOR)
    assert (done.code, done.result["data"]["condition"]) == (0, "ok")
    assert "warning: the destination was not looked at" in done.stderr


@pytest.mark.parametrize(
    ("status", "word", "said"),
    [
        ("blocked_on_customer", "schema blocked", 'FIVETRAN_CUSTOM_UPDATE={"schema_status": "ready"}'),
        ("blocked_on_capture", "reading schema", "passes by itself"),
    ],
)
def test_a_blocked_schema_is_shown(play: Play, status: str, word: str, said: str) -> None:
    play.emulator.set(CONNECTOR, schema_status=status)
    done = play("fivetran/get_connector", FIVETRAN_CONNECTOR_ID=CONNECTOR)
    assert (done.code, done.result["data"]["condition"]) == (0, word)
    assert done.result["data"]["schema_status"] == status
    assert said in done.stderr
