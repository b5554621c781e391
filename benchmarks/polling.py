"""How late a wait notices the end of a run, and for how many calls: fixed intervals beside Slipway's own schedule.

A simulation over runs of invented connectors, the same ones every time; nothing is measured. ``python -m
benchmarks.polling`` writes the table into docs/benchmarks.md and the picture docs/images/polling.svg.
"""

import math
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from shared.polling import JITTER

SHORTEST, LONGEST = 20.0, 4 * 3600.0
"""Seconds. No run is shorter or longer."""
CONNECTORS = 40
"""Of each kind."""
RUNS = 40
"""Of each connector."""
REMEMBERED = 20
KINDS = ("steady", "heavy-tailed", "two lengths")
Pause = Callable[[float], float]


class Connector(NamedTuple):
    """One invented connector: the lengths of its runs in seconds, in order."""

    kind: str
    runs: list[float]


def connectors(chance: Random) -> Iterator[Connector]:
    """The whole mix. Medians are as likely between 20 and 40 s as between 2 and 4 h."""
    for kind in KINDS:
        for number in range(CONNECTORS):
            share = (number + chance.random()) / CONNECTORS  # evenly: a few connectors are to represent many
            median = SHORTEST * (LONGEST / SHORTEST) ** share
            yield Connector(kind, lengths(kind, median, chance))


def lengths(kind: str, median: float, chance: Random) -> list[float]:
    """One connector's runs.

    Steady runs are within 10 % of their median, most within 5 %. A heavy tail is log-normal: one in ten takes more than
    twice as long. Of two lengths, say a few changes and everything, the longer one comes once in five runs.
    """
    factor = chance.uniform(4, 12)

    def one() -> float:
        if kind == "steady":
            return min(max(chance.gauss(1, 0.04), 0.9), 1.1)
        if kind == "heavy-tailed":
            return math.exp(chance.gauss(0, 0.6))
        return chance.gauss(1, 0.06) * (factor if chance.random() < 0.2 else 1)

    return [min(max(median * one(), SHORTEST), LONGEST) for _ in range(RUNS)]


def noticed(length: float, pause: Pause, chance: Random) -> tuple[float, int]:
    """Simulate one wait. Return how many seconds after its end a run was seen to have ended, and the polls."""
    age, polls = 0.0, 1  # the first comes at once
    while age < length:
        age += pause(age) * (1 + JITTER * chance.uniform(-1, 1))
        polls += 1
    return age - length, polls
