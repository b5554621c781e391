"""Signals from the first line of a blueprint on: none is ignored, and each run has a result and a message."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT
from tests.soak import PARTS, chance, part_of, tell

BARE = {"PATH": os.environ["PATH"], "FIVETRAN_API_KEY": "key-of-the-tests", "FIVETRAN_API_SECRET": "secret-of-tests"}
BARE |= {"FIVETRAN_API_URL": "http://127.0.0.1:9/v1", "SLIPWAY_RETRY_TIMEOUT": "30"}
SCRIPT = ROOT / "blueprints" / "fivetran" / "check_credentials.py"
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
both = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def run(folder: Path, *command: str, **environ: str) -> Ended:
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=BARE | environ, capture_output=True, text=True, timeout=60
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def importing(folder: Path, text: str) -> dict[str, str]:
    """Write a package ``requests`` that runs this code when it is imported. Return the variables to use it."""
    (folder / "early").mkdir()
    (folder / "early" / "requests.py").write_text(text)
    return {"PYTHONPATH": str(folder / "early")}


STRIKES = {
    "plainly": "os.kill(os.getpid(), {number})",
    "in a finalizer": "class Thing:\n    def __del__(self):\n        os.kill(os.getpid(), {number})\nThing()",
    "where all is caught": "try:\n    os.kill(os.getpid(), {number})\nexcept:\n    pass",
    "in a weak reference's callback": (
        "import weakref\nclass Thing: pass\nthing = Thing()\n"
        "ref = weakref.ref(thing, lambda _: os.kill(os.getpid(), {number}))\ndel thing"
    ),
}


@both
@pytest.mark.parametrize("where", STRIKES)
@pytest.mark.parametrize("start", [[str(SCRIPT)], ["-m", "blueprints", "fivetran/check_credentials"]])
def test_a_signal_in_the_middle_of_an_import_ends_the_program_with_a_result(
    tmp_path: Path, number: signal.Signals, where: str, start: list[str]
) -> None:
    text = f"import os\n{STRIKES[where].format(number=int(number))}\nopen('went-on', 'w').close()\n"
    environ = importing(tmp_path, text)
    if start[0] == "-m":
        environ["PYTHONPATH"] += f":{ROOT}"
    code = CODES[number]
    ended = run(tmp_path, *start, **environ)
    assert not (tmp_path / "went-on").exists()
    assert ended.code == code
    assert ended.err == f"Slipway: exit {code}: {number.name} arrived before anything was sent\n"
    result = json.loads(ended.out)
    assert result.pop("message") == f"{number.name} arrived before anything was sent"
    assert result == {
        "schema": 1,
        "blueprint": "fivetran/check_credentials",
        "run_id": None,
        "status": "interrupted",
        "exit_code": code,
        "retry": True,
    }


PROGRAM = """
import os, signal, sys, time
sys.path.insert(0, {root!r})
from shared.program.signals import prepare
prepare()
from shared.program.main import blueprint
from shared.program.run import Outcome
from shared.settings.run_settings import RunSettings

class Thing:
    def __del__(self):
        os.kill(os.getpid(), {number})

@blueprint(RunSettings)
def main(run, settings):
    run.say("begun")
{body}
    open("went-on", "w").close()
    return Outcome("done", "it went on")

raise SystemExit(main(os.environ))
"""


def program(folder: Path, number: int, body: str) -> str:
    """Write a blueprint for one test."""
    path = folder / "blueprints" / "test" / "one#.py"
    path.parent.mkdir(parents=True)
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    path.write_text(PROGRAM.format(root=str(ROOT), number=int(number), body=indented))
    return str(path)


@both
def test_a_signal_that_python_drops_while_a_run_goes_on_ends_it_all_the_same(
    tmp_path: Path, number: signal.Signals
) -> None:
    ended = run(tmp_path, program(tmp_path, number, "Thing()\ntime.sleep(20)"))
    assert (ended.code, json.loads(ended.out)["status"]) == (CODES[number], "interrupted")
    assert not (tmp_path / "went-on").exists()
    assert "Traceback" not in ended.err


def test_a_hangup_that_is_ignored_at_the_start_stays_ignored(tmp_path: Path) -> None:
    script = program(tmp_path, signal.SIGHUP, "os.kill(os.getpid(), 1)")
    start = "import os, signal, sys\nsignal.signal(1, signal.SIG_IGN)\n"
    start += f"os.execl(sys.executable, sys.executable, {script!r})"
    ended = run(tmp_path, "-c", start)
    assert (ended.code, json.loads(ended.out)["status"]) == (0, "done")
    assert (tmp_path / "went-on").exists()


CLOSED = """
from shared.http.response import Answer
with run.response_file("seen") as response, run.screen.live_line(lambda width: ["waits"]):
    response.last = Answer(200, {}, b'{"seen": 1}')
    run.say("saw it")
    run.sleep(60)
