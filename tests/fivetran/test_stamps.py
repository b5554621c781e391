"""Which stamps can be those of the triggered sync: each kind of first reading, place of a stamp and kind of record.

What happened is always the same: an earlier sync ended 100 s before the trigger; the triggered sync succeeds or fails.
"""

from datetime import datetime, timezone
from itertools import product

import pytest

from shared.fivetran.connector import Connector
from shared.fivetran.record import Record, execution_time
from shared.fivetran.stamps import Reading
from shared.fivetran.verdict import verdict
from tests.fivetran.samples import at, connector

OLD = at(-100)
FIRST = {"there": OLD, "null": None, "absent": ..., "older than the truth": at(-500)}
STAMP = {
    "the one from before": OLD,
    "just before the trigger": at(-0.5),
    "within the request": at(0.3),
    "after it": at(10),
    "minutes after it": at(300),
}


def trigger(first: object, field: str, stamp: datetime, evidence: str) -> Record:
    """Return the record of a trigger at noon. Its second reading shows what had ended by then."""
    before = connector(at(0), **{field: first})
    record = Record("speak_inexpensive", execution_time(before), before=Reading.of(before))
    shown = stamp if stamp <= at(1) else OLD
    record = record.read_again(connector(at(1), **{field: shown}, sync_state="scheduled" if shown > OLD else "syncing"))
    return record if evidence == "sidecar" else Record(record.connector_id, record.execution_time)


def seen(stamp: datetime, field: str, seconds: float, state: str) -> Connector:
    return connector(at(seconds), **{field: stamp}, sync_state=state)


@pytest.mark.parametrize("field", ["succeeded_at", "failed_at"])
@pytest.mark.parametrize("evidence", ["sidecar", "pickle or variable"])
@pytest.mark.parametrize(("first", "place"), list(product(FIRST, STAMP)))
def test_every_first_reading_against_every_place_of_a_stamp(first: str, place: str, evidence: str, field: str) -> None:
    stamp = STAMP[place]
    record = trigger(FIRST[first], field, stamp, evidence)
    code = 0 if field == "succeeded_at" else 1
    during = [verdict(seen(stamp, field, seconds, "syncing"), record).code for seconds in (2, 12, 600)]
    soon = verdict(seen(stamp, field, 302 if place == "minutes after it" else 12, "scheduled"), record).code
    late = verdict(seen(stamp, field, 600, "scheduled"), record).code
    if place in ("the one from before", "just before the trigger"):  # older than the trigger, whatever reading shows it
        assert {*during, soon, late} == {255}
    elif place == "within the request":  # the second reading has it; a clock ahead could show so an older sync's
        assert (soon, late) == ((255, code) if evidence == "sidecar" else (code, code))
        assert evidence != "sidecar" or set(during) == {255}
    else:
        agreed = first == "there" or evidence != "sidecar"
        settled = place == "minutes after it"
        assert (soon, late) == (code if agreed or settled else 255, code)
        late_enough = place == "minutes after it"  # a clock that is ahead shows an older sync's stamp sooner
        assert during == [255, 255, code if agreed and late_enough else 255]


@pytest.mark.parametrize("first", ["null", "absent", "older than the truth"])
@pytest.mark.parametrize("field", ["succeeded_at", "failed_at"])
def test_an_old_stamp_that_only_one_reading_left_out_is_never_ours(first: str, field: str) -> None:
    """A stamp from an hour before the trigger counted as that of the triggered sync while that was running."""
    record = trigger(FIRST[first], field, OLD, "sidecar")
    for seconds, state in product((0, 1, 5, 29, 31, 900), ("syncing", "scheduled")):
        assert verdict(seen(OLD, field, seconds, state), record).code == 255


