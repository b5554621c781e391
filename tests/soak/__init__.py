"""Random tests: a few in ``make test``, many in ``make soak``.

SLIPWAY_SOAK is the share of a whole soak to play (0.1 is a tenth). Without it the few of ``make test`` are played.
``__main__`` plays all parts and prints one table. Each module here that plays something also runs by itself, ``python
-m tests.soak.kills 500``: it prints its figures and exits with 1 if something was wrong.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

SHARE = float(os.environ.get("SLIPWAY_SOAK") or 0)
SEED = int(os.environ.get("SLIPWAY_SOAK_SEED") or (random.SystemRandom().getrandbits(32) if SHARE else 1))
"""Always the same in ``make test``, so that no change fails by chance."""
FIGURES = "SLIPWAY_SOAK_FIGURES"
"""The variable with the file in which ``make soak`` collects figures. Several processes append to it."""
PARTS = 4 if SHARE else 1
"""Tests into which a soak divides what it plays of one kind, so that several processes can share it."""


def amount(few: int, soak: int) -> int:
    """Return ``few``, or the requested share of ``soak`` if that is more."""
    return max(few, round(soak * SHARE))


def part_of(few: int, soak: int) -> int:
    """Return how much of that one of ``PARTS`` tests plays, rounded up."""
    return -(-amount(few, soak) // PARTS)


def chance(name: str) -> random.Random:
    """Return random numbers for one test. A failure shows the seed, and SLIPWAY_SOAK_SEED repeats it."""
    print(f"SLIPWAY_SOAK_SEED={SEED}")
    return random.Random(f"{SEED} {name}")


def tell(seen: Mapping[str, int], wrong: Sequence[str] = ()) -> None:
    """Add figures to the file of ``make soak``, which sums them up.

    It is called after each round, so that an interrupted soak has figures, too.
    """
    if path := os.environ.get(FIGURES):
        with open(path, "ab", buffering=0) as file:  # in one write, so that lines of several processes do not mix
            file.write(json.dumps({"seen": dict(seen), "wrong": list(wrong)}).encode() + b"\n")


class Figures(Counter[str]):
    """Counts what was played, and collects what was wrong."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.wrong: list[str] = []
        self._told: Counter[str] = Counter()
        self._began = time.monotonic()

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)
            tell({}, [otherwise])
            print(f"{self.name}: WRONG: {otherwise}", file=sys.stderr, flush=True)

    def tell(self) -> None:
        """Tell what was counted since the last call."""
        tell(Counter(self) - self._told)
        self._told = Counter(self)

    def __str__(self) -> str:
        seen = ", ".join(f"{count:,} {what}" for what, count in sorted(self.items()))
        seconds = time.monotonic() - self._began
        return f"{self.name}: {seen}; {len(self.wrong)} not as they should be; {seconds:.0f} s"


def by_hand(play: Callable[[int, random.Random], Figures], rounds: int) -> int:
    """Play as often as the command line says, else ``rounds`` times. Print the figures and return the exit code."""
    figures = play(int(sys.argv[1]) if sys.argv[1:] else rounds, chance(play.__module__))
    print(figures)
    return 1 if figures.wrong else 0
