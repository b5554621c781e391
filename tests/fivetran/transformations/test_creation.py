"""create_transformation: its request, that nothing is created twice, and that its runs follow its syncs."""

import json
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator, Finished, Process
from tests.fivetran.files import saved
from tests.fivetran.refusal import refused

ALL = "/v1/transformations"
SHOP, BILLING = "speak_inexpensive", "gratuitous_bounty"
DBT = {"FIVETRAN_PROJECT_ID": "wooden_abacus", "FIVETRAN_TRANSFORMATION_NAME": "orders", "FIVETRAN_RUN_AFTER": SHOP}
PACKAGE = {"FIVETRAN_PACKAGE_NAME": "shopify", "FIVETRAN_RUN_AFTER": f"{SHOP}, {BILLING}"}
DBT_CONFIG = {"project_id": "wooden_abacus", "name": "orders", "steps": [{"name": "dbt run", "command": "dbt run"}]}
LOST = {"reset": "after"}


def create(blueprint: Blueprint | Process, **more: str | None) -> Finished:
    given: dict[str, str | None] = {**DBT, **more}
    return blueprint("fivetran/create_transformation", **given)


def sent(emulator: Emulator) -> Any:
    (row,) = emulator.requests("POST")
    return row["body"]


def test_a_transformation_is_created_that_runs_after_its_syncs(play: Blueprint, emulator: Emulator) -> None:
    done = create(play, FIVETRAN_RUN_AFTER=f"{SHOP},{BILLING}")
    assert (done.code, done.result["status"]) == (0, "created"), done.stderr
    assert sent(emulator) == {
        "type": "DBT_CORE",
        "transformation_config": DBT_CONFIG,
        "schedule": {"schedule_type": "INTEGRATED", "connection_ids": [SHOP, BILLING]},
    }
    made = done.result["transformation_id"]
    assert done.result["message"].endswith(f"was created; it runs after the syncs of {SHOP} and {BILLING}")
    assert saved(play, f"create_transformation_{made}_response.json")["data"]["id"] == made
    emulator.forget_requests()
    for connector in (SHOP, BILLING):
        synced = play("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=connector, FIVETRAN_WAIT="TRUE")
        assert synced.code == 0
    emulator.advance(60)
    listed = play("fivetran/list_transformations").result["data"]["transformations"]
    assert {row["transformation_id"]: row["status"] for row in listed}[made] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("more", "schedule"),
    [
        ({"FIVETRAN_RUN_INTERVAL": "360"}, {"schedule_type": "INTERVAL", "interval": 360}),
        ({"FIVETRAN_RUN_INTERVAL": "6h"}, {"schedule_type": "INTERVAL", "interval": 360}),
        (
            {"FIVETRAN_RUN_TIME": "05:30"},
            {"schedule_type": "TIME_OF_DAY", "time_of_day": "05:30", "days_of_week": []},
        ),
        (
            {"FIVETRAN_RUN_TIME": "23:00", "FIVETRAN_RUN_DAYS": "friday, MONDAY"},
            {"schedule_type": "TIME_OF_DAY", "time_of_day": "23:00", "days_of_week": ["MONDAY", "FRIDAY"]},
        ),
        (
            {"FIVETRAN_RUN_CRON": "0 */1 * * *;\n 30 5  * * 1"},
            {"schedule_type": "CRON", "cron": ["0 */1 * * *", "30 5 * * 1"]},
        ),
        (
            {"FIVETRAN_RUN_INTERVAL": "1d", "FIVETRAN_RUN_AFTER": SHOP},
            {"schedule_type": "INTERVAL", "interval": 1440, "connection_ids": [SHOP], "smart_syncing": True},
        ),
        ({"FIVETRAN_CUSTOM_FIELDS": '{"schedule": {"schedule_type": "INTERVAL", "interval": 5}}'}, ...),
    ],
)
def test_it_may_run_by_another_schedule(
    blueprint: Blueprint, emulator: Emulator, more: dict[str, str], schedule: Any
) -> None:
    assert create(blueprint, **{"FIVETRAN_RUN_AFTER": None, **more}).code == 0
    assert sent(emulator)["schedule"] == ({"schedule_type": "INTERVAL", "interval": 5} if schedule is ... else schedule)


