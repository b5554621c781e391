"""Whether a stale connector will become fresh by itself: a table."""

from typing import Any

import pytest

from shared.exit_codes import ExitCode
from shared.fivetran.connector import Connector
from shared.fivetran.freshness.outlook import hopeless
from shared.status import Status
from shared.verdict import Verdict
from tests.fivetran.samples import NOON, at, connection

STALE = Verdict(ExitCode.STALE, Status.STALE, "2 d old")
AUTO = {"schedule_type": "auto"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (AUTO, None),
        ({**AUTO, "sync_state": "syncing"}, None),
        ({"sync_state": "syncing"}, None),
        ({**AUTO, "failed_at": at(-60)}, None),
        ({**AUTO, "sync_state": "rescheduled", "rescheduled_for": at(600)}, None),
        ({**AUTO, "sync_state": "rescheduled", "rescheduled_for": at(4000)}, 221),
        ({**AUTO, "sync_state": "rescheduled"}, None),
        ({"sync_state": "rescheduled", "rescheduled_for": at(600)}, 217),
        ({}, 217),
        ({"schema_status": "blocked_on_capture"}, None),
        ({**AUTO, "schema_status": "blocked_on_capture"}, None),
        ({**AUTO, "schema_status": "blocked_on_customer"}, 218),
        ({**AUTO, "setup_state": "incomplete"}, 218),
        ({**AUTO, "setup_state": "broken"}, 218),
        ({**AUTO, "setup_state": "broken", "sync_state": "syncing"}, None),
        ({**AUTO, "paused": True}, 216),
        ({**AUTO, "paused": True, "sync_state": "syncing"}, None),
        ({**AUTO, "sync_state": "melting"}, 215),
    ],
)
def test_what_no_sync_will_come_to(fields: dict[str, Any], code: int | None) -> None:
    found = hopeless(Connector(connection(**fields), NOON), STALE, 3600)
    assert (found and int(found.code)) == code
    assert found is None or found.reason.endswith(": 2 d old")


def test_what_cannot_be_judged_stays_so() -> None:
    judged = Verdict(ExitCode.UNREACHABLE, Status.UNKNOWN, "no Date")
    assert hopeless(Connector(connection(**AUTO), NOON), judged, 3600) == judged


def test_the_schedule_is_said_once() -> None:
    manual = STALE._replace(reason="2 d old: its schedule is manual: it syncs only when triggered")
    found = hopeless(Connector(connection(), NOON), manual, 3600)
    assert found is not None
    assert found.reason.count("schedule is manual") == 1
