"""Each way to install, in a new environment, from what `make dist` builds. The command then triggers and checks."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from shared import __version__
from tests.install.conftest import HERE, PYTHONS, Run, sdist, wheel


def ok(done: "subprocess.CompletedProcess[str]") -> "subprocess.CompletedProcess[str]":
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def venv(python: str, tmp_path: Path, machine: Run) -> Path:
    """Return the folder with the programs of a new virtual environment."""
    ok(machine(python, "-m", "venv", tmp_path / "venv"))
    return tmp_path / "venv/bin"


def chain(machine: Run, process: Any, *slipway: str | Path) -> None:
    """Start a sync, and wait for its end in a second process."""
    assert ok(machine(*slipway, "--version")).stdout == f"slipway {__version__}\n"
    variables = {key: value for key, value in process.environ.items() if key.startswith(("FIVETRAN_", "SLIPWAY_"))}
    started = ok(
        machine(
            *slipway,
            "fivetran/execute_sync",
            FIVETRAN_CONNECTOR_ID="speak_inexpensive",
            SLIPWAY_RUN_ID="first",
            **variables,
        )
    )
    assert '"status": "triggered"' in started.stdout
    waits = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1", "SLIPWAY_UPSTREAM_RUN_IDS": "first"}
    assert '"status": "succeeded"' in ok(machine(*slipway, "fivetran/check_sync_status", **waits, **variables)).stdout


@pytest.mark.parametrize("python", PYTHONS)
def test_pip_installs_the_wheel(python: str, dist: Path, tmp_path: Path, machine: Run, process: Any) -> None:
    programs = venv(python, tmp_path, machine)
    ok(machine(programs / "pip", "install", "--quiet", wheel(dist)))
    chain(machine, process, programs / "slipway")
    names = ok(machine(programs / "pip", "list", "--format", "freeze")).stdout
    assert "slipway-blueprints" in names.replace("_", "-")
    assert "flask" not in names.lower()


def test_pip_builds_it_from_the_sdist(dist: Path, tmp_path: Path, machine: Run, process: Any) -> None:
    programs = venv(PYTHONS[0], tmp_path, machine)
    ok(machine(programs / "pip", "install", "--quiet", sdist(dist)))
    chain(machine, process, programs / "slipway")


def test_a_fresh_machine_runs_a_chain_against_the_emulator_in_two_commands(
    dist: Path, tmp_path: Path, machine: Run
) -> None:
    programs = venv(PYTHONS[0], tmp_path, machine)
    ok(machine(programs / "pip", "install", "--quiet", f"{wheel(dist)}[emulator]"))
    shown = ok(machine(programs / "slipway", "demo"))
    assert '"succeeded"' in shown.stdout


def test_pipx_installs_the_wheel(dist: Path, machine: Run, process: Any) -> None:
    ok(machine(HERE / "pipx", "install", "--python", PYTHONS[0], wheel(dist)))
    chain(machine, process, "slipway")


@pytest.mark.parametrize("python", PYTHONS)
def test_uv_installs_the_wheel_as_a_tool(python: str, dist: Path, machine: Run, process: Any) -> None:
    ok(machine(HERE / "uv", "tool", "install", "--no-python-downloads", "--python", python, wheel(dist)))
    chain(machine, process, "slipway")


def test_uvx_runs_it_from_the_wheel(dist: Path, machine: Run, process: Any) -> None:
    uvx = (HERE / "uvx", "--no-python-downloads", "--python", PYTHONS[0], "--from", wheel(dist), "slipway")
    chain(machine, process, *uvx)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_one_file_needs_no_installation(python: str, dist: Path, machine: Run, process: Any) -> None:
    chain(machine, process, python, "-S", dist / "slipway.pyz")  # -S: without the packages of this Python
