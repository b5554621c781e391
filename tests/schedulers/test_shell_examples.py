"""The shell commands of the cron and GitHub examples, run unchanged."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.conftest import Emulator, eventually

SCHEDULERS = Path(__file__).resolve().parents[2] / "schedulers"
CONNECTOR = "speak_inexpensive"


@contextmanager
def ended_after(emulator: Emulator, reads: int) -> Iterator[None]:
    """Let the running sync end after the connector has been read so many times."""

    def end() -> None:
        ended.append(eventually(lambda: len(emulator.requests("GET")) >= reads))
        emulator.advance(600)

    ended: list[bool] = []
    thread = Thread(target=end)
    thread.start()
    yield
    thread.join()
    assert ended == [True]


@pytest.fixture
def cron(process: Any) -> Any:
    def run(*file: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        environ = {**process.environ, "PYTHON": sys.executable, "PAUSE": "0.3", **variables}
        command = [SCHEDULERS / "cron_chain.sh", CONNECTOR, *file]
        return subprocess.run(command, cwd=process.cwd, env=environ, capture_output=True, text=True)

    return run


def test_the_cron_chain_triggers_looks_until_the_sync_has_ended_and_hands_on_the_result(
    cron: Any, emulator: Any
) -> None:
    emulator.outcomes(CONNECTOR, {"result": "success", "seconds": 600})
    with ended_after(emulator, reads=3):
        done = cron()
    assert done.returncode == 0
    assert '"status": "succeeded"' in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert "the sync is running" in done.stderr
    assert len(emulator.requests("POST")) == 1


@pytest.mark.parametrize("paused", [False, True])
def test_the_cron_chain_replaces_the_result_of_the_run_before_it(
    cron: Any, process: Any, emulator: Any, paused: bool
) -> None:
    emulator.set(CONNECTOR, paused=paused)
    (process.cwd / "last.json").write_text("yesterday's")
    done = cron("last.json")
    assert done.stdout == ""
    assert json.loads((process.cwd / "last.json").read_text())["exit_code"] == done.returncode == (216 if paused else 0)
    assert not (process.cwd / "last.json.new").exists()


def test_the_crontab_truncates_no_result() -> None:
    (line,) = [line for line in (SCHEDULERS / "crontab").read_text().splitlines() if line.startswith("15 ")]
    assert re.findall(r"(?<!>)>(?!>)", line) == []  # the shell empties such a file even if the lock is taken


def test_the_cron_chain_stops_at_once_where_the_sync_failed(cron: Any, emulator: Any) -> None:
    emulator.outcomes(CONNECTOR, {"result": "failure", "message": "no more"})
    done = cron()
    assert done.returncode == 1
    assert '"status": "failed"' in done.stdout
    assert len(emulator.requests("POST")) == 1


def test_the_cron_chain_does_not_check_what_was_not_triggered(cron: Any, emulator: Any) -> None:
    emulator.set(CONNECTOR, paused=True)
    done = cron()
    assert done.returncode == 216
    assert len(emulator.requests()) == 1


def test_the_cron_chain_tries_an_unreachable_api_again_with_the_same_run_id(cron: Any, emulator: Any) -> None:
    emulator.answers("GET", f"/v1/connections/{CONNECTOR}", {"status": 503, "times": 2})
    done = cron(SLIPWAY_RETRY_TIMEOUT="0")
    assert done.returncode == 0
    assert "exit 223" in done.stderr
    assert len(emulator.requests("POST")) == 1


def test_the_cron_chain_gives_up_after_its_tries(cron: Any, emulator: Any) -> None:
    emulator.outcomes(CONNECTOR, {"result": "success", "seconds": 600})
    done = cron(TRIES="2")
    assert done.returncode == 255
    assert done.stderr.count("exit 255") == 2


def action(
    name: str, process: Any, tmp_path: Path, tries: str = "20", folder: Path = SCHEDULERS.parent
) -> "subprocess.CompletedProcess[str]":
    """Run the action's only step as GitHub's runner does, with the packages already installed."""
    (step,) = yaml.safe_load((folder / "action.yml").read_text())["runs"]["steps"]
    script = tmp_path / "step.sh"
    script.write_text(step["run"])
    packages = tmp_path / "temp/slipway"
    packages.mkdir(parents=True, exist_ok=True)
    (packages / ".complete").touch()
    environ = {
        **process.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_ACTION_PATH": str(folder),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "BLUEPRINT": name,
        "TRIES": tries,
        "PAUSE": "0.3",
        "FIVETRAN_CONNECTOR_ID": CONNECTOR,
        "SLIPWAY_UPSTREAM_RUN_IDS" if "check" in name else "SLIPWAY_RUN_ID": "77-trigger",
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]  # the meaning of "shell: bash"
    return subprocess.run(command, cwd=process.cwd, env=environ, capture_output=True, text=True)


def output(tmp_path: Path, name: str) -> str:
    """Return the last value of an output, which is the one that the runner keeps."""
    found = re.findall(rf"^{name}<<(\S+)\n(.*)\n\1$", (tmp_path / "output").read_text(), re.MULTILINE)
    return str(found[-1][1])


def test_the_action_sets_outputs_and_a_summary_and_looks_until_the_sync_has_ended(
    process: Any, tmp_path: Path, emulator: Any
) -> None:
    emulator.outcomes(CONNECTOR, {"result": "success", "seconds": 600})
    assert action("fivetran/execute_sync", process, tmp_path).returncode == 0
    assert output(tmp_path, "status") == "triggered"
    assert output(tmp_path, "run_id") == "77-trigger"
    emulator.forget_requests()
    with ended_after(emulator, reads=1):
        done = action("fivetran/check_sync_status", process, tmp_path)
    assert done.returncode == 0, done.stderr
    assert output(tmp_path, "status") == "succeeded"
    assert output(tmp_path, "succeeded_at").endswith("Z")
    assert "exit 255" in done.stderr
    assert re.findall(r"^### .*: (.*)$", (tmp_path / "summary").read_text(), re.MULTILINE) == ["succeeded"]


def test_the_action_fails_at_once_at_a_final_code_with_the_outputs_set(
    process: Any, tmp_path: Path, emulator: Any
) -> None:
    emulator.set(CONNECTOR, paused=True)
    assert action("fivetran/execute_sync", process, tmp_path).returncode == 216
    assert output(tmp_path, "exit_code") == "216"
    assert len(emulator.requests()) == 1


def test_the_action_runs_no_blueprint_that_is_none(process: Any, tmp_path: Path) -> None:
    done = action("../../x; touch planted", process, tmp_path)
    assert done.returncode == 206
    assert not list(tmp_path.rglob("planted"))


@pytest.mark.parametrize("tries", ["a[$(touch planted)]", "-1", "", "two", "1.5"])
def test_the_action_takes_numbers_only_and_runs_none(process: Any, tmp_path: Path, emulator: Any, tries: str) -> None:
    done = action("fivetran/execute_sync", process, tmp_path, tries)
    assert done.returncode == 206
    assert "the input tries is a whole number" in done.stderr
    assert (emulator.requests(), list(tmp_path.rglob("planted"))) == ([], [])


def test_the_old_path_of_the_action_does_the_same(process: Any, tmp_path: Path, emulator: Any) -> None:
    emulator.set(CONNECTOR, paused=True)
    assert action("fivetran/execute_sync", process, tmp_path, folder=SCHEDULERS).returncode == 216
    assert output(tmp_path, "exit_code") == "216"
    new, old = (yaml.safe_load((folder / "action.yml").read_text()) for folder in (SCHEDULERS.parent, SCHEDULERS))
    assert (new["inputs"], new["outputs"]) == (old["inputs"], old["outputs"])
