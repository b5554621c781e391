"""Groups and connections of the sample account; the emulator's README says what each is for."""

from __future__ import annotations

from functools import partial
from typing import Any

from emulator.fivetran.connector import Connector, Outcome
from emulator.fivetran.group import Group
from emulator.fivetran.sample_schemas import application, shop
from emulator.fivetran.schema_config import from_source

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0  # seconds
WAREHOUSE, MARKETING = "projected_sickle", "decent_dropsy"
USER = "interment_burdensome"
DATABASE = {"host": "db.example.com", "port": 5432, "user": "fivetran", "password": "s3cret-of-the-source"}


def account_groups(now: float) -> dict[str, Group]:
    """Return two groups."""
    return {
        WAREHOUSE: Group(WAREHOUSE, "Warehouse", now - 900 * DAY),
        MARKETING: Group(MARKETING, "Marketing", now - 400 * DAY),
    }


def sample(now: float, name: str, *, service: str, group: str, synced_ago: float | None, **more: Any) -> Connector:
    """Return a connection with two tables, unless a `source` is given."""
    source = more.pop("source", None)
    schema = more.pop("schema", service)
    source = source if source is not None else application(schema, "accounts", "events")
    return Connector(
        name,
        service,
        schema,
        group,
        source=source,
        schema_config=None if synced_ago is None else from_source(source),
        created_at=now - 300 * DAY,
        succeeded_at=None if synced_ago is None else now - synced_ago,
        **{"connected_by": USER, **more},
    )


def account_connectors(now: float) -> list[Connector]:
    """Return eight connections whose ages count back from `now`, in seconds since the epoch."""
    one = partial(sample, now)
    return [
        one(
            "speak_inexpensive",
            service="postgres",
            group=WAREHOUSE,
            synced_ago=40 * MINUTE,
            schema="shop",
            source=shop(),
            config={**DATABASE, "schema_prefix": "shop", "database": "shop", "update_method": "XMIN"},
        ),
        one(
            "intrinsic_coolness",
            service="salesforce",
            group=WAREHOUSE,
            synced_ago=20 * MINUTE,
            schedule_type="auto",
            sync_frequency=60,
            next_run_at=now + 40 * MINUTE,
            config={
                "schema": "salesforce",
                "base_url": "https://example.my.salesforce.com",
                "client_secret": "s3cret-of-the-app",
                "sync_formula_fields": False,
            },
        ),
        one(
            "gratuitous_bounty",
            service="mysql",
            group=WAREHOUSE,
            synced_ago=3 * HOUR,
            schema="billing",
            failed_at=now - 5 * DAY,
            config={**DATABASE, "port": 3306, "schema_prefix": "billing", "database": "billing"},
        ),
        one(
            "sleepy_lantern",
            service="google_ads",
            group=MARKETING,
            synced_ago=9 * DAY,
            paused=True,
            schedule_type="auto",
            config={"schema": "google_ads", "customer_id": "123-456-7890", "accounts": ["1234567890"]},
        ),
        one(
            "fractured_compass",
            service="github",
            group=WAREHOUSE,
            synced_ago=4 * DAY,
            setup_state="broken",
            update_state="delayed",
            failed_at=now - 6 * HOUR,
            tasks=[{"code": "reconnect", "message": "Reconnect", "details": "The access token has been revoked"}],
            setup_tests=[
                {
                    "title": "Validate Login",
                    "status": "FAILED",
                    "message": "The access token has been revoked",
                },
                {"title": "Check Permissions", "status": "SKIPPED", "message": "Login failed"},
            ],
            default_outcome=Outcome("failure", message="The access token has been revoked"),
            config={"schema": "github", "sync_mode": "AllRepositories"},
        ),
        one(
            "unwritten_letter",
            service="google_analytics_4",
            group=MARKETING,
            synced_ago=None,
            setup_state="incomplete",
            is_historical_sync=True,
            connected_by=None,
            config={"schema": "google_analytics_4"},
        ),
        one(
            "stubborn_kettle",
            service="s3",
            group=WAREHOUSE,
            synced_ago=2 * DAY,
            schema="partner_files.daily",
            failed_at=now - 2 * HOUR,
            tasks=[
                {
                    "code": "unknown_sync_failure",
                    "message": "Unknown Sync Failure",
                    "details": "Access denied to bucket partner-files",
                }
            ],
            default_outcome=Outcome("failure", message="Access denied to bucket partner-files"),
            config={
                "schema": "partner_files",
                "table_group_name": "daily",
                "bucket": "partner-files",
                "pattern": ".*csv",
                "role_arn": "arn:aws:iam::123456789012:role/fivetran",
                "access_key_secret": "s3cret-of-the-bucket",
            },
        ),
        one(
            "postponed_voyage",
            service="facebook_ads",
            group=MARKETING,
            synced_ago=1 * DAY,
            rescheduled_for=now + 45 * MINUTE,
            outcomes=[Outcome("rescheduled", after=HOUR, message="The source allows no more calls")],
            config={"schema": "facebook_ads", "accounts": ["act_1"]},
        ),
    ]
