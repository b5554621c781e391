"""slipway.pyz, built from the wheel by release/pyz.py, in a Python without other packages."""

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from release import pyz
from shared import __version__
from tests.packaging.conftest import ROOT

PLANT = "import os; os.write(2, b'PLANTED')"
DEPENDENCIES = ("requests", "urllib3", "idna", "certifi", "charset-normalizer", "python-dotenv")


def install(folder: Path) -> None:
    """Install the dependencies of this environment. `make dist` installs those of the lock, from the registry."""
    for name in DEPENDENCIES:
        for file in importlib.metadata.files(name) or []:
            if file.suffix in (".py", ".pem"):
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), target)


@pytest.fixture(scope="session")
def archive(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pyz") / "slipway.pyz"
    assert pyz.build(wheel, target, [sys.executable], install) == [sys.implementation.cache_tag]
    return target


def run(archive: Path, *arguments: str, cwd: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-S", str(archive), *arguments]  # without site-packages
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=120)


def test_it_runs_a_chain_with_nothing_installed(archive: Path, process: Any) -> None:
    for name in ("requests", "json", "shared", "slipway", "blueprints"):
        (process.cwd / f"{name}.py").write_text(PLANT)
    ids = {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive", "SLIPWAY_RUN_ID": "a"}
    done = run(archive, "fivetran/execute_sync", cwd=process.cwd, **process.environ, **ids)
    assert done.returncode == 0, done.stderr
    waited = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1", "SLIPWAY_UPSTREAM_RUN_IDS": "a"}
    done = run(archive, "fivetran/check_sync_status", cwd=process.cwd, **process.environ, **waited)
    assert done.returncode == 0, done.stderr
    assert '"blueprint": "fivetran/check_sync_status"' in done.stdout
    assert "PLANTED" not in done.stderr


def test_a_server_certificate_is_checked_against_the_bundle_in_it(archive: Path, tmp_path: Path) -> None:
    """OpenSSL needs the authorities as a file, which a zip file does not have, so requests extracts them."""
    program = (
        f"import sys; sys.path.insert(0, '{archive}/{sys.implementation.cache_tag}'); import requests, ssl;"
        "context = ssl.create_default_context(cafile=requests.certs.where()); print(context.cert_store_stats()['x509'])"
    )
    found = subprocess.check_output([sys.executable, "-S", "-c", program], cwd=tmp_path, text=True)
    assert int(found) > 50


def test_a_python_that_it_is_not_compiled_for_takes_the_sources(archive: Path, tmp_path: Path) -> None:
    program = (
        "import runpy, sys; sys.implementation.cache_tag = 'cpython-399'; sys.argv = ['slipway.pyz', '--version'];"
        f"sys.path.insert(0, {str(archive)!r}); runpy.run_path({str(archive)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-S", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == f"slipway {__version__}\n", done.stderr


def test_a_module_is_read_once(archive: Path, tmp_path: Path) -> None:
    """Python's own importer reads it a second time, for the name of its file."""
    program = f"""
import collections, runpy, sys, zipimport
read, real = collections.Counter(), zipimport._get_data
def counting(archive, entry):
    read[entry[0]] += 1
    return real(archive, entry)
zipimport._get_data = counting
sys.argv = ["slipway.pyz", "--version"]
sys.path.insert(0, {str(archive)!r})
try:
    runpy.run_path({str(archive)!r}, run_name="__main__")
finally:
    import slipway.command
    print(slipway.command.__file__, read[slipway.command.__file__])
"""
    done = subprocess.run([sys.executable, "-S", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    command = f"{archive}/{sys.implementation.cache_tag}/slipway/command.pyc"
    assert done.stdout.splitlines()[1:] == [f"{command} 1"], done.stderr


def test_an_old_python_is_refused_in_one_line(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(archive) as file:
        program = file.read("__main__.py").decode()
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    with pytest.raises(SystemExit) as left:
        exec(compile(program, "__main__.py", "exec"), {})  # noqa: S102  # our own file
    assert left.value.code == 206
    assert capsys.readouterr().err == f"Slipway needs Python 3.10 or newer; {sys.executable} is 3.9\n"


@pytest.mark.parametrize("command", ["emulator", "demo"])
def test_the_emulator_is_not_in_it_and_that_is_said(archive: Path, tmp_path: Path, command: str) -> None:
    done = run(archive, command, cwd=tmp_path)
    assert done.returncode == 206
    assert " is not in slipway.pyz: install Slipway's wheel, or a checkout, with its extra [emulator]\n" in done.stderr


def test_run_says_that_it_needs_files(archive: Path, tmp_path: Path) -> None:
    program = "import slipway; slipway.run('fivetran/execute_sync')"
    environ = {"PYTHONPATH": f"{archive}/sources"}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert "RuntimeError: slipway.run() needs an installed package or a checkout" in done.stderr


def test_the_same_input_makes_the_same_file(archive: Path, wheel: Path, tmp_path: Path) -> None:
    pyz.build(wheel, tmp_path / "again.pyz", [sys.executable], install)
    assert (tmp_path / "again.pyz").read_bytes() == archive.read_bytes()


def test_its_compiled_files_are_up_to_date_without_their_sources(archive: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        names = file.namelist()
    tag = sys.implementation.cache_tag
    assert f"{tag}/slipway/blueprints/fivetran/execute_sync.pyc" in names
    assert f"{tag}/certifi/cacert.pem" in names
    assert [name for name in names if name.startswith(f"{tag}/") and name.endswith(".py")] == []
    assert (ROOT / "requirements.lock").is_file()
