"""slipway.run(): a blueprint's process, started by another Python program."""

import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import slipway
from shared.program.outputs import DAGSTER_PIPES
from slipway import Ended, Failed, Result, TryAgain, processes

ROOT = Path(__file__).resolve().parents[2]
RESULT = '{"schema": 1, "status": "fine", "exit_code": 0, "retry": false, "message": "so"}'


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let "fivetran/stand_in" be a script of the test."""
    folder = tmp_path / "home/blueprints/fivetran"
    folder.mkdir(parents=True)
    monkeypatch.setattr(processes, "home", lambda: str(tmp_path / "home"))

    def write(text: str) -> str:
        (folder / "stand_in.py").write_text("import os, signal, sys, time\n" + text)
        return "fivetran/stand_in"

    return write


def real(process: Any, name: str, **variables: Any) -> Result:
    return slipway.run(name, cwd=process.cwd, **{**process.environ, **variables})


def test_a_chain_finds_its_files_in_one_folder_and_returns_what_the_line_said(process: Any, emulator: Any) -> None:
    emulator.outcomes("speak_inexpensive", {"result": "success", "seconds": 60})
    started = real(process, "fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive", SLIPWAY_RUN_ID="a")
    assert (started.code, started.status, started.retry) == (0, "triggered", False)
    assert started.fields["connector_id"] == "speak_inexpensive"
    assert started.message == started.fields["message"]
    looked = real(process, "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="a")
    assert (looked.code, looked.retry) == (255, True)
    with pytest.raises(TryAgain, match=r"^fivetran/check_sync_status exited with 255: the sync is running$") as raised:
        real(process, "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="a", check=True)
    assert raised.value.result.code == 255
    assert repr(raised.value) == "TryAgain('fivetran/check_sync_status exited with 255: the sync is running')"
    emulator.advance(61)
    assert real(process, "fivetran/check_sync_status", SLIPWAY_UPSTREAM_RUN_IDS="a", check=True).code == 0


def test_what_no_retry_helps_is_failed(process: Any, emulator: Any) -> None:
    emulator.set("speak_inexpensive", paused=True)
    with pytest.raises(Failed, match="exited with 216") as raised:
        real(process, "fivetran/execute_sync", FIVETRAN_CONNECTOR_ID="speak_inexpensive", check=True)
    assert raised.value.result.fields["exit_code"] == 216
    assert raised.value.blueprint == "fivetran/execute_sync"


def test_variables_are_added_to_the_environment(stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIVETRAN_KEPT", "kept")
    monkeypatch.setenv("FIVETRAN_GONE", "here")
    name = stand_in(
        "import json\n"
        "given = {name: value for name, value in os.environ.items() if name.startswith('FIVETRAN_')}\n"
        f"print(json.dumps(json.loads({RESULT!r}) | given))"
    )
    fields = slipway.run(
        name, FIVETRAN_YES=True, FIVETRAN_NO=False, FIVETRAN_NUMBER=15, FIVETRAN_TEXT="é", FIVETRAN_GONE=None
    ).fields
    assert {key: value for key, value in fields.items() if key.startswith("FIVETRAN_")} == {
        "FIVETRAN_KEPT": "kept",
        "FIVETRAN_YES": "TRUE",
        "FIVETRAN_NO": "FALSE",
        "FIVETRAN_NUMBER": "15",
        "FIVETRAN_TEXT": "é",
    }
    assert os.environ["FIVETRAN_GONE"] == "here"


@pytest.mark.parametrize("given", [{}, {"DAGSTER_PIPES_CONTEXT": "mine"}])
def test_a_blueprint_does_not_speak_to_dagster_for_its_caller(
    stand_in: Any, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    monkeypatch.setenv("DAGSTER_PIPES_CONTEXT", "the step's")
    name = stand_in(
        f"import json\nprint(json.dumps(json.loads({RESULT!r}) | {{'pipes': os.environ.get('DAGSTER_PIPES_CONTEXT')}}))"
    )
    assert slipway.run(name, **given).fields["pipes"] == given.get("DAGSTER_PIPES_CONTEXT")
    assert frozenset(DAGSTER_PIPES) == processes.CALLERS_OWN


def test_what_it_says_goes_line_by_line_to_the_log_in_the_callers_thread(stand_in: Any) -> None:
    name = stand_in(f"sys.stderr.buffer.write(b'one\\ntw\\xff\\n'); print({RESULT!r})")
    said: list[tuple[str, int]] = []
    assert slipway.run(name, log=lambda line: said.append((line, threading.get_ident()))).status == "fine"
    assert said == [("one", threading.get_ident()), ("tw�", threading.get_ident())]


def test_without_a_log_it_goes_to_this_programs_stderr(stand_in: Any, capfd: pytest.CaptureFixture[str]) -> None:
    slipway.run(stand_in(f"sys.stderr.write('said\\n'); print({RESULT!r})"))
    assert capfd.readouterr() == ("", "said\n")


def test_a_result_larger_than_a_pipe_blocks_nothing(stand_in: Any) -> None:
    name = stand_in(
        "import json\n"
        "sys.stderr.write('said\\n' * 100_000)\n"
        f"print(json.dumps(json.loads({RESULT!r}) | {{'data': 'x' * 1_000_000}}))"
    )
    said: list[str] = []
    assert len(slipway.run(name, log=said.append).fields["data"]) == 1_000_000
    assert len(said) == 100_000


@pytest.mark.parametrize(
    ("script", "code", "status", "retry"),
    [
        ("sys.exit(1)", 1, "no_result", False),
        ("print('no JSON')", 0, "no_result", False),
        ("print([1])", 0, "no_result", False),
        (f"print({RESULT!r}); sys.exit(3)", 3, "no_result", False),  # another program's line, or a crash after it
        ("os.kill(os.getpid(), signal.SIGKILL)", 137, "killed", True),
    ],
)
def test_a_process_without_a_result_is_no_success(
    stand_in: Any, script: str, code: int, status: str, retry: bool
) -> None:
    result = slipway.run(stand_in(script))
    assert (result.code, result.status, result.retry, result.fields) == (code, status, retry, {})
    with pytest.raises(TryAgain if retry else Failed):
        slipway.run(stand_in(script), check=True)


def test_a_cancelled_call_tells_the_blueprint_to_end_and_waits_until_it_has(stand_in: Any, tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    name = stand_in(
        f"def end(*_):\n    open({str(ended)!r}, 'w').close()\n    sys.exit(143)\n"
        "signal.signal(signal.SIGTERM, end)\nprint('ready', file=sys.stderr, flush=True)\ntime.sleep(60)"
    )

    def cancel(_line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        slipway.run(name, log=cancel)
    assert ended.exists()


def test_a_cancelled_call_kills_what_does_not_end(stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "TO_END", 0.2)
    name = stand_in(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(os.getpid(), file=sys.stderr, flush=True)\ntime.sleep(60)"
    )
    said: list[int] = []

    def cancel(line: str) -> None:
        said.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        slipway.run(name, log=cancel)
    with pytest.raises(ProcessLookupError):
        os.kill(said[0], 0)


@pytest.mark.parametrize("name", ["fivetran/exec_sync", "../x", "fivetran/__init__", "nonsense", ""])
def test_a_blueprint_that_there_is_not_is_refused_with_the_nearest(name: str) -> None:
    with pytest.raises(ValueError, match=r"there is no blueprint .*; did you mean \w+/\w+"):
        slipway.run(name)


def test_the_nearest_is_the_first() -> None:
    with pytest.raises(ValueError, match="did you mean fivetran/execute_sync or"):
        slipway.run("fivetran/exec_sync")


def test_a_misspelt_argument_is_no_variable() -> None:
    with pytest.raises(TypeError, match="no argument 'chekc'"):
        slipway.run("fivetran/execute_sync", chekc=True)


def test_a_folder_without_blueprints_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "home", lambda: str(tmp_path / "slipway.pyz/slipway"))
    with pytest.raises(RuntimeError, match="needs an installed package or a checkout"):
        slipway.run("fivetran/execute_sync")


def test_the_exceptions_travel_between_processes() -> None:
    """Schedulers pickle them: Prefect in its results, Dagster from the process of its step."""
    error: Ended = TryAgain("fivetran/check_sync_status", Result(255, "running", True, "it runs", {"a": 1}))
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.result, type(copy)) == (str(error), error.result, TryAgain)


def test_importing_it_loads_nothing_of_slipways_and_little_else(tmp_path: Path) -> None:
    program = (
        "import sys; before = set(sys.modules); import slipway; print(*sorted(set(sys.modules) - before - {'typing'}));"
        "slipway.run; print(*[name for name in sys.modules if name.partition('.')[0] in "
        "('shared', 'blueprints', 'requests', 'dotenv', 'slipway')])"
    )
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    found = subprocess.check_output([sys.executable, "-c", program], cwd=tmp_path, env=environ, text=True)
    first, second = found.splitlines()
    assert "slipway" in first.split()
    assert not {"subprocess", "json", "tempfile"} & set(first.split())
    assert set(second.split()) == {"slipway", "slipway.processes", "slipway.layout"}


def test_it_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = slipway.nonsense  # type: ignore[attr-defined]
    assert all(getattr(slipway, name) for name in slipway.__all__)


def test_nothing_planted_in_the_working_directory_is_imported(process: Any) -> None:
    plant = "import os; os.write(2, b'PLANTED')"
    for name in ("requests", "json", "shared", "blueprints", "slipway", "fivetran"):
        (process.cwd / f"{name}.py").write_text(plant)
    said: list[str] = []
    variables = {**process.environ, "FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
    assert slipway.run("fivetran/execute_sync", cwd=process.cwd, log=said.append, **variables).code == 0
    assert said
    assert "PLANTED" not in "".join(said)
