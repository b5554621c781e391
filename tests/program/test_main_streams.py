"""Real processes whose streams are closed or full, or that are stopped: the exit code stays, without a traceback."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "blueprints" / "fivetran" / "check_credentials.py"
BARE = {"PATH": os.environ["PATH"]}
PREFIXES = ("Slipway: ", "Fivetran: ")


def shell(command: str, cwd: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run ``$PYTHON`` and ``$SCRIPT`` in a shell, for redirections that only a shell can make."""
    given = BARE | {"PYTHON": sys.executable, "SCRIPT": str(SCRIPT)} | environ
    return subprocess.run(["sh", "-c", command], cwd=cwd, env=given, capture_output=True, text=True, timeout=60)


def program(folder: Path, text: str) -> dict[str, str]:
    """Write a blueprint for one test, prepared like all others. Return the variables to start it."""
    path = folder / "blueprints" / "test" / "one.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        f"import os, signal, sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from shared.program.startup import prepare\nprepare()\n"
        "from shared.program.main import blueprint\nfrom shared.program.run import Outcome, Run\n"
        "from shared.settings.run_settings import RunSettings\n" + text
    )
    return {"SCRIPT": str(path)}


BUG = """@blueprint(RunSettings)
def main(run, settings):
    raise KeyError("a bug")
raise SystemExit(main(os.environ))
"""
STREAMS = ["", ">&-", "2>&-", ">&- 2>&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>&1", "<&- >&- 2>&-"]


@pytest.mark.parametrize("streams", STREAMS)
def test_a_refusal_keeps_its_code_whatever_the_streams_take(tmp_path: Path, streams: str) -> None:
    done = shell(f'"$PYTHON" "$SCRIPT" {streams}', tmp_path)
    assert done.returncode == 206
    if streams in ("", "2>&-", "2>/dev/full"):
        assert json.loads(done.stdout)["exit_code"] == 206
    if streams in ("", ">&-", ">/dev/full"):
        assert done.stderr.startswith("Slipway: exit 206: ")
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("streams", STREAMS)
def test_a_bug_keeps_its_code_whatever_the_streams_take(tmp_path: Path, streams: str) -> None:
    done = shell(f'"$PYTHON" "$SCRIPT" {streams}', tmp_path, **program(tmp_path, BUG))
    assert done.returncode == 249
    if streams == "":
        assert "KeyError: 'a bug'" in done.stderr


@pytest.mark.parametrize("streams", STREAMS)
def test_a_bug_outside_the_story_exits_249_too(tmp_path: Path, streams: str) -> None:
    done = shell(f'"$PYTHON" "$SCRIPT" {streams}', tmp_path, **program(tmp_path, "raise KeyError('early')\n"))
    assert done.returncode == 249
    if streams == "":
        assert "Traceback" in done.stderr
        assert (json.loads(done.stdout)["exit_code"], json.loads(done.stdout)["status"]) == (249, "bug")


def test_a_reader_that_left_changes_no_code(tmp_path: Path) -> None:
    done = shell('{ "$PYTHON" "$SCRIPT"; echo $? >code; } | true; cat code', tmp_path)
    assert done.stdout == "206\n"
    assert "BrokenPipe" not in done.stderr


def test_help_and_version_to_a_closed_stdout_exit_0(tmp_path: Path) -> None:
    assert shell('"$PYTHON" "$SCRIPT" --help >&-', tmp_path).returncode == 0
    assert shell('"$PYTHON" "$SCRIPT" --version >/dev/full', tmp_path).returncode == 0


def test_the_result_is_ascii_whatever_the_locale(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=tmp_path,
        env=BARE | {"FIVETRAN_LEGACY_API": "Türe", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
    )
    assert run.returncode == 206
    assert "Türe" in json.loads(run.stdout.decode("ascii"))["message"]


def test_bytes_that_are_no_text_are_no_bug(tmp_path: Path) -> None:
    given: dict[bytes, bytes] = {key.encode(): value.encode() for key, value in BARE.items()}
    names = (b"FIVETRAN_API_KEY", b"FIVETRAN_API_SECRET", b"FIVETRAN_CONNECTOR_ID", b"SLIPWAY_RUN_ID")
    given |= dict.fromkeys(names, b"\xff\xfe-bytes") | {b"FIVETRAN_\xff": b"\xff"}
    script = str(SCRIPT.with_name("execute_sync.py"))
    done = subprocess.run([sys.executable, script], cwd=tmp_path, env=given, capture_output=True)
    assert done.returncode == 206
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout)["exit_code"] == 206


def test_without_requests_it_says_what_to_install(tmp_path: Path) -> None:
    done = shell('"$PYTHON" -S "$SCRIPT"', tmp_path)  # without site-packages
    assert done.returncode == 206
    which = f"{sys.executable} finds no requests; pip install -r requirements-run.txt for it"
    assert done.stderr == f"Slipway: exit 206: {which}\n"  # a crontab may find another Python than a shell does
    result = json.loads(done.stdout)
    assert (result["exit_code"], result["status"], result["message"]) == (206, "invalid_input", which)
    assert shell('"$PYTHON" -S "$SCRIPT" 2>&-', tmp_path).returncode == 206
    assert (ROOT / "requirements-run.txt").exists()


@pytest.mark.parametrize("path", sorted((ROOT / "blueprints").glob("*/*.py")), ids=lambda path: path.stem)
def test_a_script_copied_without_shared_says_so(tmp_path: Path, path: Path) -> None:
    if path.stem == "__init__":
        assert path.read_text() == ""
        return
    (tmp_path / "deep" / "down" / "below").mkdir(parents=True)
    copy = shutil.copy(path, tmp_path / "deep" / "down" / "below")
    run = [sys.executable, "-S", "-E", copy]
    done = subprocess.run(run, cwd=tmp_path, env=BARE, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (206, "")
    assert done.stderr == "Slipway: this script needs the folder shared/ beside blueprints/; copy both.\n"


def test_a_link_to_a_script_finds_shared_where_the_script_is(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(SCRIPT)
    done = shell('"$PYTHON" link --version', tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"slipway \d+\.\d+\.\d+\n", done.stdout)


def test_modules_in_the_working_directory_are_not_imported(tmp_path: Path) -> None:
    for name in ("shared", "requests", "json", "dotenv", "sitecustomize", "signal"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(99)\n")
    (tmp_path / ".env").write_text("FIVETRAN_LEGACY_API=Ture\n")
    (tmp_path / ".env").chmod(0o600)
    done = shell('"$PYTHON" "$SCRIPT"', tmp_path)
    assert (done.returncode, "Ture" in done.stdout) == (206, True)


STUBBORN = """
@blueprint(RunSettings)
def main(run, settings):
    os.kill(os.getpid(), signal.SIGTERM)
    while True:
        signal.pause()
import shared.program.result
real = shared.program.result.write
def write(stream, text):
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(os.getpid(), number)
    real(stream, text)
shared.program.result.write = write
raise SystemExit(main(os.environ))
"""


def test_a_second_signal_does_not_tear_the_result(tmp_path: Path) -> None:
    done = shell('"$PYTHON" "$SCRIPT"', tmp_path, **program(tmp_path, STUBBORN))
    assert done.returncode == 143
    result: dict[str, Any] = json.loads(done.stdout)
    assert (result["status"], result["exit_code"], result["retry"]) == ("interrupted", 143, True)
    assert "Traceback" not in done.stderr
