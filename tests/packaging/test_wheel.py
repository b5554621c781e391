"""The wheel: its content, and its command after an installation."""

import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

from shared import __version__
from tests.packaging.conftest import ROOT, Installed

PLANT = "import os; os.write(2, b'PLANTED')"
INCOMPLETE = r"^Slipway: .*incomplete.*; install Slipway again\n$"


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def contents(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if ".dist-info/" not in name]


def names() -> list[str]:
    files = (ROOT / "blueprints").glob("*/*.py")
    return sorted(f"{file.parent.name}/{file.stem}" for file in files if file.stem != "__init__")


def test_it_puts_one_package_among_other_peoples(wheel: Path) -> None:
    assert {name.partition("/")[0] for name in contents(wheel)} == {"slipway"}


def test_it_has_what_runs_and_no_tests(wheel: Path) -> None:
    tracked = subprocess.check_output(
        ["git", "ls-files", "shared", "blueprints", "emulator", "demo", "slipway"], cwd=ROOT, text=True
    ).split()
    expected = {name if name.startswith("slipway/") else f"slipway/{name}" for name in tracked}
    assert set(contents(wheel)) == expected
    assert "slipway/py.typed" in expected


def test_nothing_in_it_hides_a_standard_module(wheel: Path) -> None:
    """The wheel's folder is on the path of a blueprint's process."""
    inside = {name.split("/")[1].removesuffix(".py") for name in contents(wheel)}
    assert inside & set(sys.stdlib_module_names) == set()


def test_it_needs_what_the_requirements_files_say(wheel: Path) -> None:
    found = metadata(wheel)
    needed = [line for line in found.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(needed) == sorted((ROOT / "requirements-run.txt").read_text().split())
    assert found["Requires-Python"] == ">=3.10"
    assert found.get_all("Provides-Extra") == ["emulator"]


def test_the_version_comes_from_one_place(wheel: Path, installed: Installed) -> None:
    assert metadata(wheel)["Version"] == __version__
    assert installed("--version").stdout == f"slipway {__version__}\n"
    assert installed("fivetran/execute_sync", "--version").stdout == f"slipway {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_command_lists_what_there_is(installed: Installed, arguments: list[str]) -> None:
    done = installed(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^  (\w+/\w+) ", done.stdout, re.MULTILINE) == names()
    assert "slipway emulator" in done.stdout


def test_behind_a_name_the_blueprint_answers(installed: Installed) -> None:
    help_text = installed("fivetran/execute_sync", "--help").stdout
    assert help_text.startswith("usage: slipway fivetran/execute_sync [--help [all] | --version]\n")
    assert "FIVETRAN_CONNECTOR_ID" in help_text
    refused = installed("fivetran/execute_sync", "--force")
    assert refused.returncode == 206
    assert '"blueprint": "fivetran/execute_sync"' in refused.stdout


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("execute_sync", "fivetran/execute_sync or airbyte/execute_sync"),
        ("fivetran/exec-sync", "fivetran/execute_sync"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(installed: Installed, name: str, near: str) -> None:
    done = installed(name)
    assert (done.returncode, done.stdout) == (206, "")
    assert done.stderr.startswith(f"Slipway: there is no blueprint {name!r}; did you mean {near}")


@pytest.mark.parametrize("name", ["nonsense", "../x", "fivetran", "emulator/__main__", "fivetran/__init__", ""])
def test_nonsense_is_refused_in_one_line(installed: Installed, name: str) -> None:
    done = installed(name)
    assert (done.returncode, done.stdout) == (206, "")
    assert re.fullmatch(r"Slipway: there is no blueprint .*; did you mean (\w+/\w+ or ){2}\w+/\w+\? .*\n", done.stderr)


@pytest.mark.parametrize("program", [["bin/slipway"], ["-m", "slipway"]], ids=["command", "module"])
def test_a_chain_runs_and_nothing_planted_in_the_working_directory_is_imported(
    installed: Installed, process: Any, program: list[str]
) -> None:
    for name in ("requests", "json", "shared", "blueprints", "fivetran", "sitecustomize"):
        (installed.cwd / f"{name}.py").write_text(PLANT)
    (installed.cwd / "shared").mkdir()
    (installed.cwd / "shared/__init__.py").write_text(PLANT)
    command = [sys.executable, *program] if program[0] == "-m" else [str(installed.site / program[0])]
    variables = {**process.environ, "PYTHONPATH": str(installed.site)}
    ids = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "SLIPWAY_RUN_ID": "a"}
    done = installed.program(*command, "fivetran/execute_sync", **variables, **ids)
    assert done.returncode == 0, done.stderr
    waited = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1", "SLIPWAY_UPSTREAM_RUN_IDS": "a"}
    done = installed.program(*command, "fivetran/check_sync_status", **variables, **waited)
    assert done.returncode == 0, done.stderr
    assert "PLANTED" not in done.stderr


def test_run_starts_the_packages_own_script(installed: Installed) -> None:
    program = "import slipway; print(slipway.__file__); print(slipway.run('fivetran/execute_sync').code)"
    file, code = installed.program(
        sys.executable, "-P" if sys.version_info >= (3, 11) else "-B", "-c", program
    ).stdout.split()
    assert file == str(installed.site / "slipway/__init__.py")
    assert code == "206"


@pytest.fixture
def copy(site: Path, tmp_path: Path) -> Installed:
    """An installation that a test may break."""
    (tmp_path / "work").mkdir()
    return Installed(Path(shutil.copytree(site, tmp_path / "site")), tmp_path / "work")


@pytest.mark.parametrize("part", ["shared", "blueprints", "shared/__init__.py", "shared/http", "shared/program"])
def test_half_an_installation_is_said_in_one_line(copy: Installed, part: str) -> None:
    lost = copy.site / "slipway" / part
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    foreign = copy.site / "shared"  # another project's package with the same name
    foreign.mkdir()
    (foreign / "__init__.py").write_text(PLANT)
    done = copy("fivetran/execute_sync")
    assert (done.returncode, done.stdout) == (206, "")
    assert re.match(INCOMPLETE, done.stderr), done.stderr
    assert "PLANTED" not in done.stderr


@pytest.mark.parametrize("command", ["emulator", "demo"])
def test_what_plays_the_vendors_says_that_it_needs_flask(copy: Installed, command: str) -> None:
    (copy.site / "flask.py").write_text("raise ModuleNotFoundError('No module named flask', name='flask')")
    done = copy(command)
    assert (done.returncode, done.stdout) == (206, "")
    assert re.fullmatch(r"Slipway: .* needs Flask, which .* does not find: pip install flask\n", done.stderr)


def test_the_emulator_has_its_own_arguments(installed: Installed) -> None:
    assert installed("emulator", "--help").stdout.startswith("usage: slipway emulator [-h] [--port PORT]")
    assert installed("demo", "--help").stdout.startswith("usage: slipway <blueprint>")
    assert installed("demo", "fast").returncode == 206
