"""Send a request that must not be repeated, once.

The request is recorded before and after it is sent, so that the next step knows how far this one came even if the
process is killed. If its answer is lost, the API is read until it shows what was started; nothing is sent again. A
trigger is idempotent by run id: a retry of the same run joins what its earlier try started.

``send_once`` fixes the order of the steps. An ``Operation`` (``shared.operation``) defines what is particular to a
sync, a job or a transformation.
"""

from typing import TYPE_CHECKING, Generic, TypeVar

from shared.artifacts.record_store import REFUSED, SENDING, STARTED, UNKNOWN, young
from shared.confirmation import LONGEST, readings
from shared.errors import (
    TURNED_AWAY,
    AlreadyRunning,
    ArtifactUnusable,
    NotStarted,
    SlipwayError,
    TriggerUnknown,
    Unreachable,
)
from shared.http.response import Answer
from shared.program.run import Run
from shared.run_lock import exclusive
from shared.status import Status

if TYPE_CHECKING:
    from shared.artifacts.record_shape import Record
    from shared.confirmation import Api
    from shared.operation import Operation, Reading, Store

A = TypeVar("A", bound="Api")
R = TypeVar("R", bound="Reading")
T = TypeVar("T", bound="Record")


class Started(Generic[R, T]):
    """The outcome of ``send_once``.

    ``status``: TRIGGERED, JOINED or SKIPPED. ``before``: the first reading. ``answer``: what goes to the response file.
    ``answered``: False if the request's answer was lost, so that what was found may be somebody else's.
    """

    def __init__(
        self, status: Status, message: str, before: R, record: T, answer: Answer, *, answered: bool = True
    ) -> None:
        self.status = status
        self.message = message
        self.before = before
        self.record = record
        self.answer = answer
        self.answered = answered


def send_once(run: Run, operation: "Operation[A, R, T]", records: "Store[T]", before: R | None = None) -> Started[R, T]:
    """Trigger something once, or join what is running already. ``before``: the first reading, if it was made already.

    Raises TriggerUnknown (202) if the answer was lost and no reading shows whether the request arrived, and what the
    operation raises. The record says what was sent.
    """
    with exclusive(run, records.lock_name, 2 * (run.retry_timeout + run.read_timeout + LONGEST)):
        if before is None:
            before = _first_reading(run, operation, records)
        return _begin(run, operation, records, before)


def _begin(run: Run, operation: "Operation[A, R, T]", records: "Store[T]", before: R) -> Started[R, T]:
    """Join what an earlier try started, else apply the policies and send."""
    if earlier := _of_earlier_try(run, operation, records, before):
        records.write(earlier)  # that try may have been killed before it wrote all files
        message = f"an earlier try of this run started the {operation.noun}; joined it instead of triggering again"
        return Started(Status.JOINED, message, before, earlier, before.answer)
    records.clear()
    record = operation.intended(before)
    records.write(record)
    try:
        status, decided = operation.allow(before, record)
    except SlipwayError as error:
        records.write(record.in_state(REFUSED))
        error.answer = error.answer or before.answer
        raise
    if status is not Status.TRIGGERED:
        records.write(record.in_state(REFUSED) if status is Status.SKIPPED else decided)
        return Started(status, operation.message(status, decided), before, decided, before.answer)
    records.write(record.in_state(SENDING))
    try:
        accepted, answer = operation.send(record)
    except (AlreadyRunning, NotStarted, *TURNED_AWAY) as error:
        joined = _joined_instead(operation, records, record, error)
        message = operation.message(Status.JOINED, joined)
        return Started(Status.JOINED, message, before, joined, error.answer or before.answer)
    except Unreachable as error:
        found = _look_for(run, operation, records, record, error)
        done = operation.message(Status.TRIGGERED, found)
        message = f"{done}; the answer was lost, but the {operation.noun} is there"
        return Started(Status.TRIGGERED, message, before, found, error.answer or before.answer, answered=False)
    run.achieved = operation.achieved
    records.write(accepted)
    again = operation.read_again(accepted)
    if again is not accepted:
        records.write(again)
    return Started(Status.TRIGGERED, operation.message(Status.TRIGGERED, again), before, again, answer)


def nothing_sent(run: Run, operation: "Operation[A, R, T]", records: "Store[T]", error: SlipwayError) -> None:
    """Record that nothing was sent, because the first reading failed with ``error``.

    The record of an earlier try of this run is kept, so that a later try can join what that started.
    """
    now = error.answer.date if error.answer else None
    try:
        earlier = records.read()
        if earlier and earlier.state in STARTED and operation.is_same(earlier) and young(earlier, now):
            return
        records.clear()
        if record := operation.unread(now):
            records.write(record)
    except ArtifactUnusable as unusable:  # the API's error is the one to report
        run.say(f"Slipway: warning: {unusable.message}")


def _first_reading(run: Run, operation: "Operation[A, R, T]", records: "Store[T]") -> R:
    try:
        return operation.read(operation.api)
    except SlipwayError as error:
        nothing_sent(run, operation, records, error)
        raise


def _of_earlier_try(run: Run, operation: "Operation[A, R, T]", records: "Store[T]", before: R) -> T | None:
    """Return the record of what an earlier try of this run started and this one joins.

    If that try did not receive an answer, its request may still arrive: it is looked for as after a lost answer.
    """
    earlier = records.read()
    if earlier is None or not operation.is_same(earlier):
        return None
    if known := operation.joins(earlier, before):
        return known
    if not operation.may_show_late(earlier, before):
        return None
    sent = f"an earlier try of this run sent a trigger of {operation.subject}"
    run.say(f"{operation.vendor}: {sent}; checking whether it arrived")
    found = operation.found(earlier, readings(run, operation.api, operation.read))
    return operation.joins(*found) if found else None


def _joined_instead(operation: "Operation[A, R, T]", records: "Store[T]", record: T, error: SlipwayError) -> T:
    """Return the record of what is joined after a refusal. Raises if nothing is."""
    try:
        joined = operation.turned_away(record, error)
    except SlipwayError:
        records.write(record.in_state(REFUSED))
        raise
    records.write(joined)
    return joined


def _look_for(run: Run, operation: "Operation[A, R, T]", records: "Store[T]", record: T, lost: SlipwayError) -> T:
    """Return the record of what a request with a lost answer started. Raises TriggerUnknown if no reading shows it."""
    run.achieved = run.achieved or f"the trigger of {operation.subject} was sent and its answer was lost"
    run.say(f"{lost.message}; the answer was lost, checking whether the request arrived")
    arrived = operation.found(record, readings(run, operation.api, operation.read))
    if arrived is None:
        records.write(record.in_state(UNKNOWN))
        unknown = f"unknown whether the trigger of {operation.subject} arrived ({lost.message})"
        raise TriggerUnknown(
            f"{unknown}; it was not repeated, because that could start it twice. Check the {operation.noun}, or retry "
            "with the same run id",
            lost.answer,
            vendor=operation.vendor,
        ) from lost
    found, _ = arrived
    run.achieved = operation.achieved
    records.write(found)
    return found
