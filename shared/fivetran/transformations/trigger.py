"""Start a transformation, by ``send_once``."""

from collections.abc import Iterator
from datetime import datetime

from shared.artifacts.record_store import ACCEPTED, INTENDED
from shared.errors import AlreadyRunning, SlipwayError
from shared.exit_codes import ExitCode
from shared.fivetran.api import Fivetran
from shared.fivetran.record import UNDATED
from shared.fivetran.transformations.record import TransformationRecord, records_of
from shared.fivetran.transformations.transformation import Transformation, started_since, verdict
from shared.http.response import Answer
from shared.program.run import Run
from shared.send_once import Started, send_once
from shared.status import Status


def start(
    run: Run, api: Fivetran, transformation_id: str, *, full_refresh: bool
) -> Started[Transformation, TransformationRecord]:
    """Start a transformation. Raise what ``send_once`` raises, and AlreadyRunning (203) if the API answers 409."""
    operation = TransformationRun(run, api, transformation_id, full_refresh=full_refresh)
    return send_once(run, operation, records_of(run, transformation_id))


class TransformationRun:
    """One run of a transformation. See ``shared.operation.Operation``."""

    vendor = "Fivetran"
    noun = "run"

    def __init__(self, run: Run, api: Fivetran, transformation_id: str, *, full_refresh: bool) -> None:
        self.run = run
        self.api = api
        self.subject = transformation_id
        self.full_refresh = full_refresh
        self.achieved = f"a run of {transformation_id} was started"

    def read(self, api: Fivetran) -> Transformation:
        found = api.get_transformation(self.subject)
        self.run.note(**found.facts())
        return found

    def intended(self, before: Transformation) -> TransformationRecord:
        return TransformationRecord(INTENDED, before, before.answer.date)

    def unread(self, now: datetime | None) -> None:
        """Return None: a record needs a reading with which a retry can compare."""

    def is_same(self, earlier: TransformationRecord) -> bool:
        return True

    def joins(self, earlier: TransformationRecord, now: Transformation) -> TransformationRecord | None:
        if earlier.answers_retry(now, now.answer.date):
            return earlier.in_state(ACCEPTED)
        if now.answer.date is None and verdict(earlier.before, now).code == ExitCode.DONE:
            self.run.warn(UNDATED.format(noun=self.noun))
        return None

    def may_show_late(self, earlier: TransformationRecord, now: Transformation) -> bool:
        return earlier.may_show_late(now, now.answer.date)

    def allow(self, before: Transformation, record: TransformationRecord) -> tuple[Status, TransformationRecord]:
        if before.is_running:
            self.run.say(f"Fivetran: {before.id} is {before.status.lower()} already; the first end may be that run's")
        return Status.TRIGGERED, record

    def send(self, record: TransformationRecord) -> tuple[TransformationRecord, Answer]:
        answer = self.api.start_transformation(self.subject, self.full_refresh)
        return record.in_state(ACCEPTED), answer

    def turned_away(self, record: TransformationRecord, error: SlipwayError) -> TransformationRecord:
        if error.answer is not None and error.answer.status == 409:
            why = f"{error.reason}: {self.subject} is running already"
            raise AlreadyRunning(why, error.answer, vendor="Fivetran") from error
        raise error

    def found(
        self, record: TransformationRecord, since: Iterator[Transformation]
    ) -> tuple[TransformationRecord, Transformation] | None:
        """Return the first reading with a run under way or a newer stamp; None if a run was under way before."""
        if record.before.is_running:
            return None
        found = next((now for now in since if started_since(record.before, now)), None)
        return (record.in_state(ACCEPTED), found) if found else None

    def read_again(self, record: TransformationRecord) -> TransformationRecord:
        return record

    def message(self, status: Status, record: TransformationRecord) -> str:
        return f"{self.subject} is running already; joined it" if status is Status.JOINED else self.achieved