@pytest.mark.parametrize("missing", [None, ...])
@pytest.mark.parametrize("field", ["succeeded_at", "failed_at"])
@pytest.mark.parametrize("old", [at(-3600), at(-9 * 86400)])
def test_an_old_stamp_that_both_readings_left_out_is_never_ours(old: datetime, field: str, missing: object) -> None:
    """The sync was stopped, so it left no stamp; the success of an hour before the trigger counted as its own."""
    left_out = {"succeeded_at": missing, "failed_at": missing}
    before = connector(at(0), **left_out)
    record = Record("speak_inexpensive", execution_time(before), before=Reading.of(before))
    record = record.read_again(connector(at(1), **left_out, sync_state="syncing"))
    for seconds in (12, 31, 900):
        assert verdict(connector(at(seconds), **left_out | {field: old}), record).code == 255


@pytest.mark.parametrize("field", ["succeeded_at", "failed_at"])
def test_a_stamp_that_both_readings_left_out_is_not_ours_if_they_showed_a_later_one(field: str) -> None:
    other = "failed_at" if field == "succeeded_at" else "succeeded_at"
    before = connector(at(0), **{field: None, other: OLD})
    record = Record("speak_inexpensive", execution_time(before), before=Reading.of(before))
    record = record.read_again(connector(at(1), **{field: None, other: OLD}, sync_state="syncing"))
    assert verdict(connector(at(900), **{field: at(-200), other: OLD}), record).code == 255
    assert verdict(connector(at(900), **{field: at(10), other: OLD}), record).code != 255


def test_a_first_success_is_seen_if_date_is_two_minutes_ahead() -> None:
    nothing = {"succeeded_at": None, "failed_at": None}
    before = connector(at(0), **nothing)
    record = Record("speak_inexpensive", execution_time(before), before=Reading.of(before))
    record = record.read_again(connector(at(1), **nothing, sync_state="syncing"))
    assert verdict(connector(at(200), succeeded_at=at(-119), failed_at=None), record).code == 0
    assert verdict(connector(at(200), succeeded_at=at(-121), failed_at=None), record).code == 255


def test_without_a_second_reading_the_clocks_alone_decide() -> None:
    """As with the record of an older version, or if the second reading failed."""
    before = connector(at(0))
    record = Record("speak_inexpensive", execution_time(before), before=Reading.of(before))
    assert verdict(seen(OLD, "succeeded_at", 60, "scheduled"), record).code == 255
    assert verdict(seen(at(10), "succeeded_at", 60, "scheduled"), record).code == 0
    assert verdict(seen(at(90), "succeeded_at", 60, "scheduled"), record).code == 255  # of a clock that is ahead


@pytest.mark.parametrize("ahead", [90, 3600])
def test_stamps_of_a_clock_that_is_ahead_move_the_execution_time_for_those_who_know_nothing_else(ahead: float) -> None:
    old = at(-60 + ahead)
    record = trigger(None, "succeeded_at", at(0), "sidecar")._replace(after=None)
    record = record.read_again(connector(at(1), succeeded_at=old))
    pickled = Record(record.connector_id, record.execution_time)
    assert pickled.execution_time == old
    assert verdict(seen(old, "succeeded_at", 4000, "scheduled"), pickled).code == 255
    assert verdict(seen(at(30 + ahead), "succeeded_at", 4000, "scheduled"), pickled).code == 0


def test_the_second_reading_of_a_restart_takes_the_place_of_the_first() -> None:
    before = connector(at(0), succeeded_at=OLD, sync_state="syncing")
    record = Record("speak_inexpensive", execution_time(before), before=Reading.of(before), forced=True)
    again = record.read_again(connector(at(3), succeeded_at=OLD, failed_at=at(2), sync_state="syncing"))
    assert again.before == again.after
    assert again.execution_time == at(2)
    for seconds in (5, 60, 900):
        assert verdict(connector(at(seconds), succeeded_at=OLD, failed_at=at(2)), again).code == 255
    ours = connector(at(60), succeeded_at=at(40), failed_at=at(2))
    assert verdict(ours, again).code == 255  # it may be the late stamp of the sync that was stopped
    assert verdict(connector(at(70), succeeded_at=at(40), failed_at=at(2)), again).code == 0


def test_a_moment_at_the_end_of_the_calendar_is_a_moment_like_any_other() -> None:
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    record = Record("speak_inexpensive", last)
    assert verdict(seen(OLD, "succeeded_at", 12, "syncing"), record).code == 255
