"""Declare what a vendor defines to trigger a sync, a job or a transformation by ``send_once``.

Only type checkers load this module.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from shared.artifacts.record_shape import Record
from shared.confirmation import Api
from shared.errors import SlipwayError
from shared.http.response import Answer
from shared.status import Status


class Reading(Protocol):
    """What the API showed at one time."""

    @property
    def answer(self) -> Answer: ...


A = TypeVar("A", bound=Api)
R = TypeVar("R", bound=Reading)
T = TypeVar("T", bound=Record)


class Store(Protocol[T]):
    """Where the record of one trigger is kept: ``record_store.Records``, or a batch's.

    ``lock_name``: the file to lock, None if nothing is to be locked or the caller holds the lock.
    """

    @property
    def lock_name(self) -> str | None: ...

    def read(self) -> T | None:
        """Return the record that an earlier try of this run left."""
        ...

    def clear(self) -> None:
        """Remove the files of earlier runs, so that a check after a failure does not read them."""
        ...

    def write(self, record: T) -> None: ...


class Operation(Protocol[A, R, T]):
    """What is particular to one trigger.

    Messages use ``subject``, the id of what is triggered; ``noun``, what that starts (``sync``); and ``achieved``, a
    clause that is true once the request was accepted, whatever fails afterwards.
    """

    api: A
    vendor: str
    subject: str
    noun: str
    achieved: str

    def read(self, api: A) -> R:
        """Read the current state."""
        ...

    def intended(self, before: R) -> T:
        """Return the record of a trigger that has sent nothing yet."""
        ...

    def unread(self, now: datetime | None) -> T | None:
        """Return the record of a trigger whose first reading failed, None if none is kept.

        ``now``: the server's clock, None if it is not known.
        """
        ...

    def is_same(self, earlier: T) -> bool:
        """Return whether an earlier record is about the same request."""
        ...

    def joins(self, earlier: T, now: R) -> T | None:
        """Return the record of what a retry joins, None if there is nothing to join."""
        ...

    def may_show_late(self, earlier: T, now: R) -> bool:
        """Return whether an earlier try's request may have arrived although no reading shows that yet."""
        ...

    def allow(self, before: R, record: T) -> tuple[Status, T]:
        """Apply the policies. Return TRIGGERED if the request may be sent, else JOINED or SKIPPED; and the record.

        Raises a SlipwayError if nothing may be sent.
        """
        ...

    def send(self, record: T) -> tuple[T, Answer]:
        """Send the request. Return the record of what was started, and the answer."""
        ...

    def turned_away(self, record: T, error: SlipwayError) -> T:
        """Handle a refusal. Return the record of what is running already and is joined, else raise ``error``."""
        ...

    def found(self, record: T, since: Iterator[R]) -> tuple[T, R] | None:
        """Search the readings ``since`` the request. Return what was started and the reading that shows it."""
        ...

    def read_again(self, record: T) -> T:
        """Read once more, right after the request. Return the record with that reading."""
        ...

    def message(self, status: Status, record: T) -> str:
        """Return the sentence for an outcome: TRIGGERED, JOINED, or SKIPPED if ``allow`` returns that."""
        ...
