"""Let one process at a time trigger for a run: a zombie and its retry, or a job that a control plane starts twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from shared.artifacts.record_store import FOLDER
from shared.errors import TriggerUnknown
from shared.http.deadline import Deadline
from shared.program.run import Run
from shared.timestamps import span

AGAIN = 0.25
"""Seconds until a lock that another process holds is tried again."""


@contextmanager
def exclusive(run: Run, name: str | None, seconds: float) -> Iterator[None]:
    """Hold the lock ``variables/{name}`` while the block triggers; wait up to ``seconds`` for another process's.

    It is a ``flock`` on a file that stays, so a process that is killed leaves none. None, or a dry run: nothing is
    locked. Raises TriggerUnknown (202) where the other process holds it for longer, ArtifactUnusable (207) where the
    file cannot be made. Where the file system has no locks, that is said and the run goes on.
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
            run.say("Slipway: another process of this run is triggering; waiting until it has, to join what it starts")
            said = True
        run.sleep(min(AGAIN, deadline.remaining))


def _taken(run: Run, descriptor: int, name: str) -> bool:
    """Whether this process may go on."""
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
