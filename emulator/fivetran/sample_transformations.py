"""Transformations of the sample account; the emulator's README says what each is for."""

from __future__ import annotations

from emulator.fivetran.sample_connections import DAY, HOUR, MARKETING, MINUTE, WAREHOUSE
from emulator.fivetran.transformation import Project, Transformation

PROJECT = "wooden_abacus"


def account_projects(now: float) -> list[Project]:
    """Return the dbt project."""
    config = {
        "git_remote_url": "git@example.com:analytics/dbt.git",
        "git_branch": "main",
        "folder_path": "",
        "dbt_version": "1.9.4",
        "default_schema": "dbt",
        "target_name": "prod",
        "threads": 4,
        "public_key": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDWarehouse fivetran",
    }
    return [Project(PROJECT, WAREHOUSE, now - 250 * DAY, project_config=config)]


def account_transformations(now: float) -> list[Transformation]:
    """Return three transformations: one succeeds, one succeeds partially, one fails."""
    return [
        Transformation(
            "reluctant_harvest",
            type="DBT_CORE",
            status="SUCCEEDED",
            created_at=now - 200 * DAY,
            last_started_at=now - 6 * HOUR,
            last_ended_at=now - 6 * HOUR + 5 * MINUTE,
            project_id=PROJECT,
            output_model_names=["dim_customers", "fct_orders"],
            transformation_config={
                "project_id": PROJECT,
                "name": "nightly",
                "steps": [{"command": "dbt run"}],
            },
        ),
        Transformation(
            "mellow_orchard",
            type="QUICKSTART",
            status="PARTIALLY_SUCCEEDED",
            created_at=now - 90 * DAY,
            last_started_at=now - 1 * DAY,
            last_ended_at=now - 1 * DAY + 2 * MINUTE,
            group_id=MARKETING,
            schedule={"schedule_type": "INTEGRATED"},
            output_model_names=["google_ads__campaign_report", "google_ads__ad_report"],
            transformation_config={"package_name": "google_ads", "connection_ids": ["sleepy_lantern"]},
            default_outcome={"result": "PARTIALLY_SUCCEEDED"},
        ),
        Transformation(
            "crooked_ledger",
            type="DBT_CORE",
            status="FAILED",
            created_at=now - 30 * DAY,
            last_started_at=now - 3 * HOUR,
            last_ended_at=now - 3 * HOUR + MINUTE,
            project_id=PROJECT,
            output_model_names=["fct_revenue"],
            transformation_config={
                "project_id": PROJECT,
                "name": "revenue",
                "steps": [{"command": "dbt build"}],
            },
            default_outcome={"result": "FAILED"},
        ),
    ]
