"""What prevents syncs: blocked schemas, destinations that are not connected, pauses."""

from __future__ import annotations

import pytest

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"
GROUP = "projected_sickle"
CHEAP = {"run_setup_tests": False}


@pytest.mark.parametrize("status", ["blocked_on_customer", "blocked_on_capture"])
def test_blocked_schemas_let_no_data_move(emulated, status):
    emulated.scenario(connectors={ID: {"schema_status": status}})
    assert emulated.ask("POST", f"{PATH}/sync").status_code == 200
    assert emulated.state(ID) == "scheduled"
    assert emulated.details(ID)["status"]["schema_status"] == status
    emulated.switch(sync_while_blocked=409)
    assert emulated.ask("POST", f"{PATH}/sync").status_code == 409


def test_somebody_has_to_set_blocked_schemas_to_ready(emulated):
    auto = {"schedule_type": "auto", "sync_frequency": 60}
    emulated.scenario(connectors={ID: {"schema_status": "blocked_on_customer", **auto}})
    before = emulated.details(ID)["succeeded_at"]
    emulated.wait(7200)
    assert emulated.details(ID)["succeeded_at"] == before
    emulated.data("PATCH", PATH, json={"schema_status": "ready", **CHEAP})
    emulated.wait(10)
    assert emulated.details(ID)["succeeded_at"] > before


def test_a_capture_passes_by_itself(emulated):
    fields = {"schema_status": "blocked_on_capture", "capture_ends_at": "2027-01-15T08:01:00Z"}
    emulated.scenario(connectors={ID: fields})
    emulated.wait(58)
    assert emulated.details(ID)["status"]["schema_status"] == "blocked_on_capture"
    emulated.wait(2)
    assert emulated.details(ID)["status"]["schema_status"] == "ready"


@pytest.mark.parametrize("status", ["broken", "incomplete", "BROKEN"])
def test_a_broken_destination_stops_its_group(emulated, status):
    emulated.scenario(groups={GROUP: {"setup_status": status}})
    assert emulated.data("GET", f"/v1/destinations/{GROUP}")["setup_status"] == status
    emulated.ask("POST", f"{PATH}/sync")
    assert emulated.state(ID) == "scheduled"
    emulated.ask("POST", "/v1/connections/unopened_parcel/sync")
    assert emulated.state("unopened_parcel") == "syncing"
    emulated.scenario(groups={GROUP: {"setup_status": "connected"}})
    emulated.ask("POST", f"{PATH}/sync")
    assert emulated.state(ID) == "syncing"


def test_a_group_of_a_scenario_keeps_what_the_scenario_does_not_name(emulated):
    before = emulated.data("GET", f"/v1/groups/{GROUP}")
    emulated.scenario(groups={GROUP: {"setup_status": "broken"}})
    assert emulated.data("GET", f"/v1/groups/{GROUP}") == before


def test_a_resync_runs_once_the_destination_lets_it(emulated):
    emulated.scenario(groups={GROUP: {"setup_status": "broken"}})
    assert emulated.ask("POST", f"{PATH}/resync").status_code == 200
    assert emulated.state(ID) == "scheduled"
    emulated.scenario(groups={GROUP: {"setup_status": "connected"}})
    status = emulated.details(ID)["status"]
    assert (status["sync_state"], status["is_historical_sync"]) == ("syncing", True)


def test_a_table_resync_of_a_paused_connection_waits_for_the_resume(emulated):
    path = "/v1/connections/sleepy_lantern"
    assert emulated.ask("POST", f"{path}/resync", json={"scope": {"google_ads": ["accounts"]}}).status_code == 200
    assert emulated.state("sleepy_lantern") == "paused"
    emulated.data("PATCH", path, json={"paused": False, **CHEAP})
    assert emulated.state("sleepy_lantern") == "syncing"


def test_a_daily_schedule_keeps_its_time_of_day(emulated):
    daily = {"schedule_type": "auto", "sync_frequency": 1440, "daily_sync_time": "03:00"}
    emulated.data("PATCH", PATH, json={**daily, **CHEAP})  # at 08:00
    emulated.wait(19 * 3600 - 60)
    assert emulated.details(ID)["succeeded_at"] < "2027-01-15T08:00"
    emulated.wait(90)
    assert emulated.details(ID)["succeeded_at"][:16] == "2027-01-16T03:00"
    emulated.ask("POST", f"{PATH}/sync")
    emulated.wait(86400)
    assert emulated.details(ID)["succeeded_at"][:16] == "2027-01-17T03:00"
