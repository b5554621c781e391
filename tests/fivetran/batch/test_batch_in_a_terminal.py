"""The progress of a batch: a live line in a terminal, plain lines elsewhere."""

import os
import pty
import subprocess

import pytest

from tests.conftest import Blueprint, Process

SPEAK = "speak_inexpensive"
SEVERAL = f"{SPEAK},gratuitous_bounty,stubborn_kettle"
WAIT = {"FIVETRAN_WAIT": "TRUE", "FIVETRAN_POLL_INTERVAL": "1"}


def watched(process: Process, name: str, **variables: str | None) -> tuple[int, str]:
    """Run a blueprint with stderr in a terminal. Return its exit code and all that it wrote there."""
    ours, theirs = pty.openpty()
    environ = process.environment({"TERM": "xterm", "FIVETRAN_CONNECTOR_ID": SEVERAL, **variables})
    with subprocess.Popen(
        process.command(name), cwd=process.cwd, env=environ, stdout=subprocess.DEVNULL, stderr=theirs
    ) as running:
        os.close(theirs)
        pieces = []
        while piece := _read(ours):
            pieces.append(piece)
    os.close(ours)
    return running.returncode, b"".join(pieces).decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # EIO: in Linux, the other end of the terminal has been closed
        return b""


def screen(said: str) -> list[str]:
    """Return the lines that remain on the screen, without those that were overwritten."""
    return [line.rstrip("\r").rpartition("\r\x1b[K")[2] for line in said.split("\n") if line.strip("\r")]


def test_in_a_terminal_one_line_shows_how_far_it_is_and_the_table_follows_it(process: Process) -> None:
    code, said = watched(process, "fivetran/execute_sync", **WAIT, NO_COLOR="1")
    assert code == 1
    assert "0 of 3 finished, 0 running, 3 waiting · 0 s · " in said
    assert " finished (1 failed), " in said
    lines = screen(said)
    assert [line for line in lines if "Fivetran: stubborn_kettle: the sync failed" in line]
    assert not [line for line in lines if "speak_inexpensive: the sync succeeded" in line]
    head = next(index for index, line in enumerate(lines) if line.startswith("| connector"))
    assert [line.split()[1] for line in lines[head + 2 :]][:3] == ["stubborn_kettle", "gratuitous_bounty", SPEAK]
    assert lines[-1].startswith("Slipway: exit 1: ")


@pytest.mark.parametrize("name", ["check_freshness", "check_sync_status"])
def test_what_only_looks_has_no_live_line(process: Process, name: str) -> None:
    code, said = watched(process, f"fivetran/{name}", NO_COLOR="1")
    assert code in (0, 1, 219)
    assert "\x1b" not in said
    lines = screen(said)
    assert lines[0].startswith("| connector")
    page = [process.file("artifacts", "freshness.html").resolve().as_uri()] if name == "check_freshness" else []
    assert [line for line in lines if line.startswith("page: ")] == [f"page: {uri}" for uri in page]
    assert lines[-1 - len(page)].startswith("Slipway: ")


def test_a_dumb_terminal_gets_plain_lines(process: Process) -> None:
    code, said = watched(process, "fivetran/execute_sync", **WAIT, TERM="dumb")
    assert code == 1
    assert "\x1b" not in said
    assert "speak_inexpensive: the sync succeeded" in said


def test_where_no_terminal_is_there_are_no_escapes_whatever_term_says(blueprint: Blueprint) -> None:
    done = blueprint("fivetran/execute_sync", FIVETRAN_CONNECTOR_ID=SEVERAL, TERM="xterm", **WAIT)
    assert done.code == 1
    assert "\x1b" not in done.stderr
    assert "\r" not in done.stderr
    assert "Fivetran: speak_inexpensive: the sync succeeded" in done.stderr
