"""Play all parts of a soak, one after the other, and print one table of what was seen: ``make soak``.

A part that is red does not keep the others from being played. Whoever interrupts it gets the table of what was played
until then. Exits 0 where nothing was wrong and all was played.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak import SEED, SHARE
from tests.soak.whole import PARTS, Soak


def main(names: list[str]) -> int:
    unknown = set(names) - {part.name for part in PARTS}
    if unknown:
        print(f"PARTS={' '.join(unknown)}: they are {' '.join(part.name for part in PARTS)}", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, signal.default_int_handler)
    chosen = [part for part in PARTS if part.name in names or not names]
    with tempfile.TemporaryDirectory(prefix="slipway-soak-", ignore_cleanup_errors=True) as folder:
        return Soak(chosen, SHARE or 1.0, SEED, Path(folder)).play(dict(os.environ))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
