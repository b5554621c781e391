"""The tables of docs/unverified.md and docs/verified.md."""

from tests.conftest import ROOT

PAGES = [(ROOT / "docs" / name).read_text("utf-8") for name in ("unverified.md", "verified.md")]


def rows_of(vendor: str) -> list[list[str]]:
    """Return the rows of a vendor's sections on both pages, as cells."""
    sections = [page.partition(f"\n## {vendor}\n")[2].partition("\n## ")[0] for page in PAGES]
    lines = [line for section in sections for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
