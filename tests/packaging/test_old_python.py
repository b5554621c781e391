"""A Python that is too old gives a message of one line, not a traceback."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRST = ROOT / "shared/__init__.py"
COMMAND, RUN = ROOT / "slipway/command.py", ROOT / "slipway/processes.py"
READ_BEFORE = [*sorted((ROOT / "blueprints").rglob("*.py")), *sorted((ROOT / "slipway").glob("*.py")), FIRST]
OLD = (3, 8)


def is_read_by_an_old_python(text: str) -> bool:
    try:
        ast.parse(text, feature_version=OLD)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("path", READ_BEFORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_read_before_the_version_is_checked_is_syntax_of_an_old_python(path: Path) -> None:
    assert is_read_by_an_old_python(path.read_text("utf-8"))


def test_newer_syntax_would_be_noticed() -> None:
    assert not is_read_by_an_old_python("match 1:\n    case 1:\n        pass\n")


@pytest.mark.parametrize("path", [FIRST, COMMAND], ids=lambda path: str(path.relative_to(ROOT)))
def test_an_old_python_is_refused_in_one_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    with pytest.raises(SystemExit) as left:
        exec(compile(path.read_text("utf-8"), str(path), "exec"), {})  # noqa: S102  # our own file
    assert left.value.code == 206
    assert capsys.readouterr().err == f"Slipway needs Python 3.10 or newer; {sys.executable} is 3.9\n"


def test_a_scheduler_on_an_old_python_cannot_import_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    with pytest.raises(ImportError, match=r"^Slipway needs Python 3\.10 or newer; .* is 3\.9$"):
        exec(compile(RUN.read_text("utf-8"), str(RUN), "exec"), {})  # noqa: S102  # our own file


def test_the_version_that_is_needed_is_the_packages() -> None:
    assert 'requires-python = ">=3.10"' in (ROOT / "pyproject.toml").read_text("utf-8")
    for path in (FIRST, COMMAND, RUN):
        assert "sys.version_info < (3, 10)" in path.read_text("utf-8")
