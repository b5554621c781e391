"""The image starts a blueprint by its name, whatever is in the working directory."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blueprints.__main__ import main as entry_point
from tests.conftest import ROOT

ENTRY = ROOT / "blueprints" / "__main__.py"


def run(cwd: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", str(ENTRY), *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
    )


def blueprints() -> list[str]:
    files = (ROOT / "blueprints").glob("*/*.py")
    return sorted(f"{file.parent.name}/{file.stem}" for file in files if file.stem != "__init__")


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_without_a_name_every_blueprint_is_listed(arguments: list[str], tmp_path: Path) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == blueprints()


def test_help_and_version_behind_a_name_are_the_blueprints(tmp_path: Path) -> None:
    assert "FIVETRAN_CONNECTOR_ID" in run(tmp_path, "fivetran/execute_sync", "--help").stdout
    assert run(tmp_path, "fivetran/execute_sync", "--version").stdout == run(tmp_path, "--version").stdout


@pytest.mark.parametrize("name", ["fivetran/nope", "../x", "fivetran/__init__", "fivetran.execute_sync", ""])
def test_an_unknown_name_is_refused_with_the_nearest(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, name)
    assert (done.returncode, done.stdout) == (206, "")
    near = re.fullmatch(r"Slipway: there is no blueprint .*; did you mean (.*)\? --help lists all\n", done.stderr)
    assert near
    assert len(set(near[1].split(" or ")) & set(blueprints())) == (1 if "execute" in name else 3)


def test_the_nearest_is_named_first(tmp_path: Path) -> None:
    assert "did you mean fivetran/execute_sync? " in run(tmp_path, "fivetran.execute_sync").stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["execute_sync"], "fivetran/execute_sync or airbyte/execute_sync"),
        (["check_freshness"], "fivetran/check_freshness or airbyte/check_freshness"),
        (["get_connector"], "fivetran/get_connector"),
        (["fivetran/execute_sync.py"], "fivetran/execute_sync"),
        (["blueprints/fivetran/execute_sync.py"], "fivetran/execute_sync"),
        (["fivetran/execute-sync"], "fivetran/execute_sync"),
        (["Fivetran/Execute_Sync"], "fivetran/execute_sync"),
        (["fivetran", "execute_sync"], "fivetran/execute_sync"),
        (["fivetran/excute_sync"], "fivetran/execute_sync"),
        (["fivetran"], "fivetran/execute_sync or fivetran/check_sync_status or fivetran/check_freshness"),
        (["Airbyte/"], "airbyte/execute_sync or airbyte/check_sync_status or airbyte/check_freshness"),
    ],
)
def test_what_was_probably_meant_is_asked(arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry_point({}, arguments) == 206
    said = capsys.readouterr().err
    assert f"; did you mean {meant}? --help lists all\n" in said
    assert f"no blueprint {meant!r}" not in said


def test_help_is_a_word_too(capsys: pytest.CaptureFixture[str]) -> None:
    for word, option in (
        (["help"], ["--help"]),
        (["help", "fivetran/execute_sync"], ["fivetran/execute_sync", "--help"]),
    ):
        assert (entry_point({}, word), entry_point({}, option)) == (0, 0)
        said = capsys.readouterr().out
        assert said == said[: len(said) // 2] * 2


def test_a_blueprint_runs_as_it_does_by_itself(process: Any) -> None:
    variables = {**process.environ, "FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "SLIPWAY_RUN_ID": "r"}
    done = run(process.cwd, "fivetran/execute_sync", **variables)
    assert done.returncode == 0, done.stderr
    assert '"blueprint": "fivetran/execute_sync"' in done.stdout
    assert process("fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="r").code in (0, 255)


def test_nothing_planted_in_the_working_directory_is_imported(process: Any) -> None:
    """Others may write to a volume. Their modules, start-up hooks and path files on it are not loaded."""
    plant = "import os; os.write(2, b'PLANTED')"
    packages = process.cwd / ".local/lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "planted.pth").write_text(plant)
    for name in ("requests", "json", "shared", "blueprints", "sitecustomize", "usercustomize", "fivetran"):
        (process.cwd / f"{name}.py").write_text(plant)
    variables = {**process.environ, "HOME": str(process.cwd), "PYTHONPATH": str(process.cwd)}
    done = run(process.cwd, "fivetran/execute_sync", **variables, FIVETRAN_CONNECTOR_ID="speak_inexpensive")
    assert done.returncode == 0
    assert "PLANTED" not in done.stderr


def test_the_image_starts_python_itself_and_isolated() -> None:
    """No shell is between signals and the program, and the working directory is not on the path."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    entries = [line for line in lines if line.startswith(("ENTRYPOINT", "CMD", "USER"))]
    assert entries[-2:] == [
        "USER 10001:0",
        'ENTRYPOINT ["python", "-I", "/opt/slipway/blueprints/__main__.py"]',
    ]
