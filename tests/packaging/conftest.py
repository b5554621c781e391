"""The wheel, built and installed into a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


class Installed:
    """The installed wheel. Its dependencies are those of the interpreter that runs the tests."""

    def __init__(self, site: Path, cwd: Path) -> None:
        self.site = site
        self.cwd = cwd
        self.environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site)}

    def __call__(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run the command `slipway`."""
        return self.program(str(self.site / "bin/slipway"), *arguments, **variables)

    def program(self, *command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        environ = {**self.environ, **variables}
        return subprocess.run(command, cwd=self.cwd, env=environ, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="session")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True, capture_output=True)
    return folder


@pytest.fixture
def installed(site: Path, tmp_path: Path) -> Iterator[Installed]:
    work = tmp_path / "elsewhere"
    work.mkdir()
    yield Installed(site, work)
    assert list(work.glob("slipway*")) == []
