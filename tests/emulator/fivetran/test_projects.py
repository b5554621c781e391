"""dbt projects: listed, shown and created."""

from __future__ import annotations

import pytest

ALL = "/v1/transformation-projects"
CONFIG = {"git_remote_url": "git@example.com:new/dbt.git", "dbt_version": "1.9.4", "default_schema": "analytics"}
NEW = {"group_id": "projected_sickle", "type": "DBT_CORE", "project_config": CONFIG}


def test_a_new_project_is_not_ready_and_has_a_key(emulated):
    answer = emulated.ask("POST", ALL, json=NEW)
    assert answer.status_code == 201, answer.text
    made = answer.json["data"]
    assert (made["status"], made["errors"], "setup_tests" in made) == ("NOT_READY", [], False)
    assert made["project_config"].items() >= {**CONFIG, "git_branch": "main", "threads": 4}.items()
    assert made["project_config"]["public_key"].startswith("ssh-rsa ")
    assert emulated.data("GET", f"{ALL}/{made['id']}") == made
    rows = emulated.data("GET", ALL)["items"]
    assert [row["id"] for row in rows] == ["wooden_abacus", made["id"]]
    assert rows[1] == {key: made[key] for key in ("id", "type", "created_at", "created_by_id", "group_id")}


def test_a_transformation_of_a_new_project_belongs_to_its_group(emulated):
    made = emulated.ask("POST", ALL, json={**NEW, "group_id": "decent_dropsy"}).json["data"]
    config = {"project_id": made["id"], "name": "a", "steps": [{"name": "run", "command": "dbt run"}]}
    body = {
        "type": "DBT_CORE",
        "transformation_config": config,
        "schedule": {"schedule_type": "CRON", "cron": ["* * * * *"]},
    }
    one = emulated.ask("POST", "/v1/transformations", json=body).json["data"]
    listed = emulated.data("GET", "/v1/transformations?group_id=decent_dropsy")["items"]
    assert one["id"] in [row["id"] for row in listed]


def test_tests_of_a_new_project_fail_since_its_key_is_in_no_repository(emulated):
    made = emulated.ask("POST", ALL, json={**NEW, "run_tests": True}).json["data"]
    assert made["status"] == "ERROR"
    assert made["setup_tests"][0]["status"] == "FAILED"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"type": "DBT_GIT"}, "type"),
        ({"group_id": None}, "group_id"),
        ({"project_config": None}, "project_config"),
        ({"project_config": {**CONFIG, "dbt_version": ""}}, "project_config.dbt_version"),
        ({"project_config": {**CONFIG, "git_branch": 5}}, "project_config.git_branch"),
        ({"project_config": {**CONFIG, "threads": "4"}}, "project_config.threads"),
        ({"project_config": {**CONFIG, "environment_vars": ["PASSWORD=x"]}}, "project_config.environment_vars"),
        ({"project_config": {**CONFIG, "environment_vars": "DBT_A=b"}}, "project_config.environment_vars"),
        ({"run_tests": "yes"}, "run_tests"),
    ],
)
def test_what_cannot_be_is_400(emulated, changes, says):
    answer = emulated.ask("POST", ALL, json={**NEW, **changes})
    assert (answer.status_code, f"Field '{says}'" in answer.json["message"]) == (400, True)


def test_an_unknown_group_is_404(emulated):
    assert emulated.ask("POST", ALL, json={**NEW, "group_id": "nobody"}).status_code == 404
