"""A connector's state in words."""

from datetime import datetime, timezone
from typing import Any

import pytest

from shared.fivetran.connector import Connector
from shared.fivetran.health import condition, explained, findings, severity

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)


def connector(status: dict[str, Any] | None = None, **fields: Any) -> Connector:
    found = {"setup_state": "connected", "sync_state": "scheduled", "update_state": "on_schedule", **(status or {})}
    given = {"id": "a_b", "succeeded_at": "2026-11-22T10:00:00Z", "failed_at": None, "schedule_type": "auto"}
    return Connector({**given, "sync_frequency": 60, **fields, "status": found}, NOW)


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        ({}, {}, "ok"),
        ({"sync_state": "syncing"}, {}, "syncing"),
        ({"setup_state": "broken"}, {"paused": True}, "setup broken"),
        ({"setup_state": "incomplete"}, {}, "setup incomplete"),
        ({"setup_state": "half_way"}, {}, "setup half_way"),
        ({}, {"failed_at": "2026-11-22T11:00:00Z"}, "failing"),
        ({}, {"failed_at": "2026-11-22T09:00:00Z"}, "ok"),
        ({}, {"failed_at": "2026-11-22T09:00:00Z", "succeeded_at": None}, "failing"),
        ({"sync_state": "paused"}, {}, "paused"),
        ({}, {"paused": True}, "paused"),
        ({"sync_state": "rescheduled"}, {}, "rescheduled"),
        ({}, {"succeeded_at": None}, "never synced"),
        ({"update_state": "delayed"}, {}, "delayed"),
        ({"schema_status": "ready"}, {}, "ok"),
        ({"schema_status": "blocked_on_customer"}, {}, "schema blocked"),
        ({"schema_status": "blocked_on_customer"}, {"paused": True}, "schema blocked"),
        ({"schema_status": "blocked_on_capture"}, {}, "reading schema"),
        ({"schema_status": "blocked_on_capture", "sync_state": "rescheduled"}, {}, "rescheduled"),
        ({"sync_state": "levitating"}, {}, "state levitating"),
        ({"sync_state": None}, {}, "state unknown"),
    ],
)
def test_the_gravest_condition_is_named(status: dict[str, Any], fields: dict[str, Any], expected: str) -> None:
    assert condition(connector(status, **fields)) == expected


def test_an_unknown_state_is_as_grave_as_can_be_and_a_healthy_one_last() -> None:
    unknown, broken, healthy = connector({"sync_state": "x"}), connector({"setup_state": "broken"}), connector()
    assert severity(unknown) == severity(broken) == 0
    assert severity(healthy) > severity(connector({"update_state": "delayed"}))


def test_all_that_is_true_is_found_the_gravest_first() -> None:
    status = {"setup_state": "broken", "sync_state": "levitating", "update_state": "delayed"}
    seen = connector(status, paused=True, succeeded_at=None, failed_at="2026-11-22T11:30:00Z")
    assert [(one.condition, one.fact) for one in findings(seen)] == [
        ("setup broken", "its setup is broken"),
        ("state levitating", "its state is levitating, which this version does not know"),
        ("failing", "it is failing, last at 2026-11-22 11:30 UTC"),
        ("paused", "it is paused"),
        ("never synced", "it has never succeeded"),
        ("delayed", "it is later than its schedule says"),
    ]
    assert list(findings(connector())) == []


def test_ages_are_by_the_servers_clock() -> None:
    assert explained(connector())[1] == "last success 2 h ago, at 2026-11-22T10:00:00.000000Z; no failure yet"


def test_without_the_servers_clock_only_the_moment_is_told() -> None:
    seen = connector()
    seen.read_at = None
    assert explained(seen)[1] == "last success at 2026-11-22T10:00:00.000000Z; no failure yet"


def test_a_rescheduled_sync_under_a_manual_schedule_says_that_nobody_starts_it() -> None:
    status = {"sync_state": "rescheduled", "rescheduled_for": "2026-11-22T13:00:00Z"}
    assert "must be triggered then" in explained(connector(status, schedule_type="manual"))[0]
    assert "must be triggered then" not in explained(connector(status))[0]


def test_a_destination_counts_once_somebody_has_asked_for_it() -> None:
    seen = connector()
    for state, expected in (("", "ok"), ("connected", "ok"), ("broken", "destination broken")):
        seen.destination = state
        assert condition(seen) == expected
    assert severity(seen) < severity(connector({"schema_status": "blocked_on_customer"}))
    assert "its destination is fixed" in explained(seen)[0]


def test_a_blocked_schema_says_what_helps() -> None:
    said = explained(connector({"schema_status": "blocked_on_customer"}))[0]
    assert 'FIVETRAN_CUSTOM_UPDATE={"schema_status": "ready"}' in said
    assert "passes by itself" in explained(connector({"schema_status": "blocked_on_capture"}))[0]
