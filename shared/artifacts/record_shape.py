"""Declare what the record of a trigger has and how a vendor writes it to files, for ``record_store`` and batches.

Only type checkers load this module.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from shared.artifacts.files import Artifacts

T = TypeVar("T", bound="Record")


class Record(Protocol):
    """What is stored about one trigger.

    ``subject``: the id of what was triggered, None if it is not known. ``execution_time``: the moment of the trigger by
    the server's clock, None if it is not known. ``is_queued``: the API accepted it, and it runs later.
    """

    @property
    def subject(self) -> str | None: ...
    @property
    def state(self) -> str: ...
    @property
    def execution_time(self) -> datetime | None: ...
    @property
    def is_queued(self) -> bool: ...

    def in_state(self: "T", state: str) -> "T":
        """Return this record with another state."""
        ...


class Shape(Protocol[T]):
    """How one kind of record is written."""

    stem: str
    """The file names are ``{run id or subject}_{stem}.json`` and ``{run id}_{stem}.pickle``."""
    also: tuple[str, ...]
    """Names of further pickles. They are the same for every run."""

    def write(self, record: T) -> Any:
        """Return the sidecar's JSON."""
        ...

    def read(self, sidecar: Any, log: Iterable[Any]) -> list[T]:
        """Return the records of a sidecar (None if there is none) and of the lines of its write-ahead log.

        Raises ValueError, TypeError, KeyError or AttributeError if they are damaged.
        """
        ...

    def pickled(self, record: T) -> Sequence[Any]:
        """Return the content of the pickle and of those in ``also``; empty as long as there is nothing to write."""
        ...

    def unpickle(self, value: Any) -> list[T]:
        """Return the records of a pickle. Raises ValueError, which says what it should hold, if it is damaged."""
        ...

    def official(self, artifacts: Artifacts) -> list[T]:
        """Return the record that the official package left, which has no run ids; [] if there is none."""
        ...


class ManyShape(Shape[T], Protocol[T]):
    """How the records of many are written. ``noun`` is the name of the sidecar's list, such as ``connectors``."""

    noun: str

    def entry(self, record: T) -> Any:
        """Return one record as an entry of the list and of the log, ready for JSON."""
        ...

    def unsent(self, subject: str, now: datetime, state: str) -> T | None:
        """Return the record of a subject for which nothing was sent, None if ``subject`` is not an id."""
        ...

    def pickled_all(self, records: Iterable[T]) -> list[Any]:
        """Return the content of the pickle; empty if there is nothing to write yet."""
        ...
