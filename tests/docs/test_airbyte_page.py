"""docs/airbyte.md names only things that exist. tests/docs/test_shell_snippets.py runs its commands."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "airbyte.md").read_text("utf-8")


def test_every_program_and_page_that_is_linked_is_there() -> None:
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", PAGE) if not (ROOT / "docs" / link).exists()] == []


def test_every_blueprint_is_on_the_page() -> None:
    names = {path.stem for path in (ROOT / "blueprints" / "airbyte").glob("*.py")} - {"__init__"}
    assert names == set(re.findall(r"^\| \[`(\w+)`\]", PAGE, re.MULTILINE))


def test_every_variable_that_is_named_is_declared() -> None:
    sources = [*(ROOT / "blueprints/airbyte").glob("*.py"), *(ROOT / "shared/airbyte").glob("*.py")]
    declared = {name for source in sources for name in re.findall(r'"(AIRBYTE_[A-Z_]+)"', source.read_text("utf-8"))}
    assert {name.removesuffix("_FILE") for name in re.findall(r"AIRBYTE_[A-Z_]+", PAGE)} <= declared
