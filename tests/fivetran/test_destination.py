"""Why no sync starts although the connector looks well: its schema waits for approval, its destination is broken."""

from typing import Any

import pytest

from tests.conftest import Process
from tests.fivetran.conftest import Play

CONNECTOR, GROUP = "intrinsic_coolness", "projected_sickle"
DESTINATION = f"/v1/destinations/{GROUP}"
AT_ONCE = {"FIVETRAN_START_TIMEOUT": "1", "FIVETRAN_POLL_INTERVAL": "1"}
LONG_AGO = "2026-01-01T00:00:00.000000Z"


def put(play: Play, state: str) -> None:
    """Set the state of the group's destination. If it is not connected, no sync starts."""
    play.emulator.scenario({"fivetran": {"groups": {GROUP: {"setup_status": state}}}})


def asked(play: Play) -> int:
    """Return how often a destination was read."""
    return sum(row["path"].startswith("/v1/destinations/") for row in play.emulator.requests())


@pytest.mark.parametrize("state", ["broken", "INCOMPLETE"])
def test_a_late_connector_shows_that_its_destination_is_why(play: Play, state: str) -> None:
    play.emulator.set(CONNECTOR, succeeded_at=LONG_AGO, schedule_type="manual")
    put(play, state)
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
    put(play, "connected")
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
    assert "warning: the destination was not read" in done.stderr


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


def starts_nothing(play: Play) -> None:
    """Let triggers be accepted without a sync that follows."""
    body = {"code": "Success", "message": "Sync has been successfully triggered"}
    play.emulator.answers("POST", f"/v1/connections/{CONNECTOR}/sync", {"json": body, "times": "always"})
    play.emulator.set(CONNECTOR, schedule_type="manual")


def test_a_wait_gives_up_because_of_the_destination_and_says_so(play: Play) -> None:
    put(play, "broken")
    done = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=CONNECTOR, FIVETRAN_WAIT="TRUE")
    assert (done.code, done.result["status"], asked(play)) == (218, "setup_broken", 1)
    assert f"the destination of group {GROUP} is broken" in done.result["message"]


@pytest.mark.parametrize(("state", "code"), [("broken", 218), ("connected", 221)])
def test_a_wait_that_is_too_short_to_give_up_asks_at_its_end(play: Play, state: str, code: int) -> None:
    starts_nothing(play)
    put(play, state)
    given = {"FIVETRAN_CONNECTOR_ID": CONNECTOR, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_WAIT_TIMEOUT": "60"}
    assert (play("fivetran/execute_sync", **given).code, asked(play)) == (code, 1)
    many = {**given, "FIVETRAN_CONNECTOR_ID": f"{CONNECTOR},speak_inexpensive"}
    found = play("fivetran/execute_sync", **many, FIVETRAN_POLL_INTERVAL="50")
    assert (found.code, asked(play)) == (code, 2)


def test_a_sync_that_has_begun_is_not_asked_about_at_the_end(play: Play) -> None:
    play.emulator.outcomes(CONNECTOR, {"seconds": 600})
    given = {"FIVETRAN_CONNECTOR_ID": CONNECTOR, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_WAIT_TIMEOUT": "60"}
    assert (play("fivetran/execute_sync", **given).code, asked(play)) == (221, 0)


@pytest.mark.parametrize("answer", [{"pass": True}, {"status": 403, "json": {"code": "Forbidden"}}])
def test_a_wait_gives_up_as_ever_where_the_destination_is_not_why(play: Play, answer: dict[str, Any]) -> None:
    starts_nothing(play)
    play.emulator.answers("GET", DESTINATION, answer)
    done = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=CONNECTOR, FIVETRAN_WAIT="TRUE")
    assert (done.code, asked(play)) == (217, 1)


def test_a_check_asks_for_the_destination_once_the_sync_should_have_begun(play: Play) -> None:
    put(play, "broken")
    assert play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=CONNECTOR).code == 0
    play.emulator.advance(600)
    early = play("fivetran/check_sync_status")
    assert (early.code, asked(play)) == (255, 0)
    play.emulator.advance(600)
    late = play("fivetran/check_sync_status")
    assert (late.code, late.result["status"], asked(play)) == (218, "setup_broken", 1)


