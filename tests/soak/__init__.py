"""What chance finds: a little of it in ``make test``, a lot in ``make soak``.

SLIPWAY_SOAK is the share of a whole soak to run (0.1 is a tenth); not set, the few of ``make test``. ``__main__`` plays
all parts and prints one table. Each module here that plays something also runs by itself, ``python -m tests.soak.kills
500``: it prints its figures, and exits 1 where something was not as it should be.
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
"""Always the same in ``make test``, so that nobody's change is red by somebody else's chance."""
FIGURES = "SLIPWAY_SOAK_FIGURES"
"""The file that ``make soak`` gathers figures from. Several processes append to it."""
PARTS = 4 if SHARE else 1
"""Tests that share what a soak plays of one kind, so that they can run side by side."""


def amount(few: int, soak: int) -> int:
    """``few``, or the share of ``soak`` that was asked for where that is more."""
    return max(few, round(soak * SHARE))


def part_of(few: int, soak: int) -> int:
    """What one of ``PARTS`` tests plays of that amount, rounded up."""
    return -(-amount(few, soak) // PARTS)


def chance(name: str) -> random.Random:
    """Random numbers for one test. A failure shows the seed, and SLIPWAY_SOAK_SEED repeats it."""
    print(f"SLIPWAY_SOAK_SEED={SEED}")
    return random.Random(f"{SEED} {name}")


def tell(seen: Mapping[str, int], wrong: Sequence[str] = ()) -> None:
    """Give figures to ``make soak``, which adds them up: after each round, so that an interrupted soak has them too."""
    if path := os.environ.get(FIGURES):
        with open(path, "ab", buffering=0) as file:  # one write: lines of several processes do not mix
            file.write(json.dumps({"seen": dict(seen), "wrong": list(wrong)}).encode() + b"\n")


class Figures(Counter[str]):
    """What was seen, counted; and everything that should not have been."""

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
        """Tell what was seen since the last time."""
        tell(Counter(self) - self._told)
        self._told = Counter(self)

    def __str__(self) -> str:
        seen = ", ".join(f"{count:,} {what}" for what, count in sorted(self.items()))
        seconds = time.monotonic() - self._began
        return f"{self.name}: {seen}; {len(self.wrong)} not as they should be; {seconds:.0f} s"


def by_hand(play: Callable[[int, random.Random], Figures], rounds: int) -> int:
    """Play as often as the command line says, ``rounds`` without that; print the figures. Returns the exit code."""
    figures = play(int(sys.argv[1]) if sys.argv[1:] else rounds, chance(play.__module__))
    print(figures)
    return 1 if figures.wrong else 0
