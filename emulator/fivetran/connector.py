"""The state of one connection, called a connector in scenarios.

The fields of the API are documented at
https://fivetran.com/docs/rest-api/api-reference/connections/connection-details. Timestamps are seconds since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from emulator import scenario as read
from emulator.fivetran.sample_schemas import read_source

SYNC_FREQUENCIES = (1, 5, 15, 30, 60, 120, 180, 360, 480, 720, 1440)
SENSITIVITIES = ("LOW", "NORMAL", "HIGH", "CUSTOM", "SYNC_FREQUENCY")
NETWORKING_METHODS = ("Directly", "SshTunnel", "PrivateLink", "ProxyAgent", "UnmanagedProxyAgent", "Unknown")
TEST_STATUSES = ("PASSED", "SKIPPED", "WARNING", "FAILED", "JOB_FAILED")


@dataclass
class Outcome:
    """How a sync will end."""

    result: str = "success"
    seconds: float | None = None  # duration; None: the emulator's --sync-seconds
    after: float = 3600.0  # seconds from the end of the sync to `rescheduled_for`
    message: str | None = None


@dataclass
class Run:
    """A running sync, times by the emulator's clock. The API shows it as `syncing` from `shows_at` on."""

    started_at: float
    shows_at: float
    ends_at: float
    outcome: Outcome
    historical: bool


@dataclass
class Connector:
    """The fields of the API, then those that only the emulator has."""

    id: str
    service: str
    schema: str
    group_id: str
    paused: bool = False
    setup_state: str = "connected"
    update_state: str = "on_schedule"
    is_historical_sync: bool = False
    rescheduled_for: float | None = None
    schema_status: str | None = "ready"  # None: not shown
    capture_ends_at: float | None = None  # when blocked_on_capture passes, by the emulator's clock
    tasks: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    service_version: int = 1
    connected_by: str | None = None
    created_at: float = 0.0
    succeeded_at: float | None = None
    failed_at: float | None = None
    pause_after_trial: bool = False
    sync_frequency: int = 360
    schedule_type: str = "manual"
    daily_sync_time: str | None = None
    data_delay_threshold: int = 0
    data_delay_sensitivity: str = "NORMAL"
    private_link_id: str | None = None
    networking_method: str = "Directly"
    proxy_agent_id: str | None = None
    hybrid_deployment_agent_id: str | None = None
    destination_configuration: dict[str, Any] | None = None
    destination_schema_names: str | None = "FIVETRAN_NAMING"
    external_secrets_manager_id: str | None = None
    external_secrets_keys_config: dict[str, Any] | None = None
    source_sync_details: dict[str, Any] = field(default_factory=dict)
    schedule: dict[str, Any] | None = None
    config: dict[str, Any] = field(default_factory=dict)
    auth: dict[str, Any] = field(default_factory=dict)  # never shown in an answer
    connect_card_config: dict[str, Any] | None = None
    connect_card: dict[str, Any] | None = None
    connect_card_until: float = 0.0

    sync_state: str | None = None  # shown instead of the real state; None: show the real state
    setup_tests: list[dict[str, Any]] | None = None  # results of the next tests; None: derived from the configuration
    untrusted: list[dict[str, Any]] = field(default_factory=list)  # certificates that are not trusted yet
    outcomes: list[Outcome] = field(default_factory=list)  # of the next syncs
    default_outcome: Outcome = field(default_factory=Outcome)  # once the queue is empty
    source: dict[str, Any] = field(default_factory=dict)  # schemas of the source: see schema_config.py
    schema_config: dict[str, Any] | None = None  # None before the first sync or reload
    state: dict[str, Any] | None = None  # of Function and Connector SDK connections
    run: Run | None = None
    next_run_at: float | None = None  # next scheduled sync, by the emulator's clock; schedule_type auto only
    resync_queued: bool = False  # re-sync requested while no sync could run
    history: list[dict[str, Any]] = field(default_factory=list)  # of past syncs, oldest first


def read_outcome(where: str, value: Any) -> Outcome:
    """Check `{"result": "failure", "seconds": 2, "message": "..."}`. A bare word is a result."""
    if isinstance(value, str):
        value = {"result": value}
    return Outcome(**read.checked(where, value, OUTCOME))


def read_tests(where: str, value: Any) -> list[dict[str, Any]]:
    """Check results of setup tests: title and status, optionally message and details."""
    found = []
    for n, one in enumerate(read.a_list(where, value)):
        test = read.checked(f"{where}[{n}]", one, TEST)
        if not {"title", "status"} <= test.keys():
            raise read.ScenarioError(f"{where}[{n}]: title and status are wanted")
        found.append(test)
    return found


OUTCOME: dict[str, read.Check] = {
    "result": read.one_of("success", "failure", "rescheduled"),
    "seconds": read.optional(read.seconds),
    "after": read.seconds,
    "message": read.optional(read.text),
}
TEST: dict[str, read.Check] = {
    "title": read.text,
    "status": read.one_of(*TEST_STATUSES),
    "message": read.optional(read.text),
    "details": read.anything,
}
# Fields that a scenario or PATCH /_emulator/connectors/{id} may set. States are free text, to test unknown ones.
CHECKS: dict[str, read.Check] = {
    "service": read.text,
    "schema": read.text,
    "group_id": read.text,
    "paused": read.boolean,
    "setup_state": read.text,
    "sync_state": read.optional(read.text),
    "update_state": read.text,
    "is_historical_sync": read.boolean,
    "rescheduled_for": read.optional(read.moment),
    "schema_status": read.optional(read.text),
    "capture_ends_at": read.optional(read.moment),
    "tasks": read.list_of(read.any_object),
    "warnings": read.list_of(read.any_object),
    "service_version": read.whole,
    "connected_by": read.optional(read.text),
    "created_at": read.moment,
    "succeeded_at": read.optional(read.moment),
    "failed_at": read.optional(read.moment),
    "pause_after_trial": read.boolean,
    "sync_frequency": read.whole,
    "schedule_type": read.text,
    "daily_sync_time": read.optional(read.text),
    "data_delay_threshold": read.whole,
    "data_delay_sensitivity": read.text,
    "private_link_id": read.optional(read.text),
    "networking_method": read.text,
    "proxy_agent_id": read.optional(read.text),
    "hybrid_deployment_agent_id": read.optional(read.text),
    "destination_configuration": read.optional(read.any_object),
    "destination_schema_names": read.optional(read.text),
    "external_secrets_manager_id": read.optional(read.text),
    "external_secrets_keys_config": read.optional(read.any_object),
    "source_sync_details": read.any_object,
    "schedule": read.optional(read.any_object),
    "config": read.any_object,
    "auth": read.any_object,
    "connect_card_config": read.optional(read.any_object),
    "setup_tests": read.optional(read_tests),
    "untrusted": read.list_of(read.any_object),
    "outcomes": read.list_of(read_outcome),
    "default_outcome": read_outcome,
    "source": read_source,
    "schema_config": read.optional(read.any_object),
    "state": read.optional(read.any_object),
    "next_run_at": read.optional(read.moment),
}
