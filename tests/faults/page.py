"""Play the whole matrix and write docs/faults.md: ``python -m tests.faults.page``.

With names of faults or blueprints it plays only those, and takes the other results from the page.
"""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from docs.contents import contents
from tests.faults.blueprints import STARTS, Start
from tests.faults.effects import LABELS, STRANGE
from tests.faults.expected import cells, judged
from tests.faults.matrix import RETRY_TIMEOUT, Outcome, play
from tests.faults.server import STRIKES, Server
from tests.faults.table import FAULTS

PATH = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
PROCESSES = 6
"""More than most machines have processors, because a fault that hangs only waits."""
Cell = tuple[str, str, str]
"""The key of a blueprint's start, the point where the fault strikes, and the fault's name."""
HEAD = f"""# What a server can do to a run

Every blueprint runs against a socket server that plays {len(FAULTS)} faults, each at every point where it can occur.
This page shows the results. `python -m tests.faults.page` plays all combinations and writes the page; `make soak` plays
them again and compares the results with the page, `make test` plays a part of them.

{contents((start.key for start in STARTS), ["Faults", "Blueprints"])}
`own` is the Configuration API of an Airbyte server, `public` its public API, `many` a batch.

Whatever happens, a run writes one result line, sends no write twice, leaves no partial file, shows no secret, ends in
bounded time and memory, never ends with 249, and never reports a success that did not happen. A fault in a request
about one connector or connection of a batch (`many`) appears in that one's row and in no other. Airbyte's batches read
the jobs of all connections by one list. `many` has a server without that list; in `the list of many` the fault is in
the list.

A run about one connector opens a connection for its write, so that the write cannot be lost when a server closes an
idle connection. In a batch (`many`) a write goes over the connection of a write that was answered within the last
second. If the server closes it at that moment, the write is lost and not repeated, and all later writes of the run open
a connection each. If the server has closed the kept connection of a read, or answers 408, the read is sent again at
once, whatever `SLIPWAY_RETRY_TIMEOUT` is.

**To add a fault, add one entry to [the table](../tests/faults/table.py)**: how it is played, and its effect on an
answer. Then `python -m tests.faults.page "its name"` plays it and adds it here. Check the difference before you commit
it. Nothing else has to be changed.

The tables show the exit code and the number of requests that reached the server, with
`SLIPWAY_RETRY_TIMEOUT={RETRY_TIMEOUT}`, so a read is tried twice. If the exit code is the same as without the fault,
the number is the difference from a run without it; `as ever` means no difference.

## Faults

| effect on the answer | faults |
|---|---|
"""


def page(outcomes: Mapping[Cell, Outcome]) -> str:
    kinds = "".join(
        f"| **{label}**: {makes.partition(':')[0]} | {'; '.join(_of(makes))} |\n" for makes, label in LABELS.items()
    )
    return HEAD + kinds + "\n## Blueprints\n" + "".join(_table(start.key, outcomes) for start in STARTS)


def _of(makes: str) -> list[str]:
    return [name for name, fault in FAULTS.items() if fault.makes == makes]


def _table(key: str, outcomes: Mapping[Cell, Outcome]) -> str:
    rows = "".join(_rows(key, strike, outcomes) for strike in STRIKES)
    return f"\n### {key}\n\n| it strikes | exit code | requests | faults |\n|---|---|---|---|\n{rows}"


def _rows(key: str, strike: str, outcomes: Mapping[Cell, Outcome]) -> str:
    """Return one row for each outcome.

    An effect stands in the row that most of its faults have. Faults with another outcome stand there by their own
    names.
    """
    found = {name: outcome for name in FAULTS if (outcome := outcomes.get((key, strike, name)))}
    kinds = {
        makes: Counter(found[name] for name in _of(makes) if name in found) for makes in LABELS if makes != STRANGE
    }
    usual = {makes: count.most_common(1)[0][0] for makes, count in kinds.items() if count}
    lists: dict[Outcome, list[str]] = {}
    for makes, outcome in usual.items():
        lists.setdefault(outcome, []).append(f"**{LABELS[makes]}**")
    for name, outcome in found.items():
        if usual.get(FAULTS[name].makes) != outcome:
            lists.setdefault(outcome, []).append(name)
    rows = sorted(lists.items(), key=lambda row: (-len(row[1]), row[0]))
    return "".join(
        f"| {STRIKES[strike]} | {code} | {requests} | {'; '.join(names)} |\n" for (code, requests), names in rows
    )


def parsed(text: str) -> dict[Cell, Outcome]:
    """Return the outcomes that a page states."""
    found: dict[Cell, Outcome] = {}
    strikes = {words: strike for strike, words in STRIKES.items()}
    labels = {f"**{label}**": _of(makes) for makes, label in LABELS.items()}
    key = ""
    for line in text.partition("\n## Blueprints\n")[2].splitlines():
        key = line.removeprefix("### ") if line.startswith("### ") else key
        columns = line.strip("| ").split(" | ")
        if columns[0] not in strikes:
            continue
        strike, outcome = strikes[columns[0]], Outcome(int(columns[1]), columns[2])
        for name in columns[3].split("; "):
            for one in labels.get(name, ()):
                found.setdefault((key, strike, one), outcome)
            if name in FAULTS:
                found[key, strike, name] = outcome
    return found


def observed(start: Start, names: Collection[str]) -> tuple[dict[Cell, Outcome], list[str]]:
    """Play the cells of a blueprint. Return their outcomes, and the problems that no run may have."""
    server, found, problems = Server(), {}, []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.chdir(folder)
        good = play(start, server, Path(folder, "good"), None, "")
        if good.code != 0:
            where = f"tests/faults/{start.name.partition('/')[0]}.py"
            problems.append(f"without a fault it ends with {good.code}: {where} must answer its requests")
        for number, (strike, name) in enumerate([] if problems else cells(start, good)):
            if name in names:
                seen = play(start, server, Path(folder, str(number)), FAULTS[name], strike)
                found[start.key, strike, name] = seen.outcome(good)
                problems += [
                    f"{start.key}, {name}, {strike}: {one}" for one in judged(start, strike, FAULTS[name], good, seen)
                ]
        os.chdir("/")
    server.close()
    return found, problems


def main(names: Collection[str]) -> int:
    faults = [name for name in names if name in FAULTS] or list(FAULTS)
    starts = [start for start in STARTS if start.key in names] or STARTS
    if unknown := [name for name in names if name not in FAULTS and name not in {start.key for start in STARTS}]:
        sys.exit(f"neither faults nor blueprints: {', '.join(unknown)}")
    outcomes = parsed(PATH.read_text()) if names else {}
    failed = False
    with ProcessPoolExecutor(PROCESSES) as pool:
        for start, (found, problems) in zip(starts, pool.map(observed, starts, [faults] * len(starts)), strict=True):
            outcomes |= found
            failed |= bool(problems)
            PATH.write_text(page({cell: outcome for cell, outcome in outcomes.items() if cell[2] in FAULTS}))
            print("\n".join([f"{start.key}: {len(found)} cells", *problems]), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