def test_a_quickstart_package_has_its_connections_in_its_config(blueprint: Blueprint, emulator: Emulator) -> None:
    given = {**PACKAGE, "FIVETRAN_PROJECT_ID": None, "FIVETRAN_TRANSFORMATION_NAME": None}
    custom = {"transformation_config": {"excluded_models": ["a"], "package_name": "other"}, "paused": False}
    done = create(blueprint, **given, FIVETRAN_PAUSED="TRUE", FIVETRAN_CUSTOM_FIELDS=json.dumps(custom))
    assert done.code == 0, done.stderr
    assert sent(emulator) == {
        "type": "QUICKSTART",
        "transformation_config": {
            "excluded_models": ["a"],
            "package_name": "shopify",
            "connection_ids": [SHOP, BILLING],
        },
        "schedule": {"schedule_type": "INTEGRATED"},
        "paused": True,
    }


def test_a_second_run_creates_nothing_and_says_what_differs(blueprint: Blueprint, emulator: Emulator) -> None:
    made = create(blueprint, FIVETRAN_DBT_COMMANDS="dbt run; dbt test").result["transformation_id"]
    again = create(blueprint, FIVETRAN_DBT_COMMANDS="dbt run\ndbt test")
    assert (again.code, again.result["status"], again.result["transformation_id"]) == (0, "unchanged", made)
    other = create(blueprint, FIVETRAN_RUN_AFTER=BILLING, FIVETRAN_PAUSED="TRUE")
    refused(other, 201, f"{made} exists already", "differs in transformation_config, schedule, paused")
    assert other.result["transformation_id"] == made
    assert len(emulator.requests("POST")) == 1
    assert create(blueprint, FIVETRAN_TRANSFORMATION_NAME="another").result["status"] == "created"


def test_one_that_also_waits_for_syncs_differs(blueprint: Blueprint) -> None:
    assert create(blueprint, FIVETRAN_RUN_INTERVAL="6h").code == 0
    refused(create(blueprint, FIVETRAN_RUN_INTERVAL="6h", FIVETRAN_RUN_AFTER=None), 201, "differs in schedule")


@pytest.mark.parametrize(
    "answer", [LOST, {"status": 502, "html": "lost", "handled": True}, {"status": 201, "json": {}, "handled": True}]
)
def test_a_creation_whose_answer_was_lost_is_found_and_not_repeated(
    blueprint: Blueprint, emulator: Emulator, answer: dict[str, Any]
) -> None:
    emulator.answers("POST", ALL, answer)
    done = create(blueprint)
    assert (done.code, done.result["status"]) == (0, "created"), done.stderr
    assert len(emulator.requests("POST")) == 1


