"""The life of a sync: what a trigger starts, how it ends, and its stamps."""

from __future__ import annotations

import pytest

HEALTHY = "speak_inexpensive"
PATH = f"/v1/connections/{HEALTHY}"


def test_a_trigger_makes_it_sync_and_then_succeed(emulated):
    before = emulated.details(HEALTHY)
    answer = emulated.ask("POST", f"{PATH}/sync", json={"force": False})
    assert answer.json == {
        "code": "Success",
        "message": f"Sync has been successfully triggered for connection with id '{HEALTHY}'",
    }
    assert emulated.state(HEALTHY) == "syncing"
    assert emulated.details(HEALTHY)["succeeded_at"] == before["succeeded_at"]
    emulated.wait(5)
    after = emulated.details(HEALTHY)
    assert after["status"]["sync_state"] == "scheduled"
    assert after["succeeded_at"] == "2027-01-15T08:00:05.250000Z"
    assert after["failed_at"] is None


@pytest.mark.parametrize(
    "path", ["connections/{}/sync", "connectors/{}/sync", "connections/{}/force", "connectors/{}/force"]
)
@pytest.mark.parametrize("body", [None, {}, {"force": True}])
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_spelling_triggers(emulated, path, body, slash):
    answer = emulated.ask("POST", "/v1/" + path.format(HEALTHY) + slash, json=body)
    assert answer.status_code == 200
    assert emulated.state(HEALTHY) == "syncing"


def test_the_service_takes_no_other_force_than_a_boolean(emulated):
    assert emulated.ask("POST", f"{PATH}/sync", json={"force": "yes"}).status_code == 400
    assert emulated.state(HEALTHY) == "scheduled"


def test_a_failure_stamps_failed_at_and_explains_itself(emulated):
    before = emulated.details(HEALTHY)
    emulated.scenario(connectors={HEALTHY: {"outcomes": [{"result": "failure", "seconds": 1, "message": "No disk"}]}})
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(1)
    after = emulated.details(HEALTHY)
    assert after["status"]["sync_state"] == "scheduled"
    assert (after["succeeded_at"], after["failed_at"]) == (
        before["succeeded_at"],
        "2027-01-15T08:00:01.250000Z",
    )
    assert after["status"]["tasks"] == [
        {"code": "unknown_sync_failure", "message": "Unknown Sync Failure", "details": "No disk"}
    ]


def test_a_failure_need_not_explain_itself(emulated):
    emulated.switch(failure_adds_task=False)
    emulated.scenario(connectors={HEALTHY: {"outcomes": ["failure"]}})
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(5)
    assert emulated.details(HEALTHY)["status"]["tasks"] == []


def test_a_later_success_leaves_failed_at_and_clears_the_tasks(emulated):
    emulated.scenario(connectors={HEALTHY: {"outcomes": ["failure", "success"]}})
    for _ in range(2):
        emulated.ask("POST", f"{PATH}/sync")
        emulated.wait(5)
    after = emulated.details(HEALTHY)
    assert after["failed_at"] == "2027-01-15T08:00:05.250000Z"
    assert after["succeeded_at"] == "2027-01-15T08:00:10.250000Z"
    assert after["status"]["tasks"] == []


def test_after_the_queue_the_default_outcome_goes_on(emulated):
    emulated.scenario(connectors={HEALTHY: {"outcomes": ["success"], "default_outcome": "failure"}})
    for _ in range(3):
        emulated.ask("POST", f"{PATH}/sync")
        emulated.wait(5)
    after = emulated.details(HEALTHY)
    assert (after["succeeded_at"], after["failed_at"]) == (
        "2027-01-15T08:00:05.250000Z",
        "2027-01-15T08:00:15.250000Z",
    )


def test_force_stops_a_running_sync_and_starts_anew(emulated):
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(3)
    emulated.ask("POST", f"{PATH}/sync", json={"force": True})
    emulated.wait(3)
    assert emulated.details(HEALTHY)["status"]["sync_state"] == "syncing"
    assert emulated.details(HEALTHY)["failed_at"] is None
    emulated.wait(2)
    assert emulated.details(HEALTHY)["succeeded_at"] == "2027-01-15T08:00:08.250000Z"


def test_a_forced_restart_may_leave_a_stamp(emulated):
    emulated.switch(restart_stamps_failed_at=True)
    emulated.ask("POST", f"{PATH}/force")
    emulated.wait(3)
    emulated.ask("POST", f"{PATH}/force")
    assert emulated.details(HEALTHY)["failed_at"] == "2027-01-15T08:00:03.250000Z"


