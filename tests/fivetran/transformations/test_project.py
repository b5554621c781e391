"""create_transformation_project: its request, that nothing is created twice, and that no secret of dbt is shown."""

import json
from typing import Any

import pytest

from tests.conftest import Blueprint, Emulator, Finished
from tests.fivetran.files import everything, saved
from tests.fivetran.refusal import refused

ALL = "/v1/transformation-projects"
PROJECT = {
    "FIVETRAN_GROUP_ID": "Warehouse",
    "FIVETRAN_GIT_REMOTE_URL": "git@github.com:example/dbt.git",
    "FIVETRAN_DBT_VERSION": "1.9.4",
    "FIVETRAN_DEFAULT_SCHEMA": "analytics",
}
SECRETS = {"project_config": {"threads": 2, "environment_vars": ["DBT_WAREHOUSE=word-of-dbt", "DBT_A=b"]}}


def create(blueprint: Blueprint, **more: str | None) -> Finished:
    given: dict[str, str | None] = {**PROJECT, **more}
    return blueprint("fivetran/create_transformation_project", **given)


def test_a_project_is_created_and_its_key_is_in_the_result(blueprint: Blueprint, emulator: Emulator) -> None:
    done = create(blueprint, FIVETRAN_GIT_BRANCH="main", FIVETRAN_GIT_FOLDER="dbt")
    assert (done.code, done.result["status"], done.result["project_status"]) == (0, "created", "NOT_READY")
    (row,) = emulator.requests("POST")
    assert row["body"] == {
        "group_id": "projected_sickle",
        "type": "DBT_CORE",
        "run_tests": False,
        "project_config": {
            "git_remote_url": "git@github.com:example/dbt.git",
            "git_branch": "main",
            "folder_path": "dbt",
            "dbt_version": "1.9.4",
            "default_schema": "analytics",
        },
    }
    made = saved(blueprint, f"create_project_{done.result['project_id']}_response.json")["data"]
    assert made["project_config"]["public_key"] == done.result["data"]["public_key"]
    assert done.result["data"]["public_key"] in done.stderr


def test_tests_that_run_at_once_and_fail_are_218_with_the_projects_id(blueprint: Blueprint) -> None:
    done = create(blueprint, FIVETRAN_RUN_SETUP_TESTS="TRUE")
    assert (done.code, done.result["status"]) == (218, "tests_failed")
    assert done.result["project_id"]
    assert "was created; its setup failed: Clone repository: Permission denied" in done.result["message"]


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        ({"status": "READY"}, 0, "it is ready"),
        ({"status": "ERROR"}, 218, "its status is ERROR"),
        ({"status": "ERROR", "errors": ["no such branch"]}, 218, "its setup failed: no such branch"),
        ({"errors": None, "setup_tests": 5}, 0, "in no known state"),
    ],
)
def test_the_status_of_a_new_project_decides(
    blueprint: Blueprint, emulator: Emulator, data: dict[str, Any], code: int, says: str
) -> None:
    emulator.answers("POST", ALL, {"status": 201, "json": {"code": "Success", "data": {"id": "new_one", **data}}})
    done = create(blueprint)
    assert (done.code, says in done.result["message"]) == (code, True), done.result


def test_the_values_of_dbts_variables_are_sent_and_shown_nowhere_not_even_later(
    blueprint: Blueprint, emulator: Emulator
) -> None:
    given = {"FIVETRAN_CUSTOM_FIELDS": json.dumps(SECRETS)}
    runs = [create(blueprint, **given, SLIPWAY_DRY_RUN="TRUE"), create(blueprint, **given), create(blueprint)]
    assert [done.result["status"] for done in runs] == ["dry_run", "created", "unchanged"]
    (row,) = emulator.requests("POST")
    assert row["body"]["project_config"]["threads"] == 2
    texts = [everything(blueprint), *(done.stdout + done.stderr for done in runs)]
    assert not any("word-of-dbt" in text for text in texts)


def test_a_project_of_the_same_repository_is_not_created_again(blueprint: Blueprint, emulator: Emulator) -> None:
    made = create(blueprint).result["project_id"]
    again = create(blueprint)
    assert (again.code, again.result["status"], again.result["project_id"]) == (0, "unchanged", made)
    assert create(blueprint, FIVETRAN_GROUP_ID="Marketing").result["status"] == "created"
    assert create(blueprint, FIVETRAN_GIT_BRANCH="dev").result["status"] == "created"
    assert len(emulator.requests("POST")) == 3


@pytest.mark.parametrize("answer", [{"reset": "after"}, {"status": 201, "json": {"data": {}}, "handled": True}])
def test_a_creation_whose_answer_was_lost_is_found_and_not_repeated(
    blueprint: Blueprint, emulator: Emulator, answer: dict[str, Any]
) -> None:
    emulator.answers("POST", ALL, answer)
    done = create(blueprint)
    assert (done.code, done.result["status"]) == (0, "created"), done.stderr
    assert len(emulator.requests("POST")) == 1


def test_a_creation_that_was_lost_on_the_way_is_202(blueprint: Blueprint, emulator: Emulator) -> None:
    emulator.answers("POST", ALL, {"reset": "before"})
    refused(create(blueprint, SLIPWAY_RETRY_TIMEOUT="0"), 202, "unknown whether the project was created")
    assert len(emulator.requests("POST")) == 1


def test_an_unknown_group_is_204_and_a_refusal_is_201(blueprint: Blueprint) -> None:
    refused(create(blueprint, FIVETRAN_GROUP_ID="Warehous"), 204, "did you mean Warehouse")
    custom = '{"project_config": {"environment_vars": ["PASSWORD=x"]}}'
    refused(create(blueprint, FIVETRAN_CUSTOM_FIELDS=custom), 201, "begin with DBT_")
