"""How long the tests with chance in them go on: a little in ``make test``, a lot in ``make soak``.

SLIPWAY_SOAK is the share of a whole soak to run (0.1 is a tenth); not set, the few of ``make test``.
"""

import os
import random

SHARE = float(os.environ.get("SLIPWAY_SOAK") or 0)
SEED = int(os.environ.get("SLIPWAY_SOAK_SEED") or random.SystemRandom().getrandbits(32))


def amount(few: int, soak: int) -> int:
    """``few``, or the share of ``soak`` that was asked for where that is more."""
    return max(few, round(soak * SHARE))


def chance(name: str) -> random.Random:
    """Random numbers for one test. A failure shows the seed, and SLIPWAY_SOAK_SEED repeats it."""
    print(f"SLIPWAY_SOAK_SEED={SEED}")
    return random.Random(f"{SEED} {name}")
