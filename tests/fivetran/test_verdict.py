"""The verdict as a table: each state, pair of stamps and kind of earlier reading."""

from datetime import datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.artifacts.record_store import ACCEPTED, REFUSED, SENDING, UNKNOWN
from shared.errors import Unreachable
from shared.fivetran.connector import Connector
from shared.fivetran.record import Record
from shared.fivetran.stamps import Reading
from shared.fivetran.verdict import verdict
from tests.fivetran.samples import at, connection, connector

SEEN = Reading(at(-100), at(-200), read_at=at(0))
BEFORE = Record("speak_inexpensive", at(0), before=SEEN, after=SEEN)
FORCED = BEFORE._replace(forced=True)
NEVER = BEFORE._replace(before=Reading(), after=Reading(read_at=at(0)))


@pytest.mark.parametrize(
    ("succeeded", "failed", "code"),
    [
        # neither is new
        (None, None, 255),
        (..., ..., 255),
        (at(-100), at(-200), 255),
        (at(-100), None, 255),
        (at(-300), at(-400), 255),  # older than the earlier reading: a clock that was set back, nothing new
        # a new success
        (at(1), None, 0),
        (at(1), ..., 0),
        (at(1), at(-200), 0),
        # a new failure
        (None, at(1), 1),
        (at(-100), at(1), 1),
        (..., at(0.000001), 1),
        # both are new: the later one counts, and a success if they are equal
        (at(2), at(1), 0),
        (at(1), at(2), 1),
        (at(1), at(1), 0),
    ],
)
def test_stamps_that_both_readings_and_clocks_speak_for_decide_once_ours_was_seen_to_end(
    succeeded: object, failed: object, code: int
) -> None:
    """At once if the second reading showed the triggered sync running, else once it has had the time to show."""
    stamps = {"succeeded_at": succeeded, "failed_at": failed}
    running = BEFORE._replace(after=SEEN._replace(syncing=True))
    assert verdict(connector(at(5), **stamps), running).code == code
    assert verdict(connector(None, **stamps), BEFORE).code == code  # no clock of the server shows it
    assert verdict(connector(at(29), **stamps), BEFORE).code == 255
    assert verdict(connector(at(30), **stamps), BEFORE).code == code


@pytest.mark.parametrize("after", [SEEN, SEEN._replace(syncing=True)])
def test_while_a_sync_runs_a_stamp_counts_that_no_clock_two_minutes_ahead_could_make_new(after: Reading) -> None:
    for seconds, code in ((1, 255), (120, 255), (120.000001, 0), (400, 0)):
        for record in (BEFORE._replace(after=after), Record("speak_inexpensive", at(0))):
            seen = connector(at(500), succeeded_at=at(seconds), sync_state="syncing")
            assert verdict(seen, record).code == code


@pytest.mark.parametrize(
    ("succeeded", "failed", "code"),
    [
        (at(-99.999999), at(-200), 0),  # later than the second reading's stamp, though earlier than the execution time
        (..., at(-199.999999), 1),
        (at(-100), at(-150), 1),  # a new failure counts although an older success has a later stamp
    ],
)
def test_what_only_the_readings_speak_for_counts_once_things_have_settled(
    succeeded: object, failed: object, code: int
) -> None:
    stamps = {"succeeded_at": succeeded, "failed_at": failed}
    assert verdict(connector(at(29), **stamps), BEFORE).code == 255
    assert verdict(connector(at(30), **stamps, sync_state="syncing"), BEFORE).code == 255
    assert verdict(connector(at(30), **stamps, sync_state="rescheduled"), BEFORE).code == 217
    assert verdict(connector(None, **stamps), BEFORE).code == 255  # nobody knows how late it is
    assert verdict(connector(at(30), **stamps), BEFORE).code == code
    assert "which may have started before the trigger" in verdict(connector(at(29), **stamps), BEFORE).reason