def test_many_share_the_call_for_their_destination(play: Play) -> None:
    ids = (CONNECTOR, "speak_inexpensive", "gratuitous_bounty")
    put(play, "broken")
    for one in ids:
        play.emulator.set(one, schedule_type="manual")
    given = {"FIVETRAN_CONNECTOR_ID": ",".join(ids)}
    waited = play("fivetran/execute_sync", **given, FIVETRAN_WAIT="TRUE")
    assert (waited.code, waited.result["data"]["counts"], asked(play)) == (218, {"setup_broken": 3}, 1)
    checked = play("fivetran/check_sync_status", **given)
    assert (checked.code, checked.result["data"]["counts"], asked(play)) == (218, {"setup_broken": 3}, 2)


def test_stale_data_says_that_its_destination_is_why(play: Play) -> None:
    ids = (CONNECTOR, "speak_inexpensive", "gratuitous_bounty", "sleepy_lantern")
    for one in ids[:2]:
        play.emulator.set(one, succeeded_at=LONG_AGO, schedule_type="manual")
    put(play, "broken")
    done = play("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID=",".join(ids), FIVETRAN_MAX_AGE="1d")
    states = {row["connector_id"]: row["state"] for row in done.result["data"]["worst"]}
    assert states == {**dict.fromkeys(ids[:2], "destination broken"), ids[2]: "ok", ids[3]: "paused"}
    assert (done.code, asked(play)) == (219, 1)


def test_a_schema_that_waits_for_approval_ends_a_wait(play: Play) -> None:
    starts_nothing(play)
    play.emulator.set(CONNECTOR, schema_status="blocked_on_customer")
    done = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=CONNECTOR, FIVETRAN_WAIT="TRUE")
    assert (done.code, done.result["status"], asked(play)) == (218, "setup_broken", 0)
    assert len(play.slept) == 1, "it is believed when it was seen twice"
    assert "its schema waits for somebody to set it to ready" in done.stderr
    stale = play("fivetran/check_freshness", FIVETRAN_CONNECTOR_ID=CONNECTOR, FIVETRAN_MAX_AGE="1s")
    assert "blocked_on_customer" in stale.result["message"]


@pytest.mark.parametrize("many", [False, True])
def test_a_schema_that_is_being_read_does_not_end_a_wait(play: Play, many: bool) -> None:
    starts_nothing(play)
    play.emulator.set(CONNECTOR, schema_status="blocked_on_capture")
    play.during[60] = lambda: play.emulator.set(CONNECTOR, schema_status="ready", sync_state="syncing")
    more = {"FIVETRAN_CONNECTOR_ID": f"{CONNECTOR},speak_inexpensive" if many else CONNECTOR}
    done = play("fivetran/execute_sync", **more, FIVETRAN_WAIT="TRUE", FIVETRAN_POLL_INTERVAL="30")
    assert done.code == 0, "half an hour passed, and nothing was given up"
    assert "blocked_on_capture" in done.stderr


def test_processes_say_what_stops_every_sync(process: Process) -> None:
    process.emulator.set(CONNECTOR, schema_status="blocked_on_customer", schedule_type="manual", succeeded_at=None)
    blocked = process("fivetran/check_sync_status", FIVETRAN_CONNECTOR_ID=CONNECTOR)
    assert (blocked.code, blocked.result["status"]) == (218, "setup_broken")
    process.emulator.set(CONNECTOR, schema_status="ready")
    process.emulator.scenario({"fivetran": {"groups": {GROUP: {"setup_status": "broken"}}}})
    late = process("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=CONNECTOR, FIVETRAN_WAIT="TRUE", **AT_ONCE)
    assert (late.code, late.result["status"]) == (218, "setup_broken")
    assert f"the destination of group {GROUP} is broken" in late.result["message"]


@pytest.mark.parametrize("name", ["execute_sync", "resync_connector"])
@pytest.mark.parametrize("why", ["blocked_on_customer", "the setup of its destination is broken"])
def test_a_trigger_that_is_turned_away_for_it_says_so(play: Play, name: str, why: str) -> None:
    if why.startswith("blocked"):
        play.emulator.set(CONNECTOR, schema_status=why)
    else:
        put(play, "broken")
    conflict = {"status": 409, "json": {"code": "Conflict", "message": "no sync can be started now"}}
    play.emulator.answers("POST", f"/v1/connections/{CONNECTOR}/*sync", conflict)
    done = play(f"fivetran/{name}", FIVETRAN_CONNECTOR_ID=CONNECTOR)
    assert (done.code, done.result["status"]) == (218, "setup_broken")
    assert "no sync can be started now" in done.result["message"]
    assert why in done.result["message"]
    assert play("fivetran/check_sync_status").code == 217
