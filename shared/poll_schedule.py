"""Decide when to poll next from the durations of earlier runs. Pure: no clock, no file.

A poll costs a call; an end that is noticed late costs time, which matters more for a short run. The density of polls
(per second) that minimises the sum of both costs is proportional to the square root of hazard / age, where the hazard
is the chance that a run of this age ends within the next second (J. B. Keller, Optimum Checking Schedules for Systems
Subject to Random Failure, Management Science 21, 1974). The hazard is estimated from the earlier runs, each spread a
little, and one imaginary run that may end at any time. If only the imaginary run is left, because no run is known or
this run has outlasted all others, the pause is a tenth of the age. ``benchmarks/polling.py`` simulates it.
"""

from collections.abc import Sequence
from math import exp, log, sqrt

SHARE = 0.1
"""The pause as a share of the age, if only the imaginary run is left."""
SHORTEST, LONGEST = 3.0, 120.0
"""Seconds. The limits of that pause."""
LONGEST_BEFORE = 300.0
"""Seconds. The longest pause while an earlier run took longer than this one so far."""
WIDTH = 0.05
"""How far a run's length may differ from an earlier run's, as a share: the scale of a logistic distribution."""
ANY_TIME = 0.5
"""The imaginary run's chance of ending within the next second is this, divided by its age."""
FEWEST, ALIKE, LEAST_SPREAD = 6, 0.5, 0.05
"""``FEWEST`` or more runs are steady if their lengths differ by less than ``ALIKE`` times their median. The difference
counts as ``LEAST_SPREAD`` times the median at least."""
LONGEST_AT_END = 25.0
"""Seconds. The longest pause at the ages at which steady runs end. Even with jitter it is less than 30 s."""
_STEP, _FIRST_STEP = 0.02, 0.5
"""Width of a step of the integration: a share of the age, but at least so many seconds."""
_NEAR = 12.0
"""Beyond this number of widths a logistic distribution is practically 0 or 1."""


def plain(age: float) -> float:
    """Return the pause at ``age`` (seconds) if nothing is known of earlier runs."""
    return min(max(age * SHARE, SHORTEST), LONGEST)


class Schedule:
    """The pauses of one wait. ``lengths`` are the seconds (> 0) that earlier successful runs took.

    ``failures`` are the seconds that failed runs took: this run may end like them, but they do not count as unsteady.
    ``shortest`` is the shortest pause in seconds. It is longer if one poll costs many calls.
    """

    def __init__(
        self, lengths: Sequence[float] = (), failures: Sequence[float] = (), shortest: float = SHORTEST
    ) -> None:
        self._shortest = shortest
        self._logs = [log(length) for length in (*lengths, *failures)]
        self._longest = max((*lengths, *failures), default=0.0)
        self._first, self._last = _expected(sorted(lengths))

    def pause(self, age: float) -> float:
        """Return the seconds until the next poll of a run that began ``age`` seconds ago."""
        if not self._logs:
            return max(plain(age), self._shortest)
        seconds = self._next(max(age, 1.0), LONGEST_BEFORE if age < self._longest else LONGEST)
        if age < self._first:
            seconds = min(seconds, self._first - age)
        elif age <= self._last:
            seconds = min(seconds, LONGEST_AT_END)
        return max(seconds, self._shortest)

    def _next(self, age: float, longest: float) -> float:
        """Return the seconds until the density of polls has added up to one poll, at most ``longest``."""
        missing, now = 1.0, age
        while now - age < longest:
            step = max(now * _STEP, _FIRST_STEP)
            density = self._density(now + step / 2)
            if density * step >= missing:
                now += missing / density
                break
            missing -= density * step
            now += step
        return min(now - age, longest)

    def _density(self, age: float) -> float:
        """Return the polls per second at ``age``."""
        ending, left, at = ANY_TIME, 1.0, log(age)  # the imaginary run
        for length in self._logs:
            distance = (at - length) / WIDTH
            if distance < _NEAR:
                later = 1.0 / (1.0 + exp(max(distance, -_NEAR)))
                left += later
                ending += later * (1.0 - later) / WIDTH
        return sqrt(ending / left / ANY_TIME) / (age * SHARE)


def _expected(lengths: Sequence[float]) -> tuple[float, float]:
    """Return the ages between which a run ends if ``lengths`` (sorted) are steady, else ages that no run has."""
    if len(lengths) < FEWEST:
        return 0.0, -1.0
    median = lengths[len(lengths) // 2]
    spread = max(lengths[-1] - lengths[0], LEAST_SPREAD * median)
    margin = spread * (1 + FEWEST / len(lengths))  # the fewer runs, the likelier is one beyond them
    return (lengths[0] - margin, lengths[-1] + margin) if spread < ALIKE * median else (0.0, -1.0)
