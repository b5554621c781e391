"""resync_connector: checked, joined, awaited and refused in the same way as a sync."""

import json

import pytest

from tests.conftest import Blueprint, Emulator
from tests.fivetran.files import saved


def test_a_resync_is_followed_by_the_check_like_a_sync(blueprint: Blueprint, emulator: Emulator) -> None:
    done = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="speak_inexpensive", SLIPWAY_RUN_ID="one")
    assert (done.code, done.result["status"]) == (0, "triggered")
    assert blueprint.file("variables", "one_force_sync.pickle").exists()
    assert saved(blueprint, "resync_speak_inexpensive_response.json")["code"] == "Success"
    assert emulator.requests("POST")[0]["body"] == {}
    assert emulator.connector("speak_inexpensive")["is_historical_sync"] is True
    assert blueprint("fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="one").code in (0, 255)
    waited = blueprint(
        "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="one", FIVETRAN_WAIT="TRUE", FIVETRAN_POLL_INTERVAL="1"
    )
    assert waited.code == 0


def test_a_retry_of_a_resync_joins_it(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.reset(sync_seconds=30)
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "SLIPWAY_RUN_ID": "one"}
    blueprint("fivetran/resync_connector", **given)
    again = blueprint("fivetran/resync_connector", **given)
    assert (again.code, again.result["status"]) == (0, "joined")
    assert len(emulator.requests("POST")) == 1


def test_a_resync_of_some_tables_waits_in_place(blueprint: Blueprint, emulator: Emulator) -> None:
    scope = {"sales": ["orders", "refunds"]}
    done = blueprint(
        "fivetran/resync_connector",
        FIVETRAN_CONNECTOR_ID="speak_inexpensive",
        FIVETRAN_SCOPE=json.dumps(scope),
        FIVETRAN_WAIT="TRUE",
        FIVETRAN_POLL_INTERVAL="1",
    )
    assert (done.code, done.result["status"]) == (0, "succeeded")
    assert emulator.requests("POST")[0]["body"] == {"scope": scope}


def test_what_a_sync_leaves_that_ran_before_a_resync_is_not_taken_for_its_end(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    """Fivetran ends the running sync first. Its stamp is there before the answer."""
    emulator.reset(sync_seconds=30)
    emulator.switches(restart_stamps_failed_at=True)
    emulator.set("speak_inexpensive", sync_state="syncing")
    given = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "SLIPWAY_RUN_ID": "one"}
    done = blueprint("fivetran/resync_connector", **given)
    assert done.code == 0
    assert "tries to complete it first" in done.stderr
    assert blueprint("fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="one").code == 255


def test_a_resync_that_is_turned_away_is_203_and_a_paused_connector_216(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.reset(sync_seconds=30)
    emulator.switches(resync_while_syncing=409)
    emulator.set("speak_inexpensive", sync_state="syncing")
    done = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="speak_inexpensive")
    assert (done.code, done.result["status"]) == (203, "already_running")
    paused = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="sleepy_lantern")
    assert paused.code == 216
    assert [row["path"] for row in emulator.requests("POST")] == ["/v1/connections/speak_inexpensive/resync"]


@pytest.mark.parametrize(
    "scope",
    [
        "{}",
        '{"": ["a"]}',
        '{"a": ["b"], "a": ["c"]}',
        '{"sales": []}',
        '{"sales": "orders"}',
        '{"sales": [7]}',
        '["sales"]',
        "x",
    ],
)
def test_a_scope_that_names_no_table_is_206(blueprint: Blueprint, emulator: Emulator, scope: str) -> None:
    done = blueprint("fivetran/resync_connector", FIVETRAN_CONNECTOR_ID="speak_inexpensive", FIVETRAN_SCOPE=scope)
    assert (done.code, "FIVETRAN_SCOPE" in done.result["message"]) == (206, True)
    assert emulator.requests() == []
