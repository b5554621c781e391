"""Simulate how late a wait notices the end of a run, and with how many calls: fixed pauses against Slipway's schedule.

The connectors and their runs are invented and the same each time. Nothing is measured, so the figures are the same on
every machine. ``python -m benchmarks.polling`` writes them into docs/benchmarks.md and draws
docs/images/polling.svg.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.polling_chart import drawn
from shared.past_runs import MOST
from shared.poll_schedule import Schedule
from shared.polling import JITTER

SHORTEST, LONGEST = 20.0, 4 * 3600.0
"""Seconds. No run is shorter or longer."""
CONNECTORS = 30
"""Simulated connectors of each kind."""
MEASURED = 10
"""Simulated runs of each connector, after those in its history."""
KINDS = ("steady", "heavy-tailed", "two lengths")
FIXED = (5, 10, 15, 30, 60)
WITHOUT, WITH = "Slipway, no history", "Slipway, 20 runs known"
BINS = (20.0, 60.0, 180.0, 600.0, 1800.0, 5400.0, 14400.1)
"""Seconds. The picture shows runs with lengths in one of these intervals as one point."""
ROOT = Path(__file__).resolve().parent.parent
PAGE, PICTURE = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "images" / "polling.svg"
MARK, END = "<!-- polling: written by benchmarks/polling.py -->\n", "\n<!-- end -->"

Pause = Callable[[float], float]


class Wait(NamedTuple):
    """One simulated wait: the connector's kind, the run's length and the delay in seconds, the number of polls."""

    kind: str
    length: float
    late: float
    polls: int


def lengths(kind: str, median: float, chance: Random) -> list[float]:
    """Return the seconds that one connector's runs take, in order.

    Steady runs are within 10 % of the median, two thirds within 4 %. A heavy tail is log-normal: one run in eight takes
    more than twice the median. Of two lengths (such as changes and everything) one run in five has the longer one.
    """
    factor = chance.uniform(4, 12)

    def share() -> float:
        if kind == "steady":
            return min(max(chance.gauss(1, 0.04), 0.9), 1.1)
        if kind == "heavy-tailed":
            return math.exp(chance.gauss(0, 0.6))
        return min(max(chance.gauss(1, 0.06), 0.8), 1.2) * (factor if chance.random() < 0.2 else 1)

    return [min(max(median * share(), SHORTEST), LONGEST) for _ in range(MOST + MEASURED)]


def connectors(chance: Random) -> Iterator[tuple[str, list[float]]]:
    """Yield the mix: kind and runs of each connector. A median is as likely from 20 to 40 s as from 2 to 4 h."""
    for kind in KINDS:
        for number in range(CONNECTORS):
            share = (number + chance.random()) / CONNECTORS
            yield kind, lengths(kind, SHORTEST * (LONGEST / SHORTEST) ** share, chance)


def noticed(kind: str, length: float, pause: Pause, chance: Random) -> Wait:
    """Simulate one wait. The first poll comes at once, each pause has its jitter."""
    age, polls = 0.0, 1
    while age < length:
        age += pause(age) * (1 + JITTER * chance.uniform(-1, 1))
        polls += 1
    return Wait(kind, length, age - length, polls)


def simulated(seed: int = 1) -> dict[str, list[Wait]]:
    """Return the waits for the same runs by each way of polling."""
    mix = list(connectors(Random(seed)))  # noqa: S311

    def waits(pauses: Callable[[Sequence[float]], Pause]) -> list[Wait]:
        """``pauses`` takes the lengths of the earlier runs."""
        chance = Random(seed)  # noqa: S311
        return [
            noticed(kind, runs[at], pauses(runs[at - MOST : at]), chance)
            for kind, runs in mix
            for at in range(MOST, MOST + MEASURED)
        ]

    found = {f"fixed, {seconds} s": waits(partial(_fixed, seconds)) for seconds in FIXED}
    found[WITHOUT] = waits(lambda _: Schedule().pause)
    found[WITH] = waits(lambda known: Schedule(known).pause)
    return found


def _fixed(seconds: float, known: Sequence[float]) -> Pause:
    return lambda age: seconds


def mean(figures: Iterable[float]) -> float:
    listed = list(figures)
    return math.fsum(listed) / len(listed)


def delay(waits: Iterable[Wait]) -> float:
    """Return the mean delay as a share of the run's length."""
    return mean(wait.late / wait.length for wait in waits)


def polls(waits: Iterable[Wait]) -> float:
    return mean(wait.polls for wait in waits)


def table(found: dict[str, list[Wait]]) -> str:
    head = "| pause | delay | polls |" + "".join(f" {kind}: delay | polls |" for kind in KINDS) + " latest, s |"
    rows = [head, "|---" * (head.count("|") - 1) + "|"]
    for name, waits in found.items():
        cells = [f"{100 * delay(waits):.1f} %", f"{polls(waits):.0f}"]
        for kind in KINDS:
            of_kind = [wait for wait in waits if wait.kind == kind]
            cells += [f"{100 * delay(of_kind):.1f} %", f"{polls(of_kind):.0f}"]
        latest = max(wait.late for wait in waits if wait.kind == "steady")
        rows.append(f"| {name} | {' | '.join(cells)} | {latest:.0f} |")
    return "\n".join(rows)


def curve(waits: list[Wait]) -> list[tuple[float, float]]:
    """Return points for runs of similar length: the length, the mean delay as a share of it."""
    groups = [[w for w in waits if low <= w.length < high] for low, high in pairwise(BINS)]
    return [(math.exp(mean(math.log(wait.length) for wait in group)), delay(group)) for group in groups if group]


def documents(found: dict[str, list[Wait]]) -> dict[str, str]:
    """Return the content of the page and of the picture, by path."""
    before, _, rest = PAGE.read_text("utf-8").partition(MARK)
    text = before + MARK + table(found) + END + rest.partition(END)[2]
    totals = {name: (polls(waits), delay(waits)) for name, waits in found.items()}
    return {str(PAGE): text, str(PICTURE): drawn(totals, {name: curve(waits) for name, waits in found.items()})}


def main() -> int:
    for path, text in documents(simulated()).items():
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        print(f"{path} written")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
