"""Links to headings lead to a heading, and the two long generated pages begin with a link to each of theirs."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = sorted(
    {*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "skills").rglob("*.md"), *ROOT.glob("*/README.md")}
)
LONG = ("variables.md", "faults.md")


def anchors(page: Path) -> list[str]:
    """Return the anchors of a page's headings, as GitHub makes them: a repeated heading gets a number."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    seen: Counter[str] = Counter()
    found = []
    for heading in re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE):
        shown = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)  # a link is shown as its text
        name = "".join(one for one in shown.lower().replace(" ", "-") if one.isalnum() or one in "-_")
        found.append(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def links(page: Path) -> list[tuple[Path, str]]:
    """Return the links of a page to headings: the page that each leads to, and the anchor."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"\]\((?![a-z]+:)([^)#\s]*)#([^)\s]+)\)", text)
    return [(page.parent / path if path else page, anchor) for path, anchor in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_to_a_heading_leads_to_one(page: Path) -> None:
    lost = [f"{to.name}#{anchor}" for to, anchor in links(page) if to.suffix == ".md" and anchor not in anchors(to)]
    assert lost == []


@pytest.mark.parametrize("name", LONG)
def test_a_long_page_begins_with_a_link_to_each_heading(name: str) -> None:
    page = ROOT / "docs" / name
    assert {anchor for _, anchor in links(page)} >= set(anchors(page)[1:])
    assert page.read_text("utf-8").index("](#") < 1000
