"""Workspaces, connections and past jobs of the sample server; the emulator's README says what each is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from emulator.airbyte.connection import Connection
from emulator.airbyte.job import Job, Outcome, start

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0  # seconds
ANALYTICS = "cd8f17a7-2b1b-4b8e-9d0a-3f5d2c6e1a10"
MARKETING = "0a3c5e2e-7c64-4f0e-8d7e-5b9a1f2c3d4e"
GENERATED = "f1d2d2f9-24e9-4ac0-86fd-f7b36c94bcdf"
WORKSPACE_NAMES = {ANALYTICS: "Analytics", MARKETING: "Marketing", GENERATED: "Generated"}
SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
FIRST_JOB = 1001
BAD_CREDENTIALS = "Failed to connect: the password of user 'airbyte' was refused by the source"
FLAKY = "The source closed the connection while a stream was read"


def named(name: str) -> str:
    """Return the UUID of a name, always the same."""
    return str(uuid5(NAMESPACE_URL, f"https://airbyte.example.com/{name}"))


def account_connections(now: float) -> list[Connection]:
    """Return eight connections whose ages count back from `now`, in seconds since the epoch."""

    def one(connection_id: str, name: str, workspace: str = ANALYTICS, **more: Any) -> Connection:
        source, destination = named(f"source/{name}"), named(f"destination/{workspace}")
        return Connection(connection_id, name, workspace, source, destination, created_at=now - 300 * DAY, **more)

    failing = Outcome("failed", failing=1, message=BAD_CREDENTIALS)
    flaky = Outcome(failing=2, incomplete=0.1, message=FLAKY)
    return [
        one(
            SHOP,
            "Postgres shop to Snowflake",
            schedule_type="cron",
            cron="0 0 6 * * ? UTC",
            streams=["public.customers", "public.orders"],
            tags=["nightly", "finance"],
        ),
        one(
            "5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f",
            "MySQL billing to Snowflake",
            tags=["finance"],
            default_outcome=failing,
        ),
        one("c2a9f0b4-1d3e-4f68-a7b9-8e6d5c4b3a21", "Stripe to Snowflake", default_outcome=flaky),
        one("9e8d7c6b-5a49-4838-b726-150f4e3d2c1b", "Old CRM to Snowflake", status="inactive"),
        one("3f2e1d0c-9b8a-4796-8574-6352413f2e1d", "Deleted spreadsheet", status="deprecated"),
        one(
            "6a7b8c9d-0e1f-4a2b-9c3d-4e5f6a7b8c9d",
            "Salesforce to Snowflake",
            status="locked",
            status_reason="free trial ended",
        ),
        one(
            "d4e5f6a7-b8c9-4d0e-8f1a-2b3c4d5e6f70",
            "Google Ads to BigQuery",
            MARKETING,
            schedule_type="basic",
            hours=24,
        ),
        one("e1f2a3b4-c5d6-4e7f-9081-a2b3c4d5e6f7", "Facebook to BigQuery", MARKETING),
    ]


def account_jobs(now: float, connections: list[Connection]) -> Iterator[Job]:
    """Yield the last job of each connection, oldest first. The last connection has never run."""
    ages = (40 * MINUTE, 3 * HOUR, 50 * MINUTE, 90 * DAY, 200 * DAY, 9 * DAY, 10 * HOUR)
    oldest_first = sorted(zip(ages, connections, strict=False), key=lambda pair: -pair[0])
    for number, (age, connection) in enumerate(oldest_first):
        outcome = Outcome(connection.default_outcome.result, message=connection.default_outcome.message)
        yield start(FIRST_JOB + number, connection.id, "sync", now - age - 2 * MINUTE, outcome, 2 * MINUTE)


def generated_connections(amount: int, now: float) -> Iterator[Connection]:
    """Yield `amount` healthy connections; the same index always gives the same one."""
    for index in range(amount):
        name = f"Generated {index:05d}"
        source, destination = named(f"source/{name}"), named("destination/generated")
        yield Connection(named(f"connection/{name}"), name, GENERATED, source, destination, created_at=now - 30 * DAY)
