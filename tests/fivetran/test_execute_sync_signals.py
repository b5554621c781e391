"""Interrupted runs, and runs whose output cannot be written: the exit code keeps its meaning."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Emulator, Finished, Process, eventually

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID = "speak_inexpensive"
DETAILS, SYNC = f"/v1/connections/{ID}", f"/v1/connections/{ID}/sync"
LONG = {"result": "success", "seconds": 600}


def interrupted(running: "subprocess.Popen[str]", number: int) -> Finished:
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    return Finished(running.returncode, out, err)


def asked(emulator: Emulator, method: str, times: int) -> None:
    """Wait until so many requests have arrived."""
    assert eventually(lambda: len(emulator.requests(method)) >= times)


@pytest.mark.parametrize("name", [TRIGGER, CHECK])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_during_a_wait_ends_it_and_leaves_the_sync_alone(
    process: Process, emulator: Emulator, name: str, number: int, code: int
) -> None:
    emulator.outcomes(ID, LONG)
    emulator.set(ID, sync_state="syncing")
    variables = {"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_WAIT": "TRUE", "FIVETRAN_FORCE": "FALSE"}
    variables["FIVETRAN_EXECUTION_TIME"] = "2099-01-01T00:00:00Z"
    running = process.start(name, **variables)
    assert running.stderr is not None
    while "the sync is running (" not in running.stderr.readline():
        assert running.poll() is None
    done = interrupted(running, number)
    assert (done.code, done.result["exit_code"], done.result["status"]) == (code, code, "interrupted")
    assert done.result["retry"] is True
    stopped = "Stopped waiting" if code == 130 else "SIGTERM arrived: stopped waiting"
    assert done.result["message"] == f"{stopped}; the sync goes on. check_sync_status tells how it went."
    assert (done.result["connector_id"], done.result["sync_state"]) == (ID, "syncing")
    assert {"succeeded_at", "failed_at", "execution_time", "dashboard"} <= done.result.keys()
    saved = json.loads(process.file("responses", f"connector_{ID}_response.json").read_text())
    assert saved["data"]["status"]["sync_state"] == "syncing"
    assert "Traceback" not in done.stderr
    assert emulator.connector(ID)["sync_state"] == "syncing"
    assert emulator.requests("POST") == []


def test_a_batch_that_is_interrupted_says_how_far_it_was(process: Process, emulator: Emulator) -> None:
    emulator.outcomes(ID, LONG)
    given = {"FIVETRAN_CONNECTOR_ID": f"{ID},stubborn_kettle,gratuitous_bounty", "FIVETRAN_POLL_INTERVAL": "1"}
    running = process.start(TRIGGER, **given, FIVETRAN_WAIT="TRUE")
    assert running.stderr is not None
    while "2 of 3 finished (1 failed), 1 running" not in running.stderr.readline():
        assert running.poll() is None
    done = interrupted(running, signal.SIGTERM)
    assert (done.code, done.result["progress"]) == (143, "2 of 3 finished (1 failed), 1 running")
    assert "; the syncs go on. check_sync_status tells how they went; a retry without" in done.result["message"]


def test_a_signal_while_a_call_hangs_ends_it_at_once(process: Process, emulator: Emulator) -> None:
    emulator.answers("GET", DETAILS, {"hang": 20})
    running = process.start(CHECK, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_READ_TIMEOUT="60")
    asked(emulator, "GET", 1)
    assert interrupted(running, signal.SIGTERM).code == 143


def test_a_signal_between_request_and_answer_leaves_a_record_for_a_retry(process: Process, emulator: Emulator) -> None:
    run = {"FIVETRAN_CONNECTOR_ID": ID, "SLIPWAY_RUN_ID": "run-1"}
    emulator.outcomes(ID, LONG)
    emulator.answers("POST", SYNC, {"hang": 20, "handled": True})
    running = process.start(TRIGGER, **run, SLIPWAY_READ_TIMEOUT="60")
    asked(emulator, "POST", 1)
    assert eventually(lambda: emulator.connector(ID)["sync_state"] == "syncing")
    done = interrupted(running, signal.SIGTERM)
    assert (done.code, done.result["execution_time"] is not None) == (143, True)
    assert (
        json.loads(process.file("variables", "run-1_force_sync.json").read_text())["connectors"][0]["state"]
        == "sending"
    )
    assert process(TRIGGER, **run).result["status"] == "joined"
    assert len(emulator.requests("POST")) == 1


def test_a_second_signal_does_not_tear_the_result(process: Process, emulator: Emulator) -> None:
    emulator.outcomes(ID, LONG)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    filler = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            filler += os.write(writer, b"x")
    os.set_blocking(writer, True)  # from now on a process that writes its result waits for a reader
    running = subprocess.Popen(
        process.command(TRIGGER),
        cwd=process.cwd,
        env=process.environment({"FIVETRAN_CONNECTOR_ID": ID, "FIVETRAN_WAIT": "TRUE"}),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    assert running.stderr is not None
    asked(emulator, "GET", 2)
    running.send_signal(signal.SIGTERM)
    while "exit 143" not in (line := running.stderr.readline()):
        assert line
    running.send_signal(signal.SIGTERM)
    with open(reader, encoding="utf-8") as file:
        result = json.loads(file.read()[filler:])
    assert (running.wait(60), result["exit_code"]) == (143, 143)
    running.stderr.close()


# -- output that cannot be written ------------------------------------------------------------------------------------


def shell(process: Process, name: str, redirection: str, **variables: str) -> Finished:
    command = shlex.join([sys.executable, str(ROOT / "blueprints" / f"{name}.py")])
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {command} {redirection}"],
        cwd=process.cwd,
        env=process.environment(variables),  # type: ignore[arg-type]  # str is a str or None
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


STREAMS = [">&-", ">/dev/full", "2>&-", "2>/dev/full", ">&- 2>&-", ">/dev/full 2>/dev/full", "<&- >&- 2>&-"]


@pytest.mark.parametrize("redirection", STREAMS)
def test_closed_or_full_streams_change_no_exit_code(process: Process, emulator: Emulator, redirection: str) -> None:
    assert shell(process, TRIGGER, redirection, FIVETRAN_CONNECTOR_ID=ID).code == 0
    assert len(emulator.requests("POST")) == 1
    files = {Path(name).name for name in process.files()}
    assert files == {"force_sync.pickle", f"{ID}_force_sync.json", f"sync_{ID}_response.json"}
    for name in process.files():
        assert b"Slipway:" not in (process.cwd / name).read_bytes()
    assert shell(process, CHECK, redirection, FIVETRAN_EXECUTION_TIME="2099-01-01T00:00Z").code == 255
    assert shell(process, CHECK, redirection, FIVETRAN_API_KEY="").code == 206


def test_a_reader_that_has_gone_changes_no_exit_code(process: Process) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        process.command(TRIGGER),
        cwd=process.cwd,
        env=process.environment({"FIVETRAN_CONNECTOR_ID": ID}),
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writer)
    assert done.returncode == 0


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_no_locale_breaks_the_result(process: Process, emulator: Emulator, locale: str) -> None:
    emulator.set(
        ID, tasks=[{"code": "x", "message": "Zugriff verweigert, größer", "details": "日本"}], failed_at=time.time()
    )
    done = process(CHECK, FIVETRAN_CONNECTOR_ID=ID, LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.code == 1
    assert "größer: 日本" in done.result["message"]
