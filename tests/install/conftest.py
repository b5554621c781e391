"""Real installations from the registry.

`make test-install` sets SLIPWAY_INSTALL to the Pythons to install for, separated by blanks: those of `make test-install
PYTHONS="..."`. `make test` does not collect these tests.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release import pyz

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = os.environ.get("SLIPWAY_INSTALL", "").split()
HERE = Path(sys.executable).parent

collect_ignore_glob = [] if PYTHONS else ["test_*.py"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def must(*command: str | Path, **options: Any) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build what `make dist` builds."""
    folder = tmp_path_factory.mktemp("dist")
    must(HERE / "hatchling", "build", "--directory", folder, cwd=ROOT)
    pyz.main([str(wheel(folder)), *PYTHONS])
    return folder


def wheel(dist: Path) -> Path:
    (found,) = dist.glob("*.whl")
    return found


def sdist(dist: Path) -> Path:
    (found,) = dist.glob("*.tar.gz")
    return found


@pytest.fixture
def machine(tmp_path: Path) -> Run:
    """Run a command as on another machine: with an empty home and an empty working directory.

    Only the registry's address, and the caches of pip and uv, are those of this machine.
    """
    given = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "UV_", "SSL_", "REQUESTS_")) or name.lower().endswith("_proxy")
    }
    home = Path.home()
    caches = {"PIP_CACHE_DIR": str(home / ".cache/pip"), "UV_CACHE_DIR": str(home / ".cache/uv")}
    place = tmp_path / "machine"
    (place / "home").mkdir(parents=True)
    (place / "empty").mkdir()

    def run(*command: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        environ = {
            "PATH": f"{place / 'home/.local/bin'}:/usr/bin:/bin",
            "HOME": str(place / "home"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_SYSTEM_CERTS": "1",  # as pip does: the registry may be behind a proxy with a certificate of its own
            "UV_NATIVE_TLS": "1",  # an older uv's name of the same setting
            "XDG_CONFIG_HOME": str(home / ".config"),
            **caches,
            **given,
            **variables,
        }
        return subprocess.run(command, cwd=place / "empty", env=environ, capture_output=True, text=True, timeout=300)

    return run
