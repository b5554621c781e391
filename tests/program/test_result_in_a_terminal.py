"""The end of a run in a terminal: what a person sees last, and that programs get the same result line."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from shared.exit_codes import ExitCode
from shared.program.result import conclude
from shared.program.run import Outcome, Run
from shared.redaction import Redactor


def concluded(run: Run, code: ExitCode, environ: dict[str, str] | None = None) -> None:
    run.say_last("| a row")
    outcome = Outcome("x", "the message", code)
    outcome.closing = "page: file:///x"
    conclude("fivetran/x", run, outcome, environ or {}, Redactor())


class Both:
    """Stdout and stderr of one terminal: what was written, in order."""

    def __init__(self) -> None:
        self.text = ""


@pytest.fixture
def both(terminal: Callable[..., Any]) -> Callable[[], Both]:
    def begin() -> Both:
        seen = Both()
        for stream in (terminal("stdout"), terminal("stderr")):
            stream.write = lambda text: setattr(seen, "text", seen.text + text)
        return seen

    return begin


@pytest.mark.parametrize(
    ("code", "colour", "label"),
    [
        (ExitCode.DONE, 32, "done"),
        (ExitCode.STALE, 33, "exit 219"),
        (ExitCode.NOT_FINISHED, 33, "exit 255"),
        (ExitCode.SYNC_FAILED, 31, "exit 1"),
        (ExitCode.INPUT_INVALID, 31, "exit 206"),
    ],
)
def test_in_a_terminal_the_verdict_comes_last_in_colour_and_the_result_line_is_dim(
    both: Callable[[], Both], run_in: Callable[..., Run], code: ExitCode, colour: int, label: str
) -> None:
    seen = both()
    concluded(run_in(), code)
    line, table, verdict, page = seen.text.splitlines()
    assert line.startswith("\x1b[2m{")
    assert line.endswith("}\x1b[0m")
    assert json.loads(line[4:-4])["exit_code"] == code
    assert (table, page) == ("| a row", "page: file:///x")
    assert verdict == f"\x1b[{colour}mSlipway: {label}:\x1b[0m the message"


def test_with_no_color_the_order_is_the_same(both: Callable[[], Both], run_in: Callable[..., Run]) -> None:
    seen = both()
    concluded(run_in(NO_COLOR="1"), ExitCode.DONE)
    assert "\x1b" not in seen.text
    assert [line[:7] for line in seen.text.splitlines()] == ['{"schem', "| a row", "Slipway", "page: f"]


def test_a_live_line_that_a_signal_left_behind_is_removed_first(
    both: Callable[[], Both], run_in: Callable[..., Run]
) -> None:
    """As between the start of the line and that of the block in which it is shown."""
    seen = both()
    run = run_in(NO_COLOR="1")
    run.screen.show(lambda width: ["waits"])
    before = len(seen.text)
    concluded(run, ExitCode.INTERRUPTED)
    run.screen.draw()  # its thread goes on
    assert "waits" not in seen.text[before:]


def test_settings_that_were_refused_are_told_the_same_way(both: Callable[[], Both]) -> None:
    seen = both()
    conclude("fivetran/x", None, Outcome("x", "no", ExitCode.INPUT_INVALID), {"TERM": "xterm"}, Redactor())
    assert seen.text.splitlines()[-1] == "\x1b[31mSlipway: exit 206:\x1b[0m no"


def test_where_stdout_is_no_terminal_its_line_is_plain_and_stderr_comes_as_it_always_did(
    terminal: Callable[..., Any], run_in: Callable[..., Run], capsys: pytest.CaptureFixture[str]
) -> None:
    written = terminal("stderr")
    concluded(run_in(NO_COLOR="1"), ExitCode.DONE)
    assert json.loads(capsys.readouterr().out)["exit_code"] == 0
    assert written.getvalue().splitlines() == ["| a row", "Slipway: done: the message", "page: file:///x"]


def test_where_stderr_is_no_terminal_nothing_is_dimmed_and_no_page_is_named(
    terminal: Callable[..., Any], run_in: Callable[..., Run], capsys: pytest.CaptureFixture[str]
) -> None:
    written = terminal("stdout")
    concluded(run_in(), ExitCode.DONE)
    assert written.getvalue().startswith("{")
    assert capsys.readouterr().err.splitlines() == ["| a row", "Slipway: done: the message"]
    assert sys.stdout is written
