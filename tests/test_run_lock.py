"""Several processes with the same run id: one triggers, the others join what it starts."""

import ctypes
import errno
import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.artifacts.files import Artifacts
from shared.errors import ArtifactUnusable, TriggerUnknown
from shared.run_lock import exclusive
from tests.conftest import Blueprint, Emulator, Finished, Process

TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
ID, OTHER = "speak_inexpensive", "gratuitous_bounty"
LOCK = "run-1_force_sync.lock"
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


class Clocked:
    """The parts of a ``Run`` that a lock uses, with a clock that only sleeps advance."""

    dry_run = False

    def __init__(self, folder: Path) -> None:
        self.artifacts = Artifacts(str(folder), "fivetran")
        self.now = 100.0
        self.said: list[str] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def say(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def run(tmp_path: Path) -> Any:
    return Clocked(tmp_path)


@pytest.fixture
def held(run: Any) -> Iterator[int]:
    """Hold the lock as another process would: a ``flock`` belongs to the opened file, not to the process."""
    descriptor = run.artifacts.open_lock("variables", LOCK)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield descriptor
    os.close(descriptor)


def test_the_second_waits_until_the_first_has_let_go(run: Any, held: int) -> None:
    real = run.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        if run.now >= 105:
            fcntl.flock(held, fcntl.LOCK_UN)

    run.sleep = sleep
    with exclusive(run, LOCK, 60):
        assert run.now == 105
    assert len(run.said) == 1
    assert "another process of this run is triggering" in run.said[0]


def test_out_of_time_it_is_202_and_nothing_was_sent(run: Any, held: int) -> None:
    two_at_once = pytest.raises(TriggerUnknown, match=r"nothing was sent here.*run-1_force_sync\.lock")
    with two_at_once as caught, exclusive(run, LOCK, 60):
        raise AssertionError("two at once")
    assert caught.value.code == 202
    assert run.now == 160


def test_a_file_system_without_locks_is_said_and_ends_nothing(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, how: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with exclusive(run, LOCK, 60):
        assert ["cannot be locked (Operation not supported)" in line for line in run.said] == [True]


def test_what_was_locked_is_let_go_whatever_happens(run: Any) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), exclusive(run, LOCK, 0):
            raise ZeroDivisionError
    assert run.said == []


def test_a_dry_run_and_a_store_without_a_lock_leave_no_file(run: Any, tmp_path: Path) -> None:
    with exclusive(run, None, 0):
        run.dry_run = True
        with exclusive(run, LOCK, 0):
            assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_locks_place_is_207(run: Any, tmp_path: Path) -> None:
    run.artifacts.write("variables", "a", b"")
    (tmp_path / "fivetran-blueprints/variables" / LOCK).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ArtifactUnusable, match="links are not followed"), exclusive(run, LOCK, 0):
        raise AssertionError("through a link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_cannot_be_written_is_207_before_anything_is_sent(blueprint: Blueprint, emulator: Emulator) -> None:
    folder = blueprint.file("variables", LOCK)
    folder.mkdir(parents=True)
    done = blueprint(TRIGGER, FIVETRAN_CONNECTOR_ID=ID, SLIPWAY_RUN_ID="run-1")
    assert (done.code, emulator.requests("POST")) == (207, [])


def at_once(process: Process, count: int, **variables: str) -> list[Finished]:
    running = [process.start(TRIGGER, SLIPWAY_RUN_ID="run-1", **variables) for _ in range(count)]
    ended = [(one, *one.communicate(timeout=120)) for one in running]
    return [Finished(one.returncode, out, err) for one, out, err in ended]


@pytest.mark.parametrize("force", ["TRUE", "FALSE"])
@pytest.mark.parametrize("ids", [(ID,), (ID, OTHER)], ids=["single", "batch"])
def test_several_processes_of_one_run_send_one_request(
    process: Process, emulator: Emulator, ids: tuple[str, ...], force: str
) -> None:
    """``make soak`` plays 100 rounds with up to ten processes, in ``tests/soak/processes.py``."""
    for one in ids:
        emulator.outcomes(one, {"seconds": 3600})
    emulator.answers("GET", "/v1/*", *[{"delay": 0.6}] * 3 * len(ids))
    done = at_once(process, 3, FIVETRAN_CONNECTOR_ID=",".join(ids), FIVETRAN_FORCE=force)
    assert [one.code for one in done] == [0] * len(done), done
    assert len(emulator.requests("POST")) == len(ids), done
    states = sorted(str(one.result["data"]["counts"] if len(ids) > 1 else one.result["status"]) for one in done)
    started = str({"triggered": 2} if len(ids) > 1 else "triggered")
    joined = str({"joined": 2} if len(ids) > 1 else "joined")
    assert states == sorted([started, *[joined] * (len(done) - 1)]), done


def as_anybody() -> None:
    """In a child process: make file modes apply to root, too, who could otherwise write anywhere."""
    assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) == 0 or os.geteuid() != 0


@pytest.mark.parametrize("ids", [ID, f"{ID},{OTHER}"], ids=["single", "batch"])
def test_a_folder_that_cannot_be_written_is_207_and_nothing_is_sent(
    process: Process, emulator: Emulator, ids: str
) -> None:
    """Its files, with the lock, are those of another user who could write there."""
    given = {"FIVETRAN_CONNECTOR_ID": ids, "SLIPWAY_RUN_ID": "run-1"}
    assert process(TRIGGER, **given).code == 0
    emulator.reset()
    folders = [path for path in (process.cwd, *process.cwd.rglob("*")) if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        done = subprocess.run(
            process.command(TRIGGER),
            cwd=process.cwd,
            env=process.environment({**given}),
            capture_output=True,
            text=True,
            preexec_fn=as_anybody,
            timeout=60,
        )
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert (done.returncode, emulator.requests("POST")) == (207, []), done
    assert json.loads(done.stdout)["exit_code"] == 207
    assert "could not be written: Permission denied" in done.stderr


@pytest.mark.parametrize("ids", [ID, f"{ID},{OTHER}"], ids=["single", "batch"])
def test_a_process_that_triggers_holds_the_lock_alone_and_leaves_none_when_it_is_killed(
    process: Process, emulator: Emulator, ids: str
) -> None:
    emulator.answers("GET", "/v1/*", *[{"delay": 60}] * 2)
    first = process.start(TRIGGER, FIVETRAN_CONNECTOR_ID=ids, SLIPWAY_RUN_ID="run-1", SLIPWAY_READ_TIMEOUT="60")
    process.until(first, lambda: process.file("variables", LOCK).exists() and emulator.requests("GET"))
    with process.file("variables", LOCK).open() as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        first.kill()
        first.communicate()
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    emulator.reset()
    done = process(TRIGGER, FIVETRAN_CONNECTOR_ID=ids, SLIPWAY_RUN_ID="run-1")
    assert (done.code, done.result["status"]) == (0, "triggered"), done
    assert "another process" not in done.stderr


def test_a_lock_whose_closing_fails_changes_nothing(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network file system may report an error at the end, after the trigger has been sent."""
    close = os.close

    def fails(descriptor: int) -> None:
        close(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    with exclusive(run, LOCK, 10.0):
        monkeypatch.setattr(os, "close", fails)
        done = True
    monkeypatch.undo()
    assert done
