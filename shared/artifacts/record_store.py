"""Read and write the records of triggers under ``variables/``: a sidecar with everything, and pickles for others.

The sidecar is Slipway's own. It is named after the run id or, without one, after what was triggered. The pickles are
contracts with other programs. A vendor's ``record_shape.Shape`` defines their content; this module writes, removes and
reads them. No file is trusted: whatever is read is bounded and checked.
"""

import json
from collections.abc import Callable, Collection
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.artifacts import many_records, pickles
from shared.artifacts.files import Artifacts
from shared.errors import ArtifactUnusable, SlipwayError
from shared.untrusted_json import TooCostly

if TYPE_CHECKING:
    from shared.artifacts.record_shape import Record, Shape

FOLDER = "variables"
INTENDED, SENDING, ACCEPTED, UNKNOWN, REFUSED = "intended", "sending", "accepted", "unknown", "refused"
"""States of a trigger: not yet sent, being sent, accepted, answer lost, refused by a policy or the API."""
STARTED = frozenset({SENDING, ACCEPTED, UNKNOWN})
STATES = frozenset({INTENDED, REFUSED}) | STARTED
MOST_NAMED = 5
YOUNG = timedelta(hours=28)
"""Retries come within this time. An older record with the same run id belongs to another run."""
_MOST_OF_ONE = 1024
"""Bytes of a pickle about one subject."""
LOG = "l"
"""Appended to a sidecar's name, this is the name of its write-ahead log (``.jsonl``)."""

T = TypeVar("T", bound="Record")


def young(record: "Record", now: datetime | None) -> bool:
    """Return whether a record is recent enough to belong to this run.

    ``now`` is the server's clock. Without it, and for what is queued, every record counts as young.
    """
    return record.is_queued or now is None or record.execution_time is None or now - record.execution_time < YOUNG


def sidecar_of(shape: "Shape[T]", owner: str | None) -> str:
    """Return a sidecar's name. ``owner``: the run id, else the subject, else (a batch without run id) None."""
    return _named(owner, shape.stem, "json")


def lock_of(shape: "Shape[T]", owner: str | None) -> str:
    """Return the name of the file that is locked while a run triggers."""
    return _named(owner, shape.stem, "lock")


def pickle_of(shape: "Shape[T]", run_id: str | None) -> str:
    return _named(run_id, shape.stem, "pickle")


def _named(owner: str | None, stem: str, ending: str) -> str:
    return f"{owner}_{stem}.{ending}" if owner else f"{stem}.{ending}"


class Records(Generic[T]):
    """The files of one run about one subject."""

    def __init__(
        self, artifacts: Artifacts, shape: "Shape[T]", *, run_id: str | None, subject: str, say: Callable[[str], None]
    ) -> None:
        self._artifacts = artifacts
        self._shape = shape
        self._run_id = run_id
        self._subject = subject
        self._say = say
        self._name = sidecar_of(shape, run_id or subject)
        self.lock_name = lock_of(shape, run_id or subject)
        self._pickles = (pickle_of(shape, run_id), *shape.also)
        self._others: list[str] = []  # subjects in the sidecar that this run replaces

    def read(self) -> T | None:
        """Return the record that an earlier try of this run left. Without a run id a retry cannot be recognised."""
        if self._run_id is None:
            return None
        found = read_sidecar(self._artifacts, self._shape, self._name)
        self._others = [str(one.subject) for one in found if one.subject != self._subject]
        return next((one for one in found if one.subject == self._subject), None)

    def clear(self) -> None:
        """Remove the files of earlier runs, so that a check after a failure does not read them."""
        self._warn()
        sidecars = {self._name} if self._run_id else {self._name, sidecar_of(self._shape, None)}
        for name in (*self._pickles, *sorted(sidecars), *(name + LOG for name in sorted(sidecars))):
            self._artifacts.remove(FOLDER, name)

    def write(self, record: T) -> None:
        """Write the sidecar and, once there is something to say in them, the pickles."""
        self._warn()
        self._artifacts.write(FOLDER, self._name, (json.dumps(self._shape.write(record), indent=2) + "\n").encode())
        self._artifacts.remove(FOLDER, self._name + LOG)  # left by a batch that was killed; it would take precedence
        for name, value in zip(self._pickles, self._shape.pickled(record), strict=False):
            self._artifacts.write(FOLDER, name, pickles.dumps(value))

    def _warn(self) -> None:
        """Warn once before records about other subjects are removed."""
        others, self._others = self._others, []
        if others:
            where = self._artifacts.path(FOLDER, self._name)
            self._say(replaces(where, others, self._subject, str(self._run_id)))


def read_sidecar(artifacts: Artifacts, shape: "Shape[T]", name: str) -> list[T]:
    """Return the records of a sidecar and its log, [] if there is none. Raises ArtifactUnusable if it is damaged."""
    with artifacts.opened(FOLDER, name) as sidecar, artifacts.opened(FOLDER, name + LOG) as log:
        if sidecar is None and log is None:
            return []
        try:
            found = None if sidecar is None else many_records.parsed_sidecar(sidecar)
            if sidecar is not None and found is None:
                raise ValueError("null is no record")
            return shape.read(found, () if log is None else many_records.parsed_log(log))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SlipwayError) as error:
            why = str(error) if isinstance(error, TooCostly) else type(error).__name__
            where = artifacts.path(FOLDER, name)
            raise ArtifactUnusable(f"{where} is damaged ({why}); remove it and trigger again") from error


def read_pickle(artifacts: Artifacts, shape: "Shape[T]", run_id: str | None) -> list[T]:
    """Return the records of a pickle, [] if there is none. Raises ArtifactUnusable if it is damaged."""
    name = pickle_of(shape, run_id)
    if (value := unpickled(artifacts, name)) is None:
        return []
    try:
        return shape.unpickle(value)
    except ValueError as error:
        where = artifacts.path(FOLDER, name)
        raise ArtifactUnusable(f"{where} holds no {error}; remove it and trigger again") from error


def pickle_is_of_one(artifacts: Artifacts, shape: "Shape[T]") -> bool:
    """Return whether the pickle without run id is small enough for one trigger. Reading one of thousands is slow."""
    with artifacts.opened(FOLDER, pickle_of(shape, None)) as file:
        return file is not None and len(file.read(_MOST_OF_ONE + 1)) <= _MOST_OF_ONE


def unpickled(artifacts: Artifacts, name: str) -> Any:
    """Return the plain data of a pickle, None if there is no file. Raises ArtifactUnusable if it is refused."""
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
    """Return whether this is an aware datetime that UTC can express (9999-12-31 west of Greenwich cannot be)."""
    try:
        return isinstance(value, datetime) and value.tzinfo is not None and bool(value.astimezone(timezone.utc))
    except OverflowError:
        return False


def replaces(where: str, theirs: Collection[str], ours: str, run_id: str) -> str:
    """Return the warning that another run's sidecar, with the same run id, is replaced."""
    more = f" and {len(theirs) - MOST_NAMED} more" if len(theirs) > MOST_NAMED else ""
    about = f"{', '.join(sorted(theirs)[:MOST_NAMED])}{more}"
    return (
        f"Slipway: warning: {where} was left by a run about {about} and is replaced by this one's about {ours}: both "
        f"have the run id {run_id}. Give each step a SLIPWAY_RUN_ID of its own, or one finds the other's files"
    )
