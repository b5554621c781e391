"""Random histories of a transformation against the rule that says which end is that of the run that we started.

As for connectors (``tests/fivetran/test_stamps_model.py``): any reading may come from a replica that lags, or lack the
stamps, and the clocks behind ``Date`` and the stamps may be apart. A verdict is false where it says success though
neither our run nor a later one has succeeded by then, and failure likewise.
"""

import random
from collections import Counter

import pytest

from shared.exit_codes import ExitCode
from shared.fivetran.transformations import transformation as module
from shared.fivetran.transformations.transformation import Transformation
from shared.fivetran.transformations.wait import RunWatch
from shared.timestamps import write
from tests.fivetran.samples import at
from tests.soak import SEED, SHARE, amount, tell

HISTORIES = amount(10, 1000)
PATIENCE = 8000.0
"""Seconds after the end of our run for which the wait goes on."""
LAGS = ["exact", "missing", "idle", "running"]
"""What the reading before the start, and those of the first seconds after it, show: the truth, no stamps, or the moment
just before the last run, or in the middle of it."""


class Played:
    """One run: seconds since the start, and how it ended."""

    def __init__(self, start: float, end: float, *, ok: bool) -> None:
        self.start, self.end, self.ok = start, end, ok


class Life:
    """What truly happened. We start our run at 0."""

    def __init__(self, chance: random.Random) -> None:
        last = -chance.choice((3, 20, 60, 200, 900, 3600, 86400)) * chance.uniform(0.5, 1.5)
        took = chance.choice((5, 60, 900))
        earlier = Played(last - took - 7200, last - took - 3600, ok=chance.random() < 0.7)
        self.past = [earlier, Played(last - took, last, ok=chance.random() < 0.7)]
        start = chance.choice((0, 0.5, 3, 10, 25))
        end = start + chance.choice((2, 20, 120, 900, 7200)) * chance.uniform(0.5, 1.5)
        self.ours = Played(start, end, ok=chance.random() < 0.75)
        following = Played(end + 30, end + 90, ok=chance.random() < 0.75)
        self.later = [self.ours, *([following] if chance.random() < 0.3 else [])]

    def behind(self, how: str) -> float:
        """How many seconds a reading that lags is behind at the start."""
        last = self.past[-1]
        return {"idle": -last.start + 1, "running": -(last.start + last.end) / 2}.get(how, 0.0)

    def read(self, seconds: float, how: str, clocks: tuple[float, float], lag: float = 0.0) -> Transformation:
        date, stamps = clocks
        shown = seconds - max(self.behind(how), lag)
        status, started, ended = "NEW", None, None
        for run in [*self.past, *self.later]:
            if run.start <= shown:
                started, status = at(run.start + stamps), "RUNNING"
            if run.end <= shown:
                ended, status = at(run.end + stamps), "SUCCEEDED" if run.ok else "FAILED"
        if how == "missing":
            started = ended = None
        data = {"id": "a_b", "status": status, "last_started_at": started and write(started)}
        moment = at(seconds + date).replace(microsecond=0)
        return Transformation({**data, "last_ended_at": ended and write(ended)}, read_at=moment)


def play(first: str, second: str, clocks: tuple[float, float]) -> Counter[str]:
    """Verdicts of many waits: true ones, false ones, and how many never came."""
    chance = random.Random(f"{SEED} {first} {second} {clocks}")
    seen: Counter[str] = Counter()
    for _ in range(HISTORIES):
        life = Life(chance)
        now = [0.5]
        watch = RunWatch(life.read(-0.2, first, clocks), lambda now=now: now[0])
        until = chance.choice((1, 5, 20)) if second != "exact" else 0.0  # the second replica lags for so long
        while now[0] < life.ours.end + PATIENCE:
            lags = now[0] < until or (second != "exact" and chance.random() < 0.1)  # and now and then later
            how = second if lags and now[0] < life.ours.end + 60 else "exact"
            judged, final = watch.judge(life.read(now[0], how, clocks, lag=chance.choice((0, 0, 0, 2))))
            if final:
                ok = judged.code == ExitCode.DONE
                truth = any(run.ok is ok for run in life.later if run.end <= now[0])
                seen[f"{'true' if truth else 'false'} {'success' if ok else 'failure'}"] += 1
                break
            now[0] += max(3.0, min(120.0, now[0] * 0.1))
        else:
            seen["never"] += 1
    tell({"transformations": seen.total(), **{f"{name} of one": count for name, count in seen.items()}})
    return seen


def false(seen: Counter[str]) -> int:
    return seen["false success"] + seen["false failure"]


AGREE = [(0, 0), (2, 0), (20, 0), (90, 0), (3600, 0)]
"""``Date`` is ahead of the stamps by these seconds, or not at all."""
AHEAD = [(0, 2), (0, 20), (0, 90), (0, 3600)]


@pytest.mark.parametrize("clocks", AGREE)
@pytest.mark.parametrize("first", LAGS)
def test_no_end_from_before_the_start_counts_whichever_readings_lag(first: str, clocks: tuple[float, float]) -> None:
    for second in LAGS:
        seen = play(first, second, clocks)
        assert false(seen) == 0, (second, seen)
        assert seen["never"] <= (max(3, 0.15 * HISTORIES) if any(clocks) else 0), (
            second,
            seen,
        )  # shorter than a poll's pause


@pytest.mark.parametrize("clocks", AHEAD)
@pytest.mark.parametrize("first", LAGS)
def test_where_stamps_are_ahead_of_date_a_false_verdict_needs_a_first_reading_that_lags_too(
    first: str, clocks: tuple[float, float]
) -> None:
    """What is left is in docs/unverified.md."""
    for second in LAGS:
        seen = play(first, second, clocks)
        left = 0.0 if "exact" in (first, second) else max(0.0 if SHARE else 3.0, 0.04 * HISTORIES)
        assert false(seen) <= left, (second, seen)
        assert seen["never"] == 0, (second, seen)


def test_the_model_tells_a_rule_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """That an end need only be newer than before once a run was seen, was the rule: a replica showed it both."""
    monkeypatch.setattr(module, "end_counts_after", lambda before, now, seen, started: 0.0 if seen else None)
    assert false(play("idle", "running", (0, 0))) > HISTORIES / 20
