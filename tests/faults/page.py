"""Write docs/faults.md from the tables: ``python -m tests.faults.page``."""

from pathlib import Path

from tests.faults.blueprints import STARTS
from tests.faults.matrix import CODES
from tests.faults.server import STRIKES
from tests.faults.table import FAULTS, FINE, LIMITED, LOST, NO_DATE, STRANGE

PATH = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
HEAD = """# What a server can do to a run

Every blueprint is run against a server made of sockets that plays these faults, each where it can strike: {strikes}.
`make test` runs a share of them, `make soak` all. Whatever happens, a run writes one result line, sends no write
twice, leaves no half file, shows no secret, ends in bounded time and memory, never with 249, and never calls a success
what was none.

This page is written by `python -m tests.faults.page` from [the table](../tests/faults/table.py). **To add a fault, add
one entry to that table**: how it is played, and what it makes of an answer. Everything else follows from it.

Exit codes are those with `SLIPWAY_RETRY_TIMEOUT=2`; "as ever" is the exit code without the fault.

| fault | the answer | a read | the write | a later read in a wait |
|---|---|---|---|---|
"""
BLUEPRINTS = """
## Blueprints

What a write did where its answer was lost is found by reading; where it cannot be, the exit code is in the table.

| blueprint | after a lost answer |
|---|---|
"""


def row(name: str) -> str:
    makes = FAULTS[name].makes
    if makes in (FINE, NO_DATE):
        codes = ("as ever",) * 3
    elif makes == STRANGE:
        codes = ("no false success",) * 3
    else:
        code = str(CODES[makes])
        write = "looked for" if makes == LOST else code
        codes = (code, write, "as ever" if makes in (LOST, LIMITED) else code)
    return f"| {name} | {makes.partition(':')[0]} | {' | '.join(codes)} |\n"


def page() -> str:
    strikes = "; ".join(STRIKES.values())
    lost = {start.name: start.lost for start in STARTS}
    blueprints = "".join(f"| `{name}` | {code or 'found, or nothing was written'} |\n" for name, code in lost.items())
    return HEAD.format(strikes=strikes) + "".join(map(row, FAULTS)) + BLUEPRINTS + blueprints


if __name__ == "__main__":
    PATH.write_text(page())
