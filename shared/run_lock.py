"""Let only one process of a run trigger at a time, even if a retry overlaps its predecessor or a job starts twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from shared.artifacts.record_store import FOLDER
from shared.errors import TriggerUnknown
from shared.http.deadline import Deadline
from shared.program.run import Run
from shared.timestamps import span

AGAIN = 0.25
"""Seconds until a lock that another process holds is tried again."""


@contextmanager
def exclusive(run: Run, name: str | None, seconds: float) -> Iterator[None]:
    """Hold the lock ``variables/{name}`` while the block triggers. Wait up to ``seconds`` if another process holds it.

    The lock is a ``flock``, which ends with its process; the file is never deleted. If ``name`` is None, and in a dry
    run, nothing is locked. Raise TriggerUnknown (202) if the other process holds it longer, ArtifactUnusable (207) if
    the file cannot be created. If the file system has no locks, write a warning and go on.
    https://man7.org/linux/man-pages/man2/flock.2.html
    """
    if name is None or run.dry_run:
        yield
        return
    descriptor = run.artifacts.open_lock(FOLDER, name)
    try:
        _wait_for(run, descriptor, name, Deadline(seconds, run.clock))
        yield
    finally:
        with suppress(OSError):  # a network's file system may report an error; the lock has ended in any case
            os.close(descriptor)


def _wait_for(run: Run, descriptor: int, name: str, deadline: Deadline) -> None:
    said = False
    while not _taken(run, descriptor, name):
        if deadline.reached:
            raise TriggerUnknown(
                f"another process of this run has been triggering for {span(deadline.seconds)}; nothing was sent here, "
                f"and what it sends is not known (it holds {run.artifacts.path(FOLDER, name)}). Retry with the same "
                "run id, or give each step a SLIPWAY_RUN_ID of its own"
            )
        if not said:
            run.say("Slipway: another process of this run is triggering; waiting for it, to join what it starts")
            said = True
        run.sleep(min(AGAIN, deadline.remaining))


def _taken(run: Run, descriptor: int, name: str) -> bool:
    """Try to take the lock. Return False if another process holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        where = run.artifacts.path(FOLDER, name)
        run.say(
            f"Slipway: warning: {where} cannot be locked ({error.strerror}), so two processes with one run id at the "
            "same moment could both trigger"
        )
    return True