@pytest.mark.parametrize(
    ("succeeded", "failed", "code"),
    [
        (None, None, 255),
        (at(1), None, 0),
        (None, at(1), 1),
        (at(-1), None, 255),
        (at(0), at(0), 255),  # a stamp equal to the execution time is not later
        (at(-1), at(1), 1),
        (at(1), at(-1), 0),
    ],
)
@pytest.mark.parametrize("read_at", [None, at(5)])
def test_of_a_pickle_only_the_execution_time_is_known(
    succeeded: datetime | None, failed: datetime | None, code: int, read_at: datetime | None
) -> None:
    pickled = Record("speak_inexpensive", at(0))
    assert verdict(connector(read_at, succeeded_at=succeeded, failed_at=failed), pickled).code == code


def test_a_stamp_that_is_later_than_the_servers_own_clock_counts_once_things_have_settled() -> None:
    for seconds, code in ((29, 255), (30, 0)):
        assert verdict(connector(at(seconds), succeeded_at=at(900)), BEFORE).code == code


def test_by_a_pickle_no_stamp_counts_that_is_later_than_the_servers_own_clock() -> None:
    pickled = Record("speak_inexpensive", at(0))
    assert verdict(connector(at(5), succeeded_at=at(6.6)), pickled).code == 255
    assert verdict(connector(at(6), succeeded_at=at(6.6)), pickled).code == 0


@pytest.mark.parametrize(
    ("succeeded", "failed", "code"),
    [(at(-9), None, 0), (None, at(-9), 1), (at(-9), at(-8), 1), (at(-8), at(-9), 0), (at(-9), at(-9), 0)],
)
def test_without_a_baseline_the_later_stamp_decides(
    succeeded: datetime | None, failed: datetime | None, code: int
) -> None:
    assert verdict(connector(succeeded_at=succeeded, failed_at=failed), None).code == code


def test_without_a_baseline_and_without_stamps_it_has_not_finished() -> None:
    for state in ("scheduled", "syncing"):
        assert verdict(connector(sync_state=state), None).code == 255


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
def test_where_the_answer_was_lost_over_a_running_sync_its_end_may_be_the_next_one(state: str) -> None:
    """One new end may be that of either sync. If both stamps are new, two syncs have ended, and the later end is that
    of the triggered sync or of a later one.
    """
    lost = BEFORE._replace(state=state, forced=True, before=SEEN._replace(syncing=True), after=None)
    for stamps in ({"succeeded_at": at(400)}, {"failed_at": at(400)}):
        assert verdict(connector(at(500), **stamps), lost).code == 202
        assert verdict(connector(at(500), **stamps, sync_state="syncing"), lost).code == 255
        assert verdict(connector(at(500), **stamps), lost._replace(before=SEEN)).code in (0, 1)
    assert verdict(connector(at(500)), lost).code == 255
    assert verdict(connector(at(500), succeeded_at=at(400), failed_at=at(1)), lost).code == 0
    assert verdict(connector(at(500), succeeded_at=at(1), failed_at=at(400)), lost).code == 1


def test_the_first_sync_of_all_counts_once_things_have_settled() -> None:
    seen_running = NEVER._replace(after=Reading(syncing=True, read_at=at(0)))
    for stamps, code in (({"succeeded_at": at(1)}, 0), ({"failed_at": at(1)}, 1), ({}, 255)):
        assert verdict(connector(at(5), **stamps), NEVER).code == 255
        assert verdict(connector(at(5), **stamps, sync_state="syncing"), seen_running).code == 255
        assert verdict(connector(at(5), **stamps), seen_running).code == 255
        assert verdict(connector(None, **stamps), seen_running).code == code
        assert verdict(connector(at(35), **stamps), seen_running).code == code
        assert verdict(connector(at(35), **stamps), NEVER).code == code


@pytest.mark.parametrize(
    ("succeeded", "failed", "state", "code"),
    [
        (None, at(1), "syncing", 255),  # it may be the failure of the sync that was stopped
        (None, at(130), "syncing", 255),  # also if only the settings say that one may have been stopped
        (None, at(1), "scheduled", 1),
        (at(1), at(2), "syncing", 255),
        (at(1), at(2), "scheduled", 1),
        (at(2), at(1), "syncing", 255),
        (at(140), at(130), "syncing", 0),
        (None, None, "syncing", 255),
    ],
)
def test_over_a_sync_that_we_stopped_a_failure_counts_only_once_ours_has_ended(
    succeeded: datetime | None, failed: datetime | None, state: str, code: int
) -> None:
    seen = connector(at(150), succeeded_at=succeeded, failed_at=failed, sync_state=state)
    assert verdict(seen, FORCED._replace(after=SEEN._replace(syncing=True))).code == code


