"""The text of the live line, and the lines of a log."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from shared.exit_codes import ExitCode
from shared.program.run import Run
from shared.terminal.progress import OneProgress, Progress
from shared.terminal.screen import Painted


def text(pieces: Any) -> str:
    return "".join(piece.text if isinstance(piece, Painted) else piece for piece in pieces)


def during(progress: Any, run: Any, width: int = 80, seconds: float = 15.0, passed: float = 4.0) -> str:
    """Return the live line ``passed`` seconds after a sleep of ``seconds`` began."""
    shown: list[str] = []
    sleep = run.sleep

    def slept(length: float) -> None:
        sleep(passed)
        shown.append(text(progress.pieces(width)))
        sleep(length - passed)

    run.sleep = slept
    progress.sleep(seconds)
    run.sleep = sleep
    return shown[0][2:]  # without the spinner


@pytest.fixture
def watched(terminal: Callable[..., Any], run_in: Callable[..., Run]) -> Callable[[], Run]:
    """Begin a run in a terminal. It begins in the test itself, because pytest changes stderr between its phases."""

    def begin() -> Run:
        terminal()
        return run_in()

    return begin


def test_a_wait_for_one_says_state_time_and_next_check(watched: Callable[[], Run]) -> None:
    run = watched()
    progress = OneProgress(run, "speak_inexpensive")
    progress.state = "syncing"
    progress.sleep(130)
    assert during(progress, run) == "speak_inexpensive · syncing · 2 min 14 s · next check in 11 s"


def test_the_time_to_the_next_check_is_rounded_up(watched: Callable[[], Run]) -> None:
    run = watched()
    assert during(OneProgress(run, "x"), run, seconds=2.0, passed=1.5).endswith(" · next check in 1 s")


def test_the_last_runs_length_is_said_where_it_is_known(watched: Callable[[], Run]) -> None:
    run = watched()
    progress = OneProgress(run, "speak_inexpensive", last_took=360.0)
    progress.state = "syncing"
    progress.sleep(130)
    said = "speak_inexpensive · syncing · 2 min 14 s · last run took 6 min · next check in 11 s"
    assert during(progress, run, width=100) == said
    terse = "speak_inexpensive · syncing · 2 min 29 s · last took 6 min · next in 11 s"
    assert during(progress, run, width=79) == terse
    progress.sleep(15)
    assert during(progress, run, width=70) == "speak_inexpensive · syncing · 2 min 59 s · next check in 11 s"
    assert during(progress, run, width=50) == "speak_inexpensive · syncing · 3 min 14 s"
    assert during(progress, run, width=34) == "spea…sive · syncing · 3 min 29 s"


def test_between_two_pauses_it_is_checking(watched: Callable[[], Run]) -> None:
    run = watched()
    progress = OneProgress(run, "x")
    assert text(progress.pieces(80))[2:] == "x · starting · 0 s · checking"


def test_the_spinner_turns(watched: Callable[[], Run]) -> None:
    run = watched()
    progress = OneProgress(run, "x")
    first = text(progress.pieces(80))[0]
    run.sleep(0.1)
    assert text(progress.pieces(80))[0] != first


def test_a_stderr_without_those_characters_gets_others(
    watched: Callable[[], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = watched()
    monkeypatch.setattr(type(sys.stderr), "encoding", "latin-1")
    assert text(OneProgress(run, "x").pieces(80))[0] in "|/-\\"
    monkeypatch.setattr(type(sys.stderr), "encoding", "ascii")
    assert text(OneProgress(run, "x").pieces(80))[2:] == "x - starting - 0 s - checking"


def test_a_secret_in_a_state_is_hidden(watched: Callable[[], Run]) -> None:
    run = watched()
    run.redactor.add("very-secret")
    progress = OneProgress(run, "x")
    progress.state = "very-secret"
    assert "x · ****** · " in text(progress.pieces(80))


def eight(run: Run) -> Progress:
    """Return the progress of eight connectors: one has failed, seven are running."""
    progress = Progress(run, 8, "Fivetran")
    for number in range(8):
        progress.changed(f"c{number}", "syncing", "the sync is running")
    progress.ended("c0", ExitCode.SYNC_FAILED, "failed", "the sync failed")
    return progress


def test_many_have_a_bar_and_counts(watched: Callable[[], Run]) -> None:
    run = watched()
    progress = eight(run)
    try:
        said = during(progress, run)
        assert said == "━───────────  1 of 8 finished (1 failed), 7 running · 4 s · next check in 11 s"
        for number in range(1, 5):
            progress.ended(f"c{number}", ExitCode.DONE, "succeeded", "")
        bar = [piece for piece in progress.pieces(120) if isinstance(piece, Painted)][1:]
        assert [(len(piece.text), piece.colour) for piece in bar] == [(10, "green"), (2, "red"), (8, "dim")]
        assert text(progress.pieces(60))[2:] == "5 of 8 finished (1 failed), 3 running · 15 s · checking"
    finally:
        progress.close()


@pytest.mark.parametrize(
    ("done", "failed", "running", "said"),
    [
        (0, 0, 8, "0 of 8 finished, 8 running"),
        (0, 1, 7, "1 of 8 finished (1 failed), 7 running"),
        (3, 0, 2, "3 of 8 finished, 2 running, 3 waiting"),
        (7, 1, 0, "8 of 8 finished (1 failed), 0 running"),
    ],
)
def test_counts(watched: Callable[[], Run], done: int, failed: int, running: int, said: str) -> None:
    run = watched()
    progress = Progress(run, 8, "Fivetran")
    progress.done, progress.failed, progress.running = done, failed, running
    assert progress.counts() == said


def test_the_last_ones_are_named(watched: Callable[[], Run]) -> None:
    run = watched()
    progress = eight(run)
    try:
        for number in range(1, 5):
            progress.ended(f"c{number}", ExitCode.DONE, "succeeded", "")
        assert progress.summary() == "5 of 8 finished (1 failed), 3 running: c5, c6, c7"
        assert text(progress.pieces(100))[2:].endswith(
            "  5 of 8 finished (1 failed), 3 running: c5, c6, c7 · 0 s · checking"
        )
        assert "c5" not in text(progress.pieces(60))
        progress.ended("c5", ExitCode.DONE, "succeeded", "")
        progress.changed("c6", "rescheduled", "later")
        assert progress.summary() == "6 of 8 finished (1 failed), 1 running, 1 waiting: c6, c7"
    finally:
        progress.close()


def test_none_are_named_where_there_are_few_or_not_all_are_known(watched: Callable[[], Run]) -> None:
    run = watched()
    few, unread = Progress(run, 3, "Fivetran"), Progress(run, 8, "Fivetran")
    few.changed("a", "syncing", "")
    unread.changed("a", "syncing", "")
    unread.done = 6
    assert (few.summary(), unread.summary()) == (few.counts(), unread.counts())
    few.close()
    unread.close()


def test_in_a_terminal_only_what_failed_is_a_line(watched: Callable[[], Run]) -> None:
    run = watched()
    eight(run).close()
    written = sys.stderr.getvalue()  # type: ignore[attr-defined]
    lines = [line.rpartition("\x1b[K")[2] for line in written.split("\n")]
    assert [line for line in lines if line.startswith("Fivetran: ")] == ["Fivetran: c0: the sync failed"]


def test_a_poll_that_fails_is_a_line_in_a_terminal_too(watched: Callable[[], Run]) -> None:
    run = watched()
    progress = OneProgress(run, "x")
    with progress:
        progress.reading("x is running")
        progress.trouble("502; looking again")
    written = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "502; looking again\n" in written
    assert "x is running\n" not in written


def test_in_a_log_every_change_is_a_line_and_nothing_else(
    run_in: Callable[..., Run], capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_in()
    eight(run).close()
    with OneProgress(run, "x") as one:
        one.reading("x is running")
    said = capsys.readouterr().err.splitlines()
    assert said == [
        *(f"Fivetran: c{number}: the sync is running" for number in range(8)),
        "Fivetran: c0: the sync failed",
        "x is running",
    ]