def test_a_creation_that_was_lost_on_the_way_is_202_and_a_retry_looks_first(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    emulator.answers("POST", ALL, {"reset": "before"})
    done = create(blueprint, SLIPWAY_RETRY_TIMEOUT="0")
    refused(done, 202, "unknown whether the transformation was created")
    assert len(emulator.requests("POST")) == 1
    assert create(blueprint).result["status"] == "created"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"FIVETRAN_PROJECT_ID": None}, "FIVETRAN_PROJECT_ID is required, or FIVETRAN_PACKAGE_NAME"),
        ({"FIVETRAN_PACKAGE_NAME": "p"}, "FIVETRAN_PROJECT_ID and FIVETRAN_PACKAGE_NAME are both given"),
        ({"FIVETRAN_TRANSFORMATION_NAME": None}, "FIVETRAN_TRANSFORMATION_NAME is required with FIVETRAN_PROJECT_ID"),
        ({"FIVETRAN_PACKAGE_NAME": "p", "FIVETRAN_PROJECT_ID": None}, "a package has no name"),
        ({"FIVETRAN_RUN_AFTER": None}, "FIVETRAN_RUN_AFTER is required: the connectors after whose syncs it runs; or"),
        (
            {
                "FIVETRAN_RUN_AFTER": None,
                "FIVETRAN_PROJECT_ID": None,
                "FIVETRAN_TRANSFORMATION_NAME": None,
                "FIVETRAN_PACKAGE_NAME": "shopify",
                "FIVETRAN_CUSTOM_FIELDS": '{"schedule": {"schedule_type": "INTEGRATED"}, '
                '"transformation_config": {"connection_ids": ["speak_inexpensive"]}}',
            },
            "FIVETRAN_RUN_AFTER is required: the connectors after whose syncs it runs",
        ),
        ({"FIVETRAN_RUN_AFTER": "a/b"}, "FIVETRAN_RUN_AFTER"),
        ({"FIVETRAN_RUN_TIME": "05:15"}, "is no full or half hour"),
        ({"FIVETRAN_RUN_TIME": "24:00"}, "is no full or half hour"),
        ({"FIVETRAN_RUN_DAYS": "MONDAY"}, "FIVETRAN_RUN_DAYS goes only with FIVETRAN_RUN_TIME"),
        ({"FIVETRAN_RUN_DAYS": "funday", "FIVETRAN_RUN_TIME": "05:30"}, '"FUNDAY" is no day of the week'),
        ({"FIVETRAN_RUN_INTERVAL": "0"}, "is no whole number of minutes"),
        ({"FIVETRAN_RUN_INTERVAL": "90s"}, "is no whole number of minutes"),
        ({"FIVETRAN_RUN_INTERVAL": "soon"}, "is no whole number of minutes"),
        ({"FIVETRAN_RUN_CRON": " ; "}, "has nothing between its semicolons"),
        ({"FIVETRAN_RUN_CRON": "0 5 * * *"}, "FIVETRAN_RUN_AFTER and FIVETRAN_RUN_CRON are both given"),
        (
            {"FIVETRAN_RUN_INTERVAL": "60", "FIVETRAN_RUN_TIME": "05:30"},
            "FIVETRAN_RUN_TIME and FIVETRAN_RUN_INTERVAL are both given",
        ),
        ({"FIVETRAN_CUSTOM_FIELDS": "[]"}, "is JSON but not an object"),
    ],
)
def test_bad_input_is_206_and_sends_nothing(
    blueprint: Blueprint, emulator: Emulator, more: dict[str, str | None], says: str
) -> None:
    refused(create(blueprint, **more), 206, says)
    assert emulator.requests() == []


def test_an_unknown_project_is_204_and_an_unknown_connector_is_the_apis_refusal(blueprint: Blueprint) -> None:
    refused(create(blueprint, FIVETRAN_PROJECT_ID="nobody"), 204, "FIVETRAN_PROJECT_ID or FIVETRAN_RUN_AFTER")
    refused(create(blueprint, FIVETRAN_RUN_AFTER="nobody"), 201, "must name existing connections")


def test_rows_that_show_no_config_hinder_nothing(blueprint: Blueprint, emulator: Emulator) -> None:
    rows = [{"id": "a"}, {"id": "b", "transformation_config": None}, {"transformation_config": DBT_CONFIG}, 5]
    answer = {"json": {"code": "Success", "data": {"items": rows}}}
    emulator.answers("GET", ALL, {**answer, "times": "always"})
    assert create(blueprint).result["status"] == "created"


def test_the_whole_tutorial_by_four_processes(process: Process, emulator: Emulator) -> None:
    project = process(
        "fivetran/create_transformation_project",
        FIVETRAN_GROUP_ID="Warehouse",
        FIVETRAN_GIT_REMOTE_URL="git@github.com:example/dbt.git",
        FIVETRAN_DBT_VERSION="1.9.4",
        FIVETRAN_DEFAULT_SCHEMA="analytics",
    )
    assert project.code == 0, project.stderr
    made = create(process, FIVETRAN_PROJECT_ID=project.result["project_id"])
    assert made.code == 0, made.stderr
    one = {"FIVETRAN_TRANSFORMATION_ID": made.result["transformation_id"], "SLIPWAY_RUN_ID": "first"}
    emulator.switches(transformation_delay=0)
    assert process("fivetran/run_transformation", **one).result["status"] == "triggered"
    emulator.advance(60)  # by then it has ended long enough to count although nobody saw it run
    ended = process("fivetran/run_transformation", **one, FIVETRAN_WAIT="TRUE", FIVETRAN_POLL_INTERVAL="1")
    assert (ended.code, ended.result["status"]) == (0, "succeeded"), ended.stderr
    assert "joined it" in ended.stderr
    assert [row["path"].rpartition("/")[2] for row in emulator.requests("POST")] == [
        "transformation-projects",
        "transformations",
        "run",
    ]
