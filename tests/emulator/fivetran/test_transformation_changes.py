"""Creating, changing and deleting transformations, and integrated schedules."""

from __future__ import annotations

import pytest

from tests.emulator.openapi import MODEL, PACKAGE

ALL = "/v1/transformations"
SHOP, BILLING = "speak_inexpensive", "gratuitous_bounty"
AFTER_BOTH = {"schedule_type": "INTEGRATED", "connection_ids": [SHOP, BILLING]}


def create(emulated, **more):
    answer = emulated.ask("POST", ALL, json={**MODEL, "paused": False, "schedule": AFTER_BOTH, **more})
    assert answer.status_code == 201, answer.text
    return answer.json["data"]


def status(emulated, transformation_id):
    return emulated.data("GET", f"{ALL}/{transformation_id}")["status"]


def sync(emulated, *connection_ids):
    for each in connection_ids:
        emulated.ask("POST", f"/v1/connections/{each}/sync")
    emulated.wait(5)


def test_a_new_transformation_has_run_never(emulated):
    made = create(emulated)
    assert (made["status"], made["last_started_at"], made["last_ended_at"]) == ("NEW", None, None)
    assert made["transformation_config"] == MODEL["transformation_config"]
    assert emulated.data("GET", f"{ALL}/{made['id']}") == made
    listed = emulated.data("GET", f"{ALL}?project_id=wooden_abacus&group_id=projected_sickle")["items"]
    assert made["id"] in [one["id"] for one in listed]


def test_an_integrated_one_runs_by_itself_after_all_its_syncs(emulated):
    made = create(emulated)
    sync(emulated, SHOP)
    emulated.wait(60)
    assert status(emulated, made["id"]) == "NEW"
    sync(emulated, BILLING)
    emulated.wait(2)
    assert status(emulated, made["id"]) == "RUNNING"
    emulated.wait(5)
    after = emulated.data("GET", f"{ALL}/{made['id']}")
    assert after["status"] == "SUCCEEDED"
    emulated.wait(3600)
    assert emulated.data("GET", f"{ALL}/{made['id']}") == after
    sync(emulated, SHOP, BILLING)
    emulated.wait(2)
    assert status(emulated, made["id"]) == "RUNNING"


def test_a_failed_sync_starts_nothing(emulated):
    made = create(emulated, schedule={"schedule_type": "INTEGRATED", "connection_ids": [SHOP]})
    emulated.scenario(connectors={SHOP: {"outcomes": ["failure"]}})
    sync(emulated, SHOP)
    emulated.wait(10)
    assert status(emulated, made["id"]) == "NEW"


def test_a_paused_one_starts_by_a_call_alone(emulated):
    made = create(emulated, paused=True)
    sync(emulated, SHOP, BILLING)
    emulated.wait(10)
    assert status(emulated, made["id"]) == "NEW"
    emulated.ask("POST", f"{ALL}/{made['id']}/run")
    emulated.wait(2)
    assert status(emulated, made["id"]) == "RUNNING"


def test_a_package_follows_the_connections_of_its_configuration(emulated):
    config = {"package_name": "shop", "connection_ids": [SHOP]}
    made = create(emulated, **{**PACKAGE, "transformation_config": config})
    sync(emulated, SHOP)
    emulated.wait(2)
    assert status(emulated, made["id"]) == "RUNNING"


def test_a_transformation_is_changed_and_deleted(emulated):
    path = f"{ALL}/{create(emulated)['id']}"
    answer = emulated.ask(
        "PATCH", path, json={"paused": True, "schedule": {"schedule_type": "INTERVAL", "interval": 5}}
    )
    assert answer.json["message"] == "Transformation updated successfully"
    shown = emulated.data("GET", path)
    assert (shown["paused"], shown["schedule"]["interval"]) == (True, 5)
    assert shown["transformation_config"] == MODEL["transformation_config"]
    renamed = emulated.data("PATCH", path, json={"transformation_config": {"name": "other"}})
    assert renamed["transformation_config"] == {**MODEL["transformation_config"], "name": "other"}
    assert emulated.ask("DELETE", path).json["code"] == "Success"
    assert emulated.ask("GET", path).status_code == 404


def configured(**more):
    return {**MODEL, "transformation_config": {**MODEL["transformation_config"], **more}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**MODEL, "type": "DBT_CLOUD"}, 400),
        ({**MODEL, "transformation_config": None}, 400),
        (configured(project_id="nobody"), 404),
        (configured(steps=[]), 400),
        (configured(steps=[{"name": "run"}]), 400),
        ({**MODEL, "schedule": {"schedule_type": "INTEGRATED"}}, 400),
        ({**MODEL, "schedule": {"schedule_type": "INTEGRATED", "connection_ids": ["nobody"]}}, 400),
        ({**MODEL, "schedule": {"schedule_type": "INTEGRATED", "connection_ids": [SHOP, SHOP]}}, 400),
        ({**MODEL, "schedule": {"schedule_type": "TIME_OF_DAY", "time_of_day": "05:10"}}, 400),
        ({**MODEL, "schedule": {"schedule_type": "CRON"}}, 400),
        ({**MODEL, "schedule": {"schedule_type": "INTERVAL", "interval": 0}}, 400),
        ({**MODEL, "schedule": {**AFTER_BOTH, "transformation_ids": ["nobody"]}}, 400),
        ({**PACKAGE, "transformation_config": {"connection_ids": [SHOP]}}, 400),
        ({**PACKAGE, "transformation_config": {"package_name": "shop", "connection_ids": []}}, 400),
        ({**PACKAGE, "schedule": {"schedule_type": "INTEGRATED", "connection_ids": [SHOP]}}, 400),
    ],
)
def test_what_cannot_be(emulated, body, code):
    before = emulated.data("GET", ALL)
    answer = emulated.ask("POST", ALL, json=body)
    assert (answer.status_code, answer.json["code"]) == (code, "NotFound" if code == 404 else "InvalidInput")
    assert emulated.data("GET", ALL) == before


def test_a_change_of_nothing_is_none(emulated):
    answer = emulated.ask("PATCH", f"{ALL}/reluctant_harvest", json={"colour": "red"})
    assert (answer.status_code, answer.json["message"]) == (400, "No update parameters specified")
