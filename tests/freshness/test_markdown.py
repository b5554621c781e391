"""The freshness table in Markdown."""

import pytest

from shared.fivetran.freshness.shown import WORDS
from shared.freshness.markdown import markdown
from tests.fivetran.freshness.samples import HOSTILE, rows


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_are_text_in_markdown(hostile: str) -> None:
    text = markdown(rows(hostile), WORDS)
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(row.count("|") == 8 for row in table), table
    assert not set("<>`[") & set(table[-1])


def test_markdown_has_the_worst_fifty_and_counts_the_rest() -> None:
    text = markdown(rows(*[f"schema{number}" for number in range(60)]), WORDS)
    assert "All 60 connectors are stale" in text
    assert "and 10 more" in text
    assert text.count("\n| schema") == 50