"""


def test_a_run_whose_terminal_is_closed_saves_its_files_and_ends_as_hung_up(tmp_path: Path) -> None:
    terminal, end = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, program(tmp_path, 0, CLOSED.strip())],
        cwd=tmp_path,
        env=BARE | {"TERM": "xterm"},
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(end)
    said = b""
    while b"saw it" not in said:
        said += os.read(terminal, 1024)
    os.close(terminal)
    assert running.wait(60) == 129
    (saved,) = tmp_path.rglob("seen_response.json")
    assert json.loads(saved.read_text()) == {"seen": 1}


def test_what_else_python_drops_is_still_said(tmp_path: Path) -> None:
    body = 'def fail(self): raise KeyError("dropped")\nThing.__del__ = fail\nThing()'
    ended = run(tmp_path, program(tmp_path, signal.SIGTERM, body))
    assert (ended.code, "KeyError: 'dropped'" in ended.err) == (0, True)


@both
def test_two_signals_at_once_are_one(tmp_path: Path, number: signal.Signals) -> None:
    body = "try:\n    Thing()\n    time.sleep(5)\nfinally:\n    os.kill(os.getpid(), 15)\n    run.note(tidied=True)"
    ended = run(tmp_path, program(tmp_path, number, body))
    assert (ended.code, json.loads(ended.out)["tidied"]) == (CODES[number], True)


@both
def test_a_pipe_that_is_full_does_not_keep_an_interrupted_run(tmp_path: Path, number: signal.Signals) -> None:
    body = (
        "import shared.program.main\nshared.program.main.TO_LEAVE = 0.2\n"
        "end, full = os.pipe()\nos.set_blocking(full, False)\n"
        "try:\n    while True: os.write(full, b'x' * 4096)\nexcept BlockingIOError: os.set_blocking(full, True)\n"
        f"os.dup2(full, 2)\nos.kill(os.getpid(), {int(number)})\ntime.sleep(30)"
    )
    assert run(tmp_path, program(tmp_path, number, body)).code == CODES[number]


def test_a_run_that_has_succeeded_and_finds_no_reader_ends_after_a_signal_as_a_success(tmp_path: Path) -> None:
    body = (
        "import shared.program.signals\nshared.program.signals.TO_LEAVE = 0.2\n"
        "end, full = os.pipe()\nos.set_blocking(full, False)\n"
        "try:\n    while True: os.write(full, b'x' * 4096)\nexcept BlockingIOError: os.set_blocking(full, True)\n"
        "os.dup2(full, 1)"
    )
    command = [sys.executable, program(tmp_path, 0, body)]
    with subprocess.Popen(command, cwd=tmp_path, env=BARE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        while "Slipway: done" not in (line := running.stderr.readline()):
            assert line
        running.terminate()
        try:
            assert running.wait(20) == 0
        finally:
            running.kill()


def test_a_second_signal_ends_a_run_that_takes_long_to_end(tmp_path: Path) -> None:
    body = (
        "import shared.program.signals\nshared.program.signals._UNDER_WAY = 0.1\n"
        "try:\n    os.kill(os.getpid(), 2)\nfinally:\n    time.sleep(0.3)\n    os.kill(os.getpid(), 15)\n"
        "    time.sleep(30)"
    )
    ended = run(tmp_path, program(tmp_path, signal.SIGTERM, body))
    result = json.loads(ended.out)
    assert (ended.code, result["exit_code"], result["blueprint"]) == (143, 143, "test/one#")
    assert "a sync that was started goes on" in ended.err


def test_a_bug_after_the_result_writes_no_second_result(tmp_path: Path) -> None:
    body = (
        "import shared.program.result\ndef deliver(*_): raise KeyError('late')\nshared.program.result.deliver = deliver"
    )
    ended = run(tmp_path, program(tmp_path, signal.SIGTERM, body))
    assert ended.code == 249
    assert json.loads(ended.out)["status"] == "done"
    assert "KeyError: 'late'" in ended.err


@pytest.mark.parametrize(
    ("error", "limit"),
    [
        ("MemoryError()", "Cannot allocate memory"),
        ("OSError(24, 'x')", "Too many open files"),
        ("ImportError('libssl.so.3: failed to map segment from shared object')", "Cannot allocate memory"),
    ],
)
def test_a_limit_of_the_system_during_an_import_is_no_bug(tmp_path: Path, error: str, limit: str) -> None:
    ended = run(tmp_path, str(SCRIPT), **importing(tmp_path, f"raise {error}"))
    result = json.loads(ended.out)
    assert (ended.code, result["exit_code"], result["retry"], result["status"]) == (223, 223, True, "unreachable")
    assert f"limit of the system ({limit})" in result["message"]
    assert "Traceback" not in ended.err


def test_the_regular_exit_under_pythoninspect_is_no_bug(tmp_path: Path) -> None:
    ended = run(tmp_path, program(tmp_path, signal.SIGTERM, ""), PYTHONINSPECT="1")
    assert (ended.code, ended.err.count("249")) == (0, 0)


PREPARED = """
import _signal, os
of_python = _signal.signal

def signal(number, handler):
    of_python(number, handler)
    if number == _signal.SIGINT and handler.__module__ == "shared.program.signals":
        _signal.signal = of_python
        os.write(int(os.environ["TELL"]), b"prepared")
        os.close(int(os.environ["TELL"]))

_signal.signal = signal
"""


@pytest.mark.parametrize("part", range(PARTS))
def test_a_process_has_a_result_for_every_signal_from_its_first_line_on(tmp_path: Path, part: int) -> None:
    """At random moments after ``prepare`` in the first line. Before that, Python itself handles signals."""
    randomly = chance(f"signals {part}")
    (tmp_path / "sitecustomize.py").write_text(PREPARED)
    for _ in range(part_of(24, 2000)):
        number, delay = randomly.choice([*CODES]), randomly.uniform(0, 0.3)
        reader, writer = os.pipe()
        with subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            cwd=tmp_path,
            env=BARE | {"PYTHONPATH": str(tmp_path), "TELL": str(writer)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[writer],
        ) as process:
            os.close(writer)
            with open(reader, "rb") as told:
                assert told.read() == b"prepared"
            time.sleep(delay)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        assert process.returncode == CODES[number], (number, delay, err)
        assert json.loads(out)["exit_code"] == process.returncode
        assert b"Traceback" not in err
        assert f"exit {process.returncode}: {number.name} arrived".encode() in err
        tell({"signals from the first line on": 1})
