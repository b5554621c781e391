"""Play all parts of a soak, one after the other, and print one table of figures: ``make soak``.

If a part fails, the others are played nevertheless. An interrupted soak prints the table of what was played until then.
The exit code is 0 if nothing was wrong and everything was played.
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
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, signal.default_int_handler)
    chosen = [part for part in PARTS if part.name in names or not names]
    with tempfile.TemporaryDirectory(prefix="slipway-soak-", ignore_cleanup_errors=True) as folder:
        return Soak(chosen, SHARE or 1.0, SEED, Path(folder)).play(dict(os.environ))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
