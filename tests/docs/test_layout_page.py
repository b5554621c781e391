"""docs/dev/layout.md names modules and folders that exist, and every top-level folder."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "dev" / "layout.md").read_text("utf-8")
FOLDERS, _, QUESTIONS = PAGE.partition("## Where does it happen?")


def test_the_modules_of_each_question_exist() -> None:
    modules = [f"/{path.relative_to(ROOT)}" for path in (ROOT / "shared").rglob("*.py")]
    named = re.findall(r"`([\w/]+\.py)`", QUESTIONS.replace("test_shell_snippets.py", ""))
    assert len(named) > 20
    assert [name for name in named if not any(module.endswith(f"/{name}") for module in modules)] == []


def test_every_package_of_the_repository_has_a_line() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/*.py")}
    assert [name for name in sorted(packages) if f"| `{name}/" not in FOLDERS] == []
