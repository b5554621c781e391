"""How long the last runs of a connector or connection took, to time the polls of the next one and show its progress.

``variables/{id}_durations.json`` has the last twenty runs whose end a wait saw. It is not part of a run's record: only
the timing of polls depends on it. Of two waits at the same time, one may overwrite the other's run.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shared import timestamps
from shared.errors import ArtifactUnusable
from shared.poll_schedule import Schedule
from shared.program.run import Run
from shared.program.run_id import safe_name
from shared.untrusted_json import parsed_file

FOLDER = "variables"
SCHEMA = 1
MOST = 20
LONGEST = 30 * 86400.0
"""Seconds. A longer duration means that a clock was wrong."""
MOST_BYTES = 8192
"""Slipway's own file is at most half as long. Others may write to the folder, so a longer file is not parsed."""
SUCCEEDED, FAILED = "succeeded", "failed"


class PastRun(NamedTuple):
    """One run. Its times are by the server's clock."""

    started_at: datetime
    ended_at: datetime
    outcome: str

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.started_at).total_seconds()

    @property
    def usable(self) -> bool:
        return 0 < self.seconds <= LONGEST and self.outcome in (SUCCEEDED, FAILED)


class PastRuns:
    """The last runs of ``subject`` (an id), oldest first. An unusable file is ignored with one warning."""

    def __init__(self, run: Run, subject: str) -> None:
        self._run = run
        self._name = f"{safe_name(subject)}_durations.json"  # an id may come from an answer
        self._warned = False
        self._runs = self._read()

    @property
    def known(self) -> bool:
        """Whether any run is known."""
        return bool(self._runs)

    @property
    def last_took(self) -> float | None:
        """The duration of the last successful run in seconds, None if none is known."""
        return next((one.seconds for one in reversed(self._runs) if one.outcome == SUCCEEDED), None)

    @property
    def typical(self) -> float | None:
        """The median duration of successful runs in seconds, None if none is known."""
        lengths = sorted(self._lengths(SUCCEEDED))
        return lengths[len(lengths) // 2] if lengths else None

    def schedule(self) -> Schedule:
        """Return when to poll for the end of the next run."""
        return Schedule(self._lengths(SUCCEEDED), self._lengths(FAILED))

    def keep(self, started_at: datetime | None, ended_at: datetime | None, *, succeeded: bool) -> None:
        """Add a run to the file, unless its times are unknown or impossible. It replaces a run with the same start."""
        if started_at is None or ended_at is None:
            return
        latest = PastRun(started_at, ended_at, SUCCEEDED if succeeded else FAILED)
        if not latest.usable:
            return
        self._runs = [*(one for one in self._runs if one.started_at != started_at), latest][-MOST:]
        written = [
            {
                **one._asdict(),
                "started_at": timestamps.write(one.started_at),
                "ended_at": timestamps.write(one.ended_at),
            }
            for one in self._runs
        ]
        try:
            content = json.dumps({"schema": SCHEMA, "runs": written}).encode()
            self._run.artifacts.write(FOLDER, self._name, content, listed=False)
        except ArtifactUnusable as unusable:
            self._warn(unusable.message)

    def learn(self, runs: Iterable[PastRun]) -> None:
        """Replace the known runs by ``runs``, for this wait. ``keep`` writes them together with this wait's run."""
        self._runs = sorted(one for one in runs if one.usable)[-MOST:]

    def _lengths(self, outcome: str) -> list[float]:
        return [one.seconds for one in self._runs if one.outcome == outcome]

    def _read(self) -> list[PastRun]:
        try:
            content = self._run.artifacts.read(FOLDER, self._name, MOST_BYTES)
            return [] if content is None else _parsed(content)
        except ArtifactUnusable as unusable:
            self._warn(unusable.message)
        except (ValueError, TypeError, KeyError, AttributeError):
            path = self._run.artifacts.path(FOLDER, self._name)
            self._warn(f"{path} does not have the lengths of earlier runs and is not used")
        return []

    def _warn(self, text: str) -> None:
        if not self._warned:
            self._run.say(f"Slipway: warning: {text}")
        self._warned = True


def _parsed(content: bytes) -> list[PastRun]:
    """Return a file's usable runs. Raise ValueError, TypeError, KeyError or AttributeError if it is damaged."""
    runs = [_run(one) for one in parsed_file(content)["runs"]]
    return [one for one in runs if one.usable][-MOST:]


def _run(found: Mapping[str, Any]) -> PastRun:
    started_at, ended_at = timestamps.parse(found["started_at"]), timestamps.parse(found["ended_at"])
    return PastRun(started_at, ended_at, str(found["outcome"]))
