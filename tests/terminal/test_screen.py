"""What is written to a terminal, and that none of it is written elsewhere."""

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest

from shared.terminal.screen import Painted, Screen, columns, cut_in_the_middle

XTERM = {"TERM": "xterm"}
SAID = ("x is ", Painted("failing", "red"))


def live(screen: Screen, text: str) -> None:
    screen.show(lambda width: [text])


def test_a_state_is_in_colour(terminal: Callable[..., Any]) -> None:
    written = terminal()
    Screen(XTERM).say(*SAID)
    assert written.getvalue() == "x is \x1b[31mfailing\x1b[0m\n"


@pytest.mark.parametrize("environ", [{}, {"TERM": ""}, {"TERM": "dumb"}])
def test_a_terminal_that_says_nothing_of_itself_or_is_dumb_gets_plain_lines(
    terminal: Callable[..., Any], environ: dict[str, str]
) -> None:
    written = terminal()
    screen = Screen(environ)
    screen.say(*SAID)
    with screen.live_line(lambda width: ["alive"]):
        pass
    assert written.getvalue() == "x is failing\n"


def test_no_color_takes_the_colours_and_leaves_the_live_line(terminal: Callable[..., Any]) -> None:
    written = terminal()
    screen = Screen({**XTERM, "NO_COLOR": "1"})
    live(screen, "alive")
    screen.say(*SAID)
    assert "\x1b[3" not in written.getvalue()
    assert "\ralive\x1b[K" in written.getvalue()


def test_an_empty_no_color_is_not_set(terminal: Callable[..., Any]) -> None:
    terminal()
    assert Screen({**XTERM, "NO_COLOR": ""}).coloured


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_where_stderr_is_no_terminal_there_is_nothing_of_it(monkeypatch: pytest.MonkeyPatch, stream: Any) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    screen = Screen(XTERM)
    live(screen, "alive")
    screen.say(*SAID)
    assert (screen.live, screen.coloured, screen.shows_stdout) == (False, False, False)
    assert stream is None or stream.getvalue() == "x is failing\n"


def test_a_closed_stderr_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert not Screen(XTERM).live


def test_a_line_is_said_above_the_live_one(terminal: Callable[..., Any]) -> None:
    written = terminal()
    screen = Screen(XTERM)
    live(screen, "alive")
    screen.say("said")
    screen.show(None)
    assert written.getvalue() == "\ralive\x1b[K" + "\r\x1b[Ksaid\n" + "\ralive\x1b[K" + "\r\x1b[K"


def test_the_live_line_goes_away_with_its_block_also_where_that_fails(terminal: Callable[..., Any]) -> None:
    written = terminal()
    screen = Screen(XTERM)
    with pytest.raises(ValueError, match="no"), screen.live_line(lambda width: ["alive"]):
        raise ValueError("no")
    assert written.getvalue().endswith("\r\x1b[K")
    screen.say("after")
    assert written.getvalue().endswith("\r\x1b[Kafter\n")


@pytest.mark.parametrize(("width", "shown"), [(40, 39), (0, 79), (5, 19)])
def test_the_live_line_never_wraps(terminal: Callable[..., Any], width: int, shown: int) -> None:
    written = terminal(width=width)
    live(Screen(XTERM), "x" * 200)
    assert written.getvalue() == "\r" + "x" * shown + "\x1b[K"


def test_text_from_outside_moves_no_cursor(terminal: Callable[..., Any]) -> None:
    written = terminal()
    screen = Screen(XTERM)
    screen.say("a\x1b[2Jb\r\n::error::c", Painted("\x1b]0;owned\x07", "red"))
    assert written.getvalue().count("\n") == 1
    assert "\x1b" not in written.getvalue()
    live(screen, "a\x1b[2Jb\nc")
    assert written.getvalue().endswith("\ra [2Jb c\x1b[K")


@pytest.mark.parametrize(("text", "width"), [("plain", 5), ("日本", 4), ("é", 1), ("⠹ ·", 3)])
def test_a_wide_character_takes_two_columns(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("short", 5, "short"),
        ("partner_files.daily", 13, "partne….daily"),
        ("abcdefgh", 4, "ab…h"),
        ("日本語日本語", 7, "日…語"),
        ("abc", 1, "…"),
    ],
)
def test_what_is_too_long_is_cut_in_the_middle(text: str, width: int, cut: str) -> None:
    assert cut_in_the_middle(text, width) == cut
    assert columns(cut) <= width
