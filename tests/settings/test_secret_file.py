"""A secret's file that is a pipe: read if somebody writes to it. A run does not hang if nobody does."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings import secret_file
from shared.settings.environment import Environment


def secret(path: str) -> str | None:
    return Environment({"KEY_FILE": path}, ["KEY"], ["KEY"]).secret("KEY")


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    os.mkfifo(tmp_path / "pipe")
    return str(tmp_path / "pipe")


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """Make a pipe as a shell does for ``<(command)``. Yield its reading and writing ends."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


def test_a_pipe_that_nobody_writes_to_is_refused_and_does_not_hang(pipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_file, "PIPE", 0.05)
    with pytest.raises(ValueError, match="KEY_FILE names a pipe that did not end within 0 s"):
        secret(pipe)


def test_a_pipe_that_nobody_ends_is_refused(ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_file, "PIPE", 0.05)
    os.write(ends[1], b"half of a sec")
    with pytest.raises(ValueError, match="did not end"):
        secret(f"/dev/fd/{ends[0]}")
    os.close(ends[1])


def test_a_secret_comes_out_of_a_command(ends: tuple[int, int]) -> None:
    os.write(ends[1], b"the-secret\n")
    os.close(ends[1])
    assert secret(f"/dev/fd/{ends[0]}") == "the-secret"


def test_a_command_may_take_its_time(pipe: str) -> None:
    def write() -> None:
        with open(pipe, "wb", buffering=0) as file:  # waits for the reader
            file.write(b"the-")
            time.sleep(0.05)
            file.write(b"secret\n")

    writer = threading.Thread(target=write)
    writer.start()
    assert secret(pipe) == "the-secret"
    writer.join()


def test_a_pipe_without_end_is_no_secret() -> None:
    with pytest.raises(ValueError, match="KEY_FILE names a file of more than 1048576 bytes"):
        secret("/dev/zero")


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Is a directory"):
        secret(str(tmp_path))
