"""What a trigger leaves behind, under ``variables/``: a sidecar that says everything, and pickles for others.

The sidecar is Slipway's own, named after the run id, or after what was triggered where there is none. The pickles are
contracts with other programs. What stands in them is a vendor's ``Shape``; how they come, go and are read again is
here, once for all. None of them is trusted more than any other file.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Generic, Protocol, TypeVar

from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.errors import ArtifactUnusable, SlipwayError
from shared.untrusted_json import MOST_FILE_BYTES, TooCostly, parsed_file

FOLDER = "variables"
INTENDED, SENDING, ACCEPTED, UNKNOWN, REFUSED = "intended", "sending", "accepted", "unknown", "refused"
"""How far a trigger came: read and not yet sent, being sent, taken, answer lost, refused by policy or API."""
STARTED = frozenset({SENDING, ACCEPTED, UNKNOWN})
STATES = frozenset({INTENDED, REFUSED}) | STARTED
MOST_NAMED = 5
YOUNG = timedelta(hours=28)
"""A retry comes within this time; an older record with the same run id is another run's."""
LOG = "l"
"""What follows a sidecar's name in that of its write-ahead log (``.jsonl``), where it has one."""

T = TypeVar("T", bound="Record")


class Record(Protocol):
    """What is remembered of one trigger. ``subject``: the id of what was triggered, None where it is not known.

    ``execution_time``: the moment before which nothing can be this trigger's, None where that is not known.
    ``is_queued``: the API took it, and it runs later, perhaps much later.
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


def young(record: Record, now: datetime | None) -> bool:
    """Whether a record can be of this run. ``now`` is the server's clock; without it a record counts as young.

    What is queued has no age: it waits for somebody, or for its turn.
    """
    return record.is_queued or now is None or record.execution_time is None or now - record.execution_time < YOUNG


class Shape(Protocol[T]):
    """How one kind of record is written."""

    stem: str
    """What the names of sidecar and pickle end in: ``{run id or subject}_{stem}.json``, ``{run id}_{stem}.pickle``."""
    also: tuple[str, ...]
    """Other pickles, written with the contract's: of the same name for every run."""

    def write(self, record: T) -> Any:
        """A sidecar, as JSON."""
        ...

    def read(self, sidecar: Any, log: Iterable[Any]) -> list[T]:
        """The records of a sidecar (None: there is none) and of the lines of its write-ahead log.

        Raises ValueError, TypeError, KeyError or AttributeError where they are damaged.
        """
        ...

    def pickled(self, record: T) -> Sequence[Any]:
        """What the contract's pickle and the ``also`` hold; nothing where it has not come that far."""
        ...

    def unpickle(self, value: Any) -> list[T]:
        """The records of a contract's pickle. Raises ValueError with what it should hold, where it is damaged."""
        ...

    def official(self, artifacts: Artifacts) -> list[T]:
        """The record that the vendor's own package left, which knows no run ids; [] where there is none."""
        ...


def sidecar_of(shape: Shape[T], owner: str | None) -> str:
    """``owner`` is the run id, else the subject; None for a run about several that has no run id."""
    return _named(owner, shape.stem, "json")


def lock_of(shape: Shape[T], owner: str | None) -> str:
    """The name of the file that is locked while that sidecar's run triggers."""
    return _named(owner, shape.stem, "lock")


def pickle_of(shape: Shape[T], run_id: str | None) -> str:
    return _named(run_id, shape.stem, "pickle")


def _named(owner: str | None, stem: str, ending: str) -> str:
    return f"{owner}_{stem}.{ending}" if owner else f"{stem}.{ending}"


