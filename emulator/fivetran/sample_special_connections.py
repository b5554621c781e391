"""Connections of the sample account with special features: a schedule, a state, certificates, warnings."""

from __future__ import annotations

from functools import partial

from emulator.fivetran.connector import Connector, Outcome
from emulator.fivetran.sample_connections import DATABASE, HOUR, MARKETING, MINUTE, WAREHOUSE, sample
from emulator.fivetran.sample_schemas import application, shop


def special_connectors(now: float) -> list[Connector]:
    """Return six connections whose ages count back from `now`, in seconds since the epoch."""
    one = partial(sample, now)
    return [
        one(
            "unopened_parcel",
            service="hubspot",
            group=MARKETING,
            synced_ago=None,
            is_historical_sync=True,
            source=application("hubspot", "contact", "deal"),
            config={"schema": "hubspot"},
        ),
        one(
            "brisk_metronome",
            service="stripe",
            group=WAREHOUSE,
            synced_ago=4 * MINUTE,
            schedule_type="auto",
            sync_frequency=15,
            next_run_at=now + 11 * MINUTE,
            config={"schema": "stripe", "api_key": "s3cret-of-the-till"},
        ),
        one(
            "patient_turnstile",
            service="zendesk",
            group=MARKETING,
            synced_ago=7 * HOUR,
            schedule_type="auto",
            next_run_at=now + 5 * HOUR,
            outcomes=[Outcome("rescheduled", after=30.0, message="The source allows no more calls")],
            config={
                "schema": "zendesk",
                "domain": "example",
                "email": "ops@example.com",
                "api_token": "s3cret-of-the-desk",
            },
        ),
        one(
            "nightly_lighthouse",
            service="google_sheets",
            group=MARKETING,
            synced_ago=10 * HOUR,
            schema="targets.quarterly",
            schedule_type="auto",
            sync_frequency=1440,
            daily_sync_time="03:00",
            next_run_at=now + 14 * HOUR,
            warnings=[
                {
                    "code": "snowflake_discontinuing_password_auth",
                    "message": "Snowflake is discontinuing username/password authentication",
                    "details": {},
                },
                {"code": "faulty_row", "message": "Skipped Improperly Formatted Data, Fix Faulty Rows in File"},
            ],
            config={"schema": "targets", "table": "quarterly", "sheet_id": "1abc", "named_range": "all"},
        ),
        one(
            "handmade_widget",
            service="connector_sdk",
            group=WAREHOUSE,
            synced_ago=50 * MINUTE,
            schema="widgets",
            source=application("widgets", "widget"),
            config={
                "schema": "widgets",
                "package_id": "brittle_harbor",
                "secrets_list": [{"key": "token", "value": "x"}],
            },
            state={"cursor": "2026-01-01T00:00:00Z"},
        ),
        one(
            "cautious_handshake",
            service="sql_server_rds",
            group=WAREHOUSE,
            synced_ago=5 * HOUR,
            schema="erp",
            source=shop(),
            warnings=[
                {
                    "code": "resync_table_warning",
                    "message": "Resync Table Warning",
                    "details": "Table sales.orders is re-synced because its primary key changed",
                }
            ],
            untrusted=[{"name": "CN=db.example.com", "hash": "kR5pA3m1x6Y8o0u2v4w6"}],
            setup_tests=[
                {"title": "Connecting to SSH Tunnel", "status": "SKIPPED", "message": "No tunnel is used"},
                {"title": "Validate Login", "status": "PASSED", "message": ""},
                {
                    "title": "Check Change Tracking",
                    "status": "WARNING",
                    "message": "Retention is below three days. <br />See <b>Change Tracking</b> in the setup guide",
                },
            ],
            config={**DATABASE, "port": 1433, "schema_prefix": "erp", "database": "erp"},
        ),
    ]