@pytest.mark.parametrize("baseline", [BEFORE, FORCED, NEVER])
@pytest.mark.parametrize(
    ("fields", "code", "status"),
    [
        ({"sync_state": "syncing"}, 255, "syncing"),
        ({"sync_state": "scheduled"}, 255, "scheduled"),
        ({"sync_state": "paused"}, 216, "paused"),
        ({"paused": True}, 216, "paused"),
        ({"paused": True, "setup_state": "broken"}, 216, "paused"),
        ({"paused": True, "sync_state": "syncing"}, 255, "syncing"),  # a running sync will end
        ({"setup_state": "broken"}, 218, "setup_broken"),
        ({"setup_state": "incomplete"}, 218, "setup_broken"),
        ({"setup_state": "broken", "sync_state": "syncing"}, 255, "syncing"),
        ({"setup_state": "broken", "sync_state": "rescheduled"}, 218, "setup_broken"),
        ({"sync_state": "rescheduled", "rescheduled_for": at(60)}, 217, "rescheduled"),
        ({"sync_state": "rescheduled", "rescheduled_for": None}, 217, "rescheduled"),
        ({"sync_state": "rescheduled", "rescheduled_for": ...}, 217, "rescheduled"),
        ({"sync_state": "rescheduled", "rescheduled_for": at(60), "schedule_type": "auto"}, 255, "rescheduled"),
        ({"schema_status": "ready"}, 255, "scheduled"),
        ({"schema_status": "blocked_on_capture"}, 255, "scheduled"),
        ({"schema_status": "blocked_on_customer"}, 218, "setup_broken"),
        ({"schema_status": "blocked_on_customer", "sync_state": "syncing"}, 255, "syncing"),
        ({"schema_status": "blocked_on_customer", "sync_state": "rescheduled"}, 218, "setup_broken"),
        ({"sync_state": "dreaming"}, 215, "unknown_state"),
        ({"sync_state": ""}, 215, "unknown_state"),
        ({"sync_state": ...}, 215, "unknown_state"),
        ({"setup_state": "dreaming"}, 215, "unknown_state"),
    ],
)
def test_without_a_new_stamp_the_state_decides(
    baseline: Record, fields: dict[str, object], code: int, status: str
) -> None:
    seen = verdict(connector(**fields), baseline)
    assert (seen.code, seen.status) == (code, status)


def test_what_a_schema_waits_for_is_the_reason() -> None:
    waits = verdict(connector(schema_status="blocked_on_customer"), BEFORE).reason
    assert 'FIVETRAN_CUSTOM_UPDATE={"schema_status": "ready"}' in waits
    assert "blocked_on_capture" in verdict(connector(schema_status="blocked_on_capture"), BEFORE).reason


@pytest.mark.parametrize(("state", "code"), [("", 255), ("connected", 255), ("incomplete", 218), ("broken", 218)])
def test_a_destination_decides_once_it_was_asked_for(state: str, code: int) -> None:
    seen = connector()
    seen.destination = state
    assert verdict(seen, BEFORE).code == code
    seen = connector(sync_state="syncing", succeeded_at=at(-10))
    seen.destination = state
    assert verdict(seen, BEFORE).code == 255


def test_a_step_before_that_started_nothing_is_no_success_whatever_the_stamps_say() -> None:
    for state in ("scheduled", "syncing", "paused", "rescheduled", "dreaming"):
        assert verdict(connector(sync_state=state, succeeded_at=at(9)), BEFORE._replace(state=REFUSED)).code == 217