def test_a_force_with_nothing_running_leaves_no_stamp(emulated):
    emulated.switch(restart_stamps_failed_at=True)
    emulated.ask("POST", f"{PATH}/force")
    assert emulated.details(HEALTHY)["failed_at"] is None


@pytest.mark.parametrize(("status", "code"), [(200, "Success"), (409, "Conflict")])
def test_without_force_a_running_sync_goes_on(emulated, status, code):
    emulated.switch(force_false_while_syncing=status)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(3)
    answer = emulated.ask("POST", f"{PATH}/sync", json={"force": False})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    emulated.wait(2)
    assert emulated.details(HEALTHY)["succeeded_at"] == "2027-01-15T08:00:05.250000Z"


def test_syncing_shows_late(emulated):
    emulated.switch(syncing_delay=10)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(9)
    assert emulated.state(HEALTHY) == "scheduled"
    emulated.wait(1)
    assert emulated.state(HEALTHY) == "syncing"
    emulated.wait(5)
    assert emulated.details(HEALTHY)["succeeded_at"] == "2027-01-15T08:00:15.250000Z"


def test_a_sync_of_no_length_has_ended_at_the_next_read(emulate):
    emulated = emulate(sync_seconds=0)
    emulated.ask("POST", f"{PATH}/sync")
    after = emulated.details(HEALTHY)
    assert (after["status"]["sync_state"], after["succeeded_at"]) == (
        "scheduled",
        "2027-01-15T08:00:00.250000Z",
    )


@pytest.mark.parametrize(
    ("path", "switch"),
    [("sleepy_lantern", "sync_while_paused"), ("unwritten_letter", "sync_while_incomplete")],
)
def test_nothing_runs_while_paused_or_incomplete(emulated, path, switch):
    before = emulated.details(path)
    for status in (200, 409):
        emulated.switch(**{switch: status})
        assert emulated.ask("POST", f"/v1/connections/{path}/sync", json={"force": True}).status_code == status
        emulated.wait(60)
        assert emulated.details(path) == before


def test_a_success_mends_a_broken_setup(emulated):
    emulated.scenario(connectors={"fractured_compass": {"outcomes": ["success"]}})
    emulated.ask("POST", "/v1/connections/fractured_compass/sync")
    emulated.wait(5)
    status = emulated.details("fractured_compass")["status"]
    assert (status["setup_state"], status["tasks"]) == ("connected", [])


def test_rescheduled_under_a_manual_schedule_stays_until_triggered(emulated):
    emulated.scenario(connectors={HEALTHY: {"outcomes": [{"result": "rescheduled", "after": 60}]}})
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(5)
    status = emulated.details(HEALTHY)["status"]
    assert (status["sync_state"], status["rescheduled_for"]) == ("rescheduled", "2027-01-15T08:01:05.250000Z")
    emulated.wait(86400)
    assert emulated.details(HEALTHY)["status"] == status
    emulated.ask("POST", f"{PATH}/sync")
    assert "rescheduled_for" not in emulated.details(HEALTHY)["status"]
    assert emulated.state(HEALTHY) == "syncing"


def test_rescheduled_under_auto_runs_again_by_itself(emulated):
    emulated.scenario(
        connectors={HEALTHY: {"schedule_type": "auto", "outcomes": [{"result": "rescheduled", "after": 60}]}}
    )
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(64)
    assert emulated.state(HEALTHY) == "rescheduled"
    emulated.wait(1)
    assert emulated.state(HEALTHY) == "syncing"
    emulated.wait(5)
    assert emulated.details(HEALTHY)["succeeded_at"] == "2027-01-15T08:01:10.250000Z"


def test_a_change_to_auto_lets_a_rescheduled_sync_run(emulated):
    emulated.ask("PATCH", "/v1/connections/postponed_voyage", json={"schedule_type": "auto", "run_setup_tests": False})
    emulated.wait(45 * 60)
    assert emulated.state("postponed_voyage") == "syncing"


def test_rescheduling_may_leave_a_stamp(emulated):
    emulated.switch(reschedule_stamps_failed_at=True)
    emulated.scenario(connectors={HEALTHY: {"outcomes": ["rescheduled"]}})
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(5)
    assert emulated.details(HEALTHY)["failed_at"] == "2027-01-15T08:00:05.250000Z"


def test_one_that_is_rescheduled_for_at_once_ends_the_read(emulated):
    forever = {"result": "rescheduled", "after": 0, "seconds": 0}
    emulated.scenario(connectors={HEALTHY: {"schedule_type": "auto", "default_outcome": forever}})
    emulated.ask("POST", f"{PATH}/sync")
    assert emulated.state(HEALTHY) == "rescheduled"


