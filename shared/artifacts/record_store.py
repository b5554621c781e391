"""Reading what a step before left under ``variables/``: pickles and sidecars, trusted no more than any file."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from shared.artifacts import pickles
from shared.artifacts.files import Artifacts
from shared.errors import ArtifactUnusable, SlipwayError
from shared.untrusted_json import MOST_FILE_BYTES, TooCostly, parsed_file

T = TypeVar("T")

FOLDER = "variables"
INTENDED, SENDING, ACCEPTED, UNKNOWN, REFUSED = "intended", "sending", "accepted", "unknown", "refused"
"""How far a trigger came: read and not yet sent, being sent, taken, answer lost, refused by policy or API."""
STARTED = frozenset({SENDING, ACCEPTED, UNKNOWN})
STATES = frozenset({INTENDED, REFUSED}) | STARTED
MOST_NAMED = 5
YOUNG = timedelta(hours=28)
"""A retry comes within this time; an older trace with the same run id is another run's."""


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


def sidecar(artifacts: Artifacts, name: str, build: Callable[[Any], T]) -> T | None:
    """What ``build`` makes of a JSON file, None where there is none. Raises ArtifactUnusable where it is damaged."""
    content = artifacts.read(FOLDER, name, MOST_FILE_BYTES)
    if content is None:
        return None
    try:
        return build(parsed_file(content))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SlipwayError) as error:
        raise damaged(artifacts, name, error) from error


def damaged(artifacts: Artifacts, name: str, error: Exception) -> ArtifactUnusable:
    """What is said of a JSON file that ``error`` was raised about."""
    why = str(error) if isinstance(error, TooCostly) else type(error).__name__
    return ArtifactUnusable(f"{artifacts.path(FOLDER, name)} is damaged ({why}); remove it and trigger again")


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
