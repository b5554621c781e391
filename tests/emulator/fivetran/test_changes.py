"""What changes of a connection and changes of its schemas have in common."""

from __future__ import annotations

import pytest

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PATH, {"sync_frequency": 60}),
        (PATH, {"paused": True}),
        (f"{PATH}/schemas/sales", {"enabled": False}),
    ],
)
def test_a_change_stops_a_running_sync_which_leaves_no_stamp(emulated, path, body):
    before = emulated.details(ID)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(1)
    assert emulated.ask("PATCH", path, json=body).status_code == 200
    after = emulated.details(ID)
    assert after["status"]["sync_state"] != "syncing"
    assert (after["succeeded_at"], after["failed_at"]) == (before["succeeded_at"], before["failed_at"])


def test_a_change_may_leave_a_running_sync_alone(emulated):
    emulated.switch(change_stops_sync=False)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.data("PATCH", PATH, json={"sync_frequency": 60})
    assert emulated.state(ID) == "syncing"


def test_a_pause_may_answer_500_after_a_minute_and_take_effect(emulated):
    emulated.switch(lost_updates=1, update_seconds=61)
    answer = emulated.ask("PATCH", PATH, json={"paused": True})
    assert (answer.status_code, answer.json["code"]) == (500, "InternalServerError")
    assert emulated.slept == [61]
    assert emulated.details(ID)["paused"] is True
    assert emulated.ask("PATCH", PATH, json={"paused": False}).status_code == 200


def test_a_schema_change_may_be_lost_too(emulated):
    emulated.switch(lost_updates=1)
    path = f"{PATH}/schemas"
    assert emulated.ask("PATCH", f"{path}/sales", json={"enabled": False}).status_code == 500
    assert emulated.data("GET", path)["schemas"]["sales"]["enabled"] is False


def test_a_sync_that_cannot_be_stopped_lets_nothing_be_changed_but_a_pause(emulated):
    emulated.switch(sync_cannot_stop=True)
    assert emulated.ask("PATCH", PATH, json={"sync_frequency": 60}).status_code == 200
    emulated.ask("POST", f"{PATH}/sync")
    for path, body in ((PATH, {"sync_frequency": 30}), (f"{PATH}/schemas/sales", {"enabled": False})):
        answer = emulated.ask("PATCH", path, json=body)
        assert (answer.status_code, answer.json["code"]) == (500, "InternalServerError")
        assert answer.json["message"] == "Failed to stop in-progress sync after trying for 60 seconds"
    assert emulated.details(ID)["sync_frequency"] == 60
    assert emulated.state(ID) == "syncing"
    assert emulated.ask("PATCH", PATH, json={"paused": True}).status_code == 200
    assert emulated.state(ID) == "paused"