def test_the_reason_says_when_a_sync_was_put_off_until_and_who_must_start_it() -> None:
    seen = connector(sync_state="rescheduled", rescheduled_for=at(60))
    assert "2026-11-22T12:01:00" in verdict(seen, BEFORE).reason
    assert "trigger it again then" in verdict(seen, BEFORE).reason
    of_itself = connector(sync_state="rescheduled", rescheduled_for=at(60), schedule_type="auto")
    assert "2026-11-22T12:01:00" in verdict(of_itself, BEFORE).reason


@pytest.mark.parametrize("fields", [{"failed_at": at(1)}, {"setup_state": "broken"}, {"paused": True}])
def test_what_went_wrong_is_said_in_the_apis_words_with_a_link(fields: dict[str, object]) -> None:
    tasks = [{"code": "reconnect", "message": "Reconnect", "details": "The token\n::error::was revoked"}, "nonsense"]
    warnings = [{"code": "resync_table_warning", "details": {"any": "JSON"}}]
    reason = verdict(connector(at(60), tasks=tasks, warnings=warnings, **fields), BEFORE).reason
    assert "Reconnect: The token ::error::was revoked; resync_table_warning" in reason
    assert "https://fivetran.com/dashboard/connections/speak_inexpensive/status" in reason
    assert "\n" not in reason


@pytest.mark.parametrize("broken", [None, [], "text", {}, {"id": "x"}, {"id": "x", "status": []}, {"status": {}}])
def test_from_an_object_that_is_no_connection_nothing_is_concluded(broken: object) -> None:
    with pytest.raises(Unreachable):
        Connector(broken)


@pytest.mark.parametrize("field", ["succeeded_at", "failed_at", "rescheduled_for"])
@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+10:00", 7, []])
def test_from_a_stamp_that_is_no_moment_nothing_is_concluded(field: str, text: object) -> None:
    with pytest.raises(Unreachable, match=field):
        Connector(connection(**{field: text}))


MOMENTS = some.none() | some.integers(-1000, 1000).map(at)
READINGS = some.builds(Reading, MOMENTS, MOMENTS, some.booleans(), MOMENTS)
STATES = some.sampled_from(["scheduled", "syncing", "paused", "rescheduled", "dreaming", ""])


@given(
    seen=some.builds(
        connector,
        succeeded_at=MOMENTS,
        failed_at=MOMENTS,
        sync_state=STATES,
        setup_state=some.sampled_from(["connected", "broken", "incomplete", "dreaming"]),
        paused=some.booleans(),
        schedule_type=some.sampled_from(["auto", "manual"]),
    ),
    record=some.builds(
        Record,
        some.just("speak_inexpensive"),
        some.integers(-1000, 1000).map(at),
        some.sampled_from([ACCEPTED, REFUSED]),
        some.none() | READINGS,
        some.none() | READINGS,
        some.booleans(),
    ),
)
def test_never_success_without_a_new_success_that_no_newer_failure_followed(seen: Connector, record: Record) -> None:
    before = record.before or Reading()
    new = seen.succeeded_at is not None and (before.succeeded_at is None or seen.succeeded_at > before.succeeded_at)
    vouched = seen.succeeded_at is not None and seen.succeeded_at > record.execution_time
    appeared = bool(record.after) and seen.succeeded_at not in (None, record.after.succeeded_at)
    code = verdict(seen, record).code
    if code == 0:
        assert record.started
        assert new
        assert vouched or appeared
        assert record.new_stamps(seen).success


@given(seconds=some.integers(1, 86400), zone=some.integers(-14, 14))
def test_zones_do_not_matter(seconds: int, zone: int) -> None:
    elsewhere = timezone(timedelta(hours=zone))
    before = Record("speak_inexpensive", at(0).astimezone(elsewhere))
    assert verdict(connector(at(seconds), succeeded_at=at(seconds)), before).code == 0


def test_every_combination_ends_with_a_code_of_the_table() -> None:
    stamps = (None, at(-100), at(1))
    states = ("scheduled", "syncing", "paused", "rescheduled", "dreaming")
    for succeeded, failed, state, base in product(stamps, stamps, states, (BEFORE, FORCED, NEVER, None)):
        seen = connector(succeeded_at=succeeded, failed_at=failed, sync_state=state)
        assert verdict(seen, base).code in (0, 1, 215, 216, 217, 255)
