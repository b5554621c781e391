"""What docs/airbyte.md says is so: its commands run as they stand, and what it names is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.airbyte.conftest import Airbyte
from tests.conftest import Emulator, Process

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "airbyte.md").read_text("utf-8")
SCRIPTS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("script", SCRIPTS, ids=["operations", "chain"])
def test_the_commands_run_as_they_stand(emulator: Emulator, process: Process, script: str) -> None:
    for room in ("blueprints", "shared"):
        (process.cwd / room).symlink_to(ROOT / room)
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    environ = {**Airbyte("own", emulator, process).environ, "PATH": path}
    command = ["bash", "-euc", script]
    done = subprocess.run(command, cwd=process.cwd, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_every_program_and_page_that_is_linked_is_there() -> None:
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", PAGE) if not (ROOT / "docs" / link).exists()] == []


def test_every_blueprint_is_on_the_page() -> None:
    names = {path.stem for path in (ROOT / "blueprints" / "airbyte").glob("*.py")} - {"__init__"}
    assert names == set(re.findall(r"^\| \[`(\w+)`\]", PAGE, re.MULTILINE))


def test_every_variable_that_is_named_is_declared() -> None:
    sources = [*(ROOT / "blueprints/airbyte").glob("*.py"), *(ROOT / "shared/airbyte").glob("*.py")]
    declared = {name for source in sources for name in re.findall(r'"(AIRBYTE_[A-Z_]+)"', source.read_text("utf-8"))}
    assert {name.removesuffix("_FILE") for name in re.findall(r"AIRBYTE_[A-Z_]+", PAGE)} <= declared