def test_auto_runs_at_its_frequency_however_late_somebody_reads(emulated):
    emulated.wait(11 * 60)
    assert emulated.state("brisk_metronome") == "syncing"
    emulated.wait(365 * 86400)
    assert emulated.details("brisk_metronome")["succeeded_at"] == "2028-01-15T07:56:05.250000Z"


def test_a_sync_longer_than_its_period_does_not_overlap_the_next(emulated):
    emulated.scenario(connectors={"brisk_metronome": {"outcomes": [{"seconds": 3000}, {"seconds": 3000}]}})
    emulated.wait(11 * 60 + 3000 + 2999)
    assert emulated.state("brisk_metronome") == "syncing"
    assert emulated.details("brisk_metronome")["succeeded_at"] == "2027-01-15T09:01:00.250000Z"
    emulated.wait(1)
    assert emulated.details("brisk_metronome")["succeeded_at"] == "2027-01-15T09:51:00.250000Z"


def test_auto_meets_every_queued_outcome_however_late_somebody_reads(emulated):
    emulated.scenario(connectors={"brisk_metronome": {"outcomes": ["failure", "success", "success"]}})
    emulated.wait(86400)
    after = emulated.details("brisk_metronome")
    assert after["failed_at"] == "2027-01-15T08:11:05.250000Z"
    assert after["succeeded_at"] > "2027-01-16T07:5"


@pytest.mark.parametrize(("digits", "shown"), [(0, "05Z"), (3, "05.250Z"), (6, "05.250000Z")])
def test_stamps_have_as_many_digits_as_wanted(emulated, digits, shown):
    emulated.switch(timestamp_digits=digits)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(5)
    assert emulated.details(HEALTHY)["succeeded_at"] == f"2027-01-15T08:00:{shown}"


@pytest.mark.parametrize(("switch", "keys"), [("null", {"succeeded_at", "failed_at"}), ("absent", set())])
def test_stamps_that_never_were_are_null_or_absent(emulated, switch, keys):
    emulated.switch(missing_stamps=switch)
    found = emulated.details("unopened_parcel")
    assert found.keys() & {"succeeded_at", "failed_at"} == keys


@pytest.mark.parametrize(("date", "stamp"), [(90, 0), (-90, 0), (0, 90), (0, -90)])
def test_date_and_stamps_come_from_two_clocks(emulated, date, stamp):
    emulated.switch(date_skew=date, stamp_skew=stamp)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(5)
    answer = emulated.ask("GET", PATH)
    clock = {0: "08:00:05", 90: "08:01:35", -90: "07:58:35"}
    assert answer.headers["Date"] == f"Fri, 15 Jan 2027 {clock[date]} GMT"
    assert answer.json["data"]["succeeded_at"] == f"2027-01-15T{clock[stamp]}.250000Z"


def test_a_skewed_stamp_does_not_move_the_time_of_the_next_run(emulated):
    emulated.switch(stamp_skew=3600)
    outcomes = [{"result": "rescheduled", "after": 60, "seconds": 0}]
    emulated.scenario(connectors={HEALTHY: {"schedule_type": "auto", "outcomes": outcomes}})
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(59)
    assert emulated.details(HEALTHY)["status"]["rescheduled_for"] == "2027-01-15T09:01:00.250000Z"
    emulated.wait(1)
    assert emulated.state(HEALTHY) == "syncing"


def test_date_can_be_left_out(emulated):
    emulated.switch(date_header=False)
    assert "Date" not in emulated.ask("GET", PATH).headers


def test_a_never_synced_connection_is_historical_until_its_first_success(emulated):
    assert emulated.details("unopened_parcel")["status"]["is_historical_sync"] is True
    emulated.ask("POST", "/v1/connections/unopened_parcel/sync")
    assert emulated.details("unopened_parcel")["status"]["is_historical_sync"] is True
    emulated.wait(5)
    assert emulated.details("unopened_parcel")["status"]["is_historical_sync"] is False


def test_pausing_ends_a_running_sync_without_a_stamp(emulated):
    before = emulated.details(HEALTHY)
    emulated.ask("POST", f"{PATH}/sync")
    emulated.ask("PATCH", PATH, json={"paused": True, "run_setup_tests": False})
    emulated.wait(60)
    after = emulated.details(HEALTHY)
    assert after["status"]["sync_state"] == "paused"
    assert (after["succeeded_at"], after["failed_at"]) == (before["succeeded_at"], before["failed_at"])
    emulated.ask("PATCH", PATH, json={"paused": False, "run_setup_tests": False})
    assert emulated.state(HEALTHY) == "scheduled"
