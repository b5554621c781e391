"""The steps of every trigger: what is recorded, sent and looked for, and in which order."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from shared.artifacts.record_store import ACCEPTED, INTENDED, REFUSED, SENDING, UNKNOWN
from shared.errors import (
    AlreadyRunning,
    ArtifactUnusable,
    NotArrived,
    Paused,
    RequestRefused,
    SlipwayError,
    TriggerUnknown,
    Unreachable,
)
from shared.http.response import Answer
from shared.send_once import nothing_sent, send_once
from shared.status import Status

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
DETAILS, TAKEN = Answer(200, {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, b"{}"), Answer(200, {}, b"taken")
LOST = Unreachable("the connection was reset", Answer(502, {}, b"bad"))


class Record(NamedTuple):
    state: str
    execution_time: datetime | None = NOON
    seconds: int = 0  # the number of second readings
    subject: str = "one"
    is_queued: bool = False

    def in_state(self, state: str) -> "Record":
        return self._replace(state=state)


class Reading(NamedTuple):
    shows: bool
    answer: Answer = DETAILS


class Operation:
    """A trigger with answers that the test gives. ``did`` has what happened, in order."""

    vendor, subject, noun, achieved = "Vendor", "one", "thing", "a thing was triggered"

    def __init__(self, **given: Any) -> None:
        self.did: list[str] = []
        self.api: Any = SimpleNamespace(until=lambda deadline, last_chance: self.api)
        self.earlier: Record | None = given.get("earlier")
        self.same = given.get("same", True)
        self.joinable = given.get("joinable", False)
        self.late = given.get("late", False)
        self.decides: Status | SlipwayError = given.get("decides", Status.TRIGGERED)
        self.sends: Answer | SlipwayError = given.get("sends", TAKEN)
        self.joins_instead = given.get("joins_instead", False)
        self.shows = list(given.get("shows", []))
        self.reads_again = given.get("reads_again", True)
        self.unreadable: SlipwayError | None = given.get("unreadable")

    # the store
    lock_name = None

    def store_read(self) -> Record | None:
        return self.earlier

    def clear(self) -> None:
        self.did.append("clear")

    def write(self, record: Record) -> None:
        self.did.append(f"write {record.state}" + "+" * record.seconds)

    # the operation
    def read(self, api: object) -> Reading:
        if self.unreadable:
            raise self.unreadable
        self.did.append("read")
        return Reading(self.shows.pop(0) if self.shows and "send" in self.did else False)

    def intended(self, before: Reading) -> Record:
        return Record(INTENDED)

    def unread(self, now: datetime | None) -> Record:
        return Record(REFUSED)

    def is_same(self, earlier: Record) -> bool:
        return bool(self.same)

    def joins(self, earlier: Record, now: Reading) -> Record | None:
        return earlier.in_state(ACCEPTED) if self.joinable or now.shows else None

    def may_show_late(self, earlier: Record, now: Reading) -> bool:
        return bool(self.late)

    def allow(self, before: Reading, record: Record) -> tuple[Status, Record]:
        if isinstance(self.decides, SlipwayError):
            raise self.decides
        return self.decides, record.in_state(ACCEPTED) if self.decides is Status.JOINED else record

    def send(self, record: Record) -> tuple[Record, Answer]:
        self.did.append("send")
        if isinstance(self.sends, SlipwayError):
            raise self.sends
        return record.in_state(ACCEPTED), self.sends

    def turned_away(self, record: Record, error: SlipwayError) -> Record:
        if not self.joins_instead:
            raise error
        return record.in_state(ACCEPTED)

    def found(self, record: Record, since: Iterator[Reading]) -> tuple[Record, Reading] | None:
        self.did.append("look")
        found = next((now for now in since if now.shows or self.late), None)
        return (record.in_state(ACCEPTED), Reading(True)) if found else None

    def read_again(self, record: Record) -> Record:
        return record._replace(seconds=1) if self.reads_again else record

    def message(self, status: Status, record: Record) -> str:
        return "a thing was triggered" if status is Status.TRIGGERED else "a thing is running already"


class Store:
    """The store of an ``Operation``, which keeps its calls in ``did``."""

    lock_name = None

    def __init__(self, operation: Operation) -> None:
        self.read = operation.store_read
        self.clear = operation.clear
        self.write = operation.write


def a_run() -> Any:
    now = [100.0]
    return SimpleNamespace(
        achieved=None,
        said=[],
        say=lambda text: None,
        dry_run=False,
        retry_timeout=60.0,
        read_timeout=60.0,
        clock=lambda: now[0],
        sleep=lambda seconds: now.__setitem__(0, now[0] + seconds),
    )


def play(operation: Operation, before: Reading | None = None) -> Any:
    run = a_run()
    try:
        ended: Any = send_once(run, operation, Store(operation), before)
    except SlipwayError as error:
        ended = error
    operation.did = [one for number, one in enumerate(operation.did) if (one, number) != ("read", 0)]
    return ended, run


EARLIER = Record(SENDING)
BEFORE = ["clear", "write intended"]
CASES: dict[str, tuple[dict[str, Any], list[str], Status | type[SlipwayError]]] = {
    "sent": ({}, [*BEFORE, "write sending", "send", "write accepted", "write accepted+"], Status.TRIGGERED),
    "sent, with nothing to read again": (
        {"reads_again": False},
        [*BEFORE, "write sending", "send", "write accepted"],
        Status.TRIGGERED,
    ),
    "refused by a policy": ({"decides": Paused("paused")}, [*BEFORE, "write refused"], Paused),
    "skipped": ({"decides": Status.SKIPPED}, [*BEFORE, "write refused"], Status.SKIPPED),
    "joined": ({"decides": Status.JOINED}, [*BEFORE, "write accepted"], Status.JOINED),
    "turned away": (
        {"sends": RequestRefused("no")},
        [*BEFORE, "write sending", "send", "write refused"],
        RequestRefused,
    ),
    "never arrived": (
        {"sends": NotArrived("no route")},
        [*BEFORE, "write sending", "send", "write refused"],
        NotArrived,
    ),
    "turned away for one that is joined": (
        {"sends": AlreadyRunning("409"), "joins_instead": True},
        [*BEFORE, "write sending", "send", "write accepted"],
        Status.JOINED,
    ),
    "lost, and there": (
        {"sends": LOST, "shows": [False, True]},
        [*BEFORE, "write sending", "send", "look", "read", "read", "write accepted"],
        Status.TRIGGERED,
    ),
    "lost, and never seen": (
        {"sends": LOST},
        [*BEFORE, "write sending", "send", "look", *["read"] * 16, "write unknown"],
        TriggerUnknown,
    ),
    "a retry joins": ({"earlier": EARLIER, "joinable": True}, ["write accepted"], Status.JOINED),
    "a retry of something else": (
        {"earlier": EARLIER, "joinable": True, "same": False, "reads_again": False},
        [*BEFORE, "write sending", "send", "write accepted"],
        Status.TRIGGERED,
    ),
    "a retry looks, because its earlier request may show late": (
        {"earlier": EARLIER, "late": True},
        ["look", "read", "write accepted"],
        Status.JOINED,
    ),
    "a retry of what has failed": (
        {"earlier": Record(ACCEPTED), "reads_again": False},
        [*BEFORE, "write sending", "send", "write accepted"],
        Status.TRIGGERED,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_step_is_recorded_before_the_next_is_taken(case: str) -> None:
    given, did, expected = CASES[case]
    operation = Operation(**given)
    ended, _ = play(operation)
    assert operation.did == did
    assert ended.status is expected if isinstance(expected, Status) else type(ended) is expected


def test_what_was_read_just_now_is_not_read_again() -> None:
    operation = Operation(reads_again=False)
    ended, _ = play(operation, Reading(False, TAKEN))
    assert "read" not in operation.did
    assert ended.before.answer is TAKEN


@pytest.mark.parametrize(
    ("given", "saved", "achieved"),
    [
        ({}, TAKEN, "a thing was triggered"),
        ({"decides": Status.JOINED}, DETAILS, None),
        ({"decides": Paused("paused")}, DETAILS, None),
        ({"decides": Paused("its tests failed", TAKEN)}, TAKEN, None),
        ({"sends": LOST, "shows": [True]}, LOST.answer, "a thing was triggered"),
        ({"sends": LOST}, LOST.answer, "the trigger of one was sent and its answer was lost"),
        ({"sends": Unreachable("no answer"), "shows": [True]}, DETAILS, "a thing was triggered"),
    ],
)
def test_the_answer_that_decided_is_saved_and_what_was_done_is_said(
    given: dict[str, Any], saved: Answer, achieved: str | None
) -> None:
    ended, run = play(Operation(**given))
    assert ended.answer is saved
    assert run.achieved == achieved


def unread(operation: Operation, error: SlipwayError, write: Callable[[Record], None] | None = None) -> list[str]:
    store = Store(operation)
    store.write = write or operation.write
    nothing_sent(a_run(), operation, store, error)
    return operation.did


@pytest.mark.parametrize(
    ("earlier", "same", "did"),
    [
        (None, True, ["clear", "write refused"]),
        (Record(ACCEPTED), True, []),
        (Record(UNKNOWN), True, []),
        (Record(INTENDED), True, ["clear", "write refused"]),
        (Record(ACCEPTED), False, ["clear", "write refused"]),
        (Record(ACCEPTED, NOON - timedelta(hours=28)), True, ["clear", "write refused"]),
    ],
)
def test_where_nothing_could_be_read_only_this_runs_own_start_stays_known(
    earlier: Record | None, same: bool, did: list[str]
) -> None:
    assert unread(Operation(earlier=earlier, same=same), Unreachable("down", DETAILS)) == did


def test_a_failed_first_reading_is_recorded_and_raised() -> None:
    operation = Operation(unreadable=Unreachable("down"))
    ended, _ = play(operation)
    assert (type(ended), operation.did) == (Unreachable, ["clear", "write refused"])


def test_a_full_disk_does_not_hide_what_the_api_said() -> None:
    def full(record: Record) -> None:
        raise ArtifactUnusable("no space")

    assert unread(Operation(), Unreachable("down"), full) == ["clear"]
