"""How long the last run of a connector or connection took, for a person who watches the next one.

It is in ``variables/{id}_last_run.json``, which only a wait in a terminal reads and writes.
"""

import json
from datetime import datetime

from shared.artifacts.files import Artifacts
from shared.errors import ArtifactUnusable
from shared.program.run import Run
from shared.program.run_id import safe_name

FOLDER = "variables"
LONGEST = 30 * 86400.0
"""Seconds. A longer run is a mistake of some clock."""
MOST_BYTES = 1000
"""A file of ours is far shorter. Any other is not even parsed, since the folder may be shared."""


def last_took(artifacts: Artifacts, subject: str) -> float | None:
    """Return the seconds, None if no usable record says them: nothing depends on it."""
    try:
        found = json.loads(artifacts.read(FOLDER, _name(subject), MOST_BYTES) or b"null")
    except (ArtifactUnusable, ValueError, RecursionError):
        return None
    seconds = found.get("seconds") if isinstance(found, dict) else None
    usable = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= LONGEST
    return float(seconds) if usable and seconds is not None else None


def remember(run: Run, subject: str, began: datetime, ended: datetime) -> None:
    """Keep the length of a run that has ended. A file that cannot be written is a warning."""
    seconds = (ended - began).total_seconds()
    if 0 < seconds <= LONGEST:
        try:
            run.artifacts.write(FOLDER, _name(subject), json.dumps({"seconds": seconds}).encode(), listed=False)
        except ArtifactUnusable as unusable:
            run.say(f"Slipway: warning: {unusable.message}")


def _name(subject: str) -> str:
    return f"{safe_name(subject)}_last_run.json"  # an id may come from an answer