class Records(Generic[T]):
    """The files of one run about one subject."""

    def __init__(
        self, artifacts: Artifacts, shape: Shape[T], *, run_id: str | None, subject: str, say: Callable[[str], None]
    ) -> None:
        self._artifacts = artifacts
        self._shape = shape
        self._run_id = run_id
        self._subject = subject
        self._say = say
        self._name = sidecar_of(shape, run_id or subject)
        self.lock_name = lock_of(shape, run_id or subject)
        self._pickles = (pickle_of(shape, run_id), *shape.also)
        self._others: list[str] = []  # what else the sidecar is about that this run replaces

    def read(self) -> T | None:
        """This run's own record of the subject, from an earlier try. Without a run id there is no telling a retry."""
        if self._run_id is None:
            return None
        found = read_sidecar(self._artifacts, self._shape, self._name)
        self._others = [str(one.subject) for one in found if one.subject != self._subject]
        return next((one for one in found if one.subject == self._subject), None)

    def clear(self) -> None:
        """Remove what earlier runs left: yesterday's files must not answer for today's failure."""
        self._warn()
        sidecars = {self._name} if self._run_id else {self._name, sidecar_of(self._shape, None)}
        for name in (*self._pickles, *sorted(sidecars), *(name + LOG for name in sorted(sidecars))):
            self._artifacts.remove(FOLDER, name)

    def write(self, record: T) -> None:
        """Write the sidecar, and the pickles where it has come that far."""
        self._warn()
        self._artifacts.write(FOLDER, self._name, (json.dumps(self._shape.write(record), indent=2) + "\n").encode())
        self._artifacts.remove(FOLDER, self._name + LOG)  # of a batch that was killed: it would speak the last word
        for name, value in zip(self._pickles, self._shape.pickled(record), strict=False):
            self._artifacts.write(FOLDER, name, pickles.dumps(value))

    def _warn(self) -> None:
        """Say it once, before the records of something else are gone."""
        others, self._others = self._others, []
        if others:
            where = self._artifacts.path(FOLDER, self._name)
            self._say(replaces(where, others, self._subject, str(self._run_id)))


def read_sidecar(artifacts: Artifacts, shape: Shape[T], name: str) -> list[T]:
    """The records of a sidecar and its log, [] where there is none. Raises ArtifactUnusable where it is damaged."""
    sidecar, log = artifacts.read(FOLDER, name, MOST_FILE_BYTES), artifacts.read(FOLDER, name + LOG)
    if sidecar is None and log is None:
        return []
    try:
        # What follows a log's last line break was cut off: it was not written. Any other line that cannot be read is
        # damage, because whoever writes there puts a new line in the place of one that was cut off.
        lines = (parsed_file(line) for line in (log or b"").split(b"\n")[:-1])
        found = None if sidecar is None else parsed_file(sidecar)
        if sidecar is not None and found is None:
            raise ValueError("null is no record")
        return shape.read(found, lines)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SlipwayError) as error:
        why = str(error) if isinstance(error, TooCostly) else type(error).__name__
        where = artifacts.path(FOLDER, name)
        raise ArtifactUnusable(f"{where} is damaged ({why}); remove it and trigger again") from error


def read_pickle(artifacts: Artifacts, shape: Shape[T], run_id: str | None) -> list[T]:
    """The records of a contract's pickle, [] where there is none. Raises ArtifactUnusable where it is anything else."""
    name = pickle_of(shape, run_id)
    if (value := unpickled(artifacts, name)) is None:
        return []
    try:
        return shape.unpickle(value)
    except ValueError as error:
        where = artifacts.path(FOLDER, name)
        raise ArtifactUnusable(f"{where} holds no {error}; remove it and trigger again") from error


def unpickled(artifacts: Artifacts, name: str) -> Any:
    """The plain data of a pickle, None where there is no file. Raises ArtifactUnusable where it is refused."""
    content = artifacts.read(FOLDER, name, pickles.MOST_BYTES)
    if content is None:
        return None
    try:
        if (found := pickles.loads(content)) is None:
            raise pickles.RefusedPickle("it holds None")  # which is not the same as no pickle
        return found
    except pickles.RefusedPickle as error:
        where = artifacts.path(FOLDER, name)
        raise ArtifactUnusable(f"{where} was not read: {error}; remove it and trigger again") from error


def is_moment(value: Any) -> bool:
    """An aware datetime that UTC can express: 9999-12-31 west of Greenwich cannot."""
    try:
        return isinstance(value, datetime) and value.tzinfo is not None and bool(value.astimezone(timezone.utc))
    except OverflowError:
        return False


def replaces(where: str, theirs: Collection[str], ours: str, run_id: str) -> str:
    """The warning before the sidecar of a run with the same id about something else is replaced."""
    more = f" and {len(theirs) - MOST_NAMED} more" if len(theirs) > MOST_NAMED else ""
    about = f"{', '.join(sorted(theirs)[:MOST_NAMED])}{more}"
    return (
        f"Slipway: warning: {where} was left by a run about {about} and is replaced by this one's about {ours}: both "
        f"have the run id {run_id}. Give each step a SLIPWAY_RUN_ID of its own, or one finds the other's files"
    )
