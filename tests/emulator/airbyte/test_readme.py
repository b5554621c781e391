"""What the emulator's README says about Airbyte is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from emulator.airbyte.job import OUTCOME
from emulator.airbyte.sample_connections import account_connections
from emulator.airbyte.switches import CHECKS, Switches

README = (Path(__file__).parents[3] / "emulator" / "README.md").read_text("utf-8")


def table(before: str) -> list[list[str]]:
    """Return the cells of the first table after a text."""
    lines = README.partition(before)[2].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|---"))
    found = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.split("|")[1:-1]])
    return found


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_switch_is_explained_with_its_default() -> None:
    rows = {name: names(row[1]) for row in table("\nAirbyte's:\n") for name in names(row[0])}
    assert rows.keys() == CHECKS.keys()
    written = {"true": True, "false": False, "null": None}
    for name, shown in rows.items():
        if len(shown) == 1:
            text = shown[0].strip('"')
            default: Any = getattr(Switches(), name)
            assert str(written.get(text, text)) == str(default), name


def test_every_key_of_an_outcome_is_explained() -> None:
    assert {name for row in table("### Airbyte's connections") for name in names(row[0])} == OUTCOME.keys()


def test_every_connection_is_listed() -> None:
    assert [names(row[0])[0] for row in table("## The Airbyte server")] == [one.id for one in account_connections(0)]
