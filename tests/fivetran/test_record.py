"""Whether a retry joins what an earlier try's record names, and the execution time in a record."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shared.artifacts.files import Artifacts
from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN, YOUNG
from shared.errors import RequestRefused
from shared.fivetran.policy import Policy
from shared.fivetran.record import Record, execution_time
from shared.fivetran.stamps import Reading
from shared.fivetran.trigger import Sync
from shared.http.response import Answer
from tests.fivetran.samples import NOON, at, connector, leave, records

EARLIER = Record("speak_inexpensive", at(0), ACCEPTED, Reading(at(-100), at(-200)))
RUNS = {"sync_state": "syncing"}
SUCCEEDED = {"succeeded_at": at(5), "failed_at": at(-200)}
FAILED = {"succeeded_at": at(-100), "failed_at": at(5)}
NEITHER = {"succeeded_at": at(-100), "failed_at": at(-200)}


@pytest.mark.parametrize(
    ("state", "running_before", "now", "joins"),
    [
        # accepted: what is running or has succeeded was started by that try
        *[(ACCEPTED, before, {**NEITHER, **RUNS}, True) for before in (False, True)],
        *[(ACCEPTED, before, SUCCEEDED, True) for before in (False, True)],
        *[(ACCEPTED, before, {**FAILED, **RUNS}, True) for before in (False, True)],
        *[(ACCEPTED, before, FAILED, False) for before in (False, True)],
        *[(ACCEPTED, before, NEITHER, False) for before in (False, True)],
        # sent, with an unknown outcome: only if nothing was running before can a running sync be that try's
        *[(state, False, {**NEITHER, **RUNS}, True) for state in (SENDING, UNKNOWN)],
        *[(state, False, SUCCEEDED, True) for state in (SENDING, UNKNOWN)],
        *[(state, False, FAILED, False) for state in (SENDING, UNKNOWN)],
        *[(state, False, NEITHER, False) for state in (SENDING, UNKNOWN)],
        *[(state, True, {**NEITHER, **RUNS}, False) for state in (SENDING, UNKNOWN)],
        *[(state, True, SUCCEEDED, False) for state in (SENDING, UNKNOWN)],
        # never sent: never joined
        *[
            (state, before, now, False)
            for state in (INTENDED, REFUSED)
            for before in (False, True)
            for now in ({**NEITHER, **RUNS}, SUCCEEDED, FAILED, NEITHER)
        ],
        # a failure, then a success, and the reverse
        (ACCEPTED, False, {"succeeded_at": at(6), "failed_at": at(5)}, True),
        (ACCEPTED, False, {"succeeded_at": at(5), "failed_at": at(6)}, False),
        (ACCEPTED, False, {"succeeded_at": at(5), "failed_at": at(5)}, True),
        (ACCEPTED, False, {"succeeded_at": None, "failed_at": None}, False),
        # it will never come: trigger again, and apply the policies
        *[
            (ACCEPTED, False, {**NEITHER, "sync_state": state}, False)
            for state in ("paused", "rescheduled", "dreaming")
        ],
        (ACCEPTED, False, {**NEITHER, "setup_state": "broken"}, False),
        (ACCEPTED, False, {**SUCCEEDED, "sync_state": "paused", "paused": True}, True),
    ],
)
def test_a_retry_joins_only_what_its_earlier_try_started(
    state: str, running_before: bool, now: dict[str, object], joins: bool
) -> None:
    record = EARLIER._replace(state=state, before=Reading(at(-100), at(-200), syncing=running_before))
    assert record.answers_retry(connector(at(60), **now)) is joins


def test_a_retry_of_the_first_sync_of_all_joins_its_success() -> None:
    record = EARLIER._replace(before=Reading())
    assert record.answers_retry(connector(at(60), succeeded_at=at(5)))


def test_a_record_of_another_connector_is_not_joined() -> None:
    assert not EARLIER.answers_retry(connector(at(60), id="other_one", **RUNS))


@pytest.mark.parametrize(("age", "joins"), [(timedelta(0), True), (YOUNG - timedelta(seconds=1), True), (YOUNG, False)])
def test_after_28_hours_by_the_servers_clock_it_is_another_run(age: timedelta, joins: bool) -> None:
    for now in (RUNS, SUCCEEDED):
        assert EARLIER.answers_retry(connector(NOON + age, **now)) is joins


def test_without_the_servers_clock_only_a_running_sync_is_joined() -> None:
    assert EARLIER.answers_retry(connector(None, **RUNS))
    assert not EARLIER.answers_retry(connector(None, **SUCCEEDED))


@pytest.mark.parametrize(
    ("read_at", "succeeded", "failed", "expected"),
    [
        (NOON, None, None, NOON - timedelta(microseconds=1)),
        (NOON, at(-60), at(-90), NOON - timedelta(microseconds=1)),
        (NOON, at(90), at(-90), at(90)),  # stamps of a clock that is ahead
        (NOON, at(-90), at(90), at(90)),
        (NOON, NOON, None, NOON),
        (None, at(-60), at(-90), at(-60)),
        (None, None, at(-90), at(-90)),
        (None, None, None, datetime(1970, 1, 1, tzinfo=timezone.utc)),
    ],
)
def test_the_execution_time_is_the_latest_that_the_server_says(
    read_at: datetime | None, succeeded: datetime | None, failed: datetime | None, expected: datetime
) -> None:
    assert execution_time(connector(read_at, succeeded_at=succeeded, failed_at=failed)) == expected


def test_only_what_was_sent_or_may_have_been_was_started() -> None:
    assert [EARLIER._replace(state=state).started for state in (INTENDED, REFUSED)] == [False, False]
    assert all(EARLIER._replace(state=state).started for state in (SENDING, ACCEPTED, UNKNOWN))


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(str(tmp_path), "fivetran")


def test_only_a_run_with_an_id_can_be_known_again(artifacts: Artifacts) -> None:
    for run_id in ("run-1", None):
        leave(artifacts, run_id, EARLIER)
    assert records(artifacts, "run-1").read() == EARLIER
    assert records(artifacts, "run-1", "other_one").read() is None
    assert records(artifacts, None).read() is None


@pytest.mark.parametrize(
    ("force", "one_of_many", "forced"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_what_a_list_showed_idle_may_have_begun_since_and_be_stopped(
    force: bool, one_of_many: bool, forced: bool
) -> None:
    run: Any = SimpleNamespace(note=lambda **facts: None)
    policy: Any = Policy(force=force)
    one: Any = Sync(run, None, policy, None, "speak_inexpensive", one_of_many=one_of_many)  # type: ignore[arg-type]
    assert one.intended(connector(NOON)).forced is forced


def test_a_sync_that_began_between_reading_and_request_is_recorded_as_one_that_ran_before() -> None:
    """Its end then does not prove that a sync of this run ended."""
    run: Any = SimpleNamespace(note=lambda **facts: None, clock=lambda: 0.0, retry_timeout=0.0, say=lambda text: None)
    api: Any = SimpleNamespace(get_connector=lambda one: connector(at(1), sync_state="syncing"))
    api.until = lambda deadline, last_chance: api
    one: Any = Sync(run, api, Policy(force=True), None, "speak_inexpensive")  # type: ignore[arg-type]
    conflict = RequestRefused("409", Answer(409, {}, b"{}"))
    joined = one.turned_away(one.intended(connector(NOON)), conflict)
    assert (joined.state, joined.running_before, joined.forced) == (ACCEPTED, True, False)
