"""Tables and trees on stderr."""

import sys
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from shared.program.run import Run
from shared.terminal.table import cell, show_table, table, tree


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert list(table(("id", "state"), [("a", "scheduled"), ("longer", None)])) == [
        "| id      state",
        "| ------  ---------",
        "| a       scheduled",
        "| longer",
    ]


def test_no_text_from_outside_stands_at_a_lines_start() -> None:
    nasty = "::error::x\n::warning::y"
    lines = [*table((nasty,), [(nasty,)]), *tree({nasty: {nasty: {}}})]
    assert all(line.startswith("| ") and "\n" not in line for line in lines)


def test_a_long_table_is_cut_and_says_so() -> None:
    lines = list(table(("n",), [(number,) for number in range(5)], most=3))
    assert lines[-1] == "| and 2 more, in the response file"
    assert len(lines) == 6


def test_values_are_written_for_people() -> None:
    assert [cell(value) for value in (None, True, False, 7, "x" * 300)] == ["", "yes", "no", "7", "x" * 199 + "…"]
    assert cell(datetime(2026, 11, 22, 6, 17, 5, 123456, timezone.utc)) == "2026-11-22T06:17:05Z"


def test_a_tree_is_indented_two_spaces_a_level() -> None:
    assert list(tree({"sales": {"orders": {"total": {}}}, "hr": {}})) == [
        "| sales",
        "|   orders",
        "|     total",
        "| hr",
    ]


WHEN = datetime(2026, 11, 22, 6, 17, 5, tzinfo=timezone.utc)
HEAD = ("connector", "service", "condition", "succeeded_at", "why")
ROWS = [
    (
        "speak_inexpensive",
        "google_analytics_4",
        "failing",
        WHEN,
        "it is failing; access denied to the bucket partner-files",
    ),
    ("brisk_metronome", "stripe", "ok", WHEN, None),
]


def shown(run: Run) -> list[str]:
    run.say_waiting()
    text: str = sys.stderr.getvalue()  # type: ignore[attr-defined]
    return text.splitlines()


@pytest.mark.parametrize("width", [200, 100, 80, 60, 40, 20])
def test_in_a_terminal_no_line_is_wider_than_that(
    terminal: Callable[..., Any], run_in: Callable[..., Run], width: int
) -> None:
    terminal(width=width)
    run = run_in(NO_COLOR="1")
    show_table(run, HEAD, ROWS)
    lines = [line for line in shown(run) if "wider window" not in line]
    assert len(lines) == 4
    assert max(map(len, lines)) <= width
    assert "spea" in lines[2]


def test_names_are_cut_in_the_middle_sentences_at_the_end_and_what_names_the_row_last(
    terminal: Callable[..., Any], run_in: Callable[..., Run]
) -> None:
    terminal()
    run = run_in(NO_COLOR="1")
    show_table(run, ("connector", "kind", *HEAD[2:]), ROWS)
    assert shown(run)[2:] == [
        "| speak_inexpensive  google…ics_4  failing    2026-11-22 06:17  it is failing; …",
        "| brisk_metronome    stripe        ok         2026-11-22 06:17",
    ]


def test_a_sentence_loses_its_moment_before_its_reason(
    terminal: Callable[..., Any], run_in: Callable[..., Run]
) -> None:
    terminal(width=60)
    run = run_in(NO_COLOR="1")
    why = "the sync failed at 2026-11-22T06:17:00.5Z: access denied to the bucket; https://example.com/a/b/c"
    show_table(run, ("id", "why"), [("brisk_metronome", why)])
    assert shown(run)[2:] == ["| brisk_metronome  the sync failed: access denied to the bu…"]


def test_columns_for_which_there_is_no_room_are_named(terminal: Callable[..., Any], run_in: Callable[..., Run]) -> None:
    terminal(width=50)
    run = run_in(NO_COLOR="1")
    show_table(run, HEAD, ROWS)
    assert shown(run)[2:] == [
        "| speak_inexpensive  failing    it is failing; ac…",
        "| brisk_metronome    ok",
        "| in a wider window also: service, succeeded_at",
    ]


@pytest.mark.parametrize(
    ("width", "line", "left_out"),
    [
        (90, "| speak_inexpensive  google…ics_4  shop    failed  the sync failed: access denied to the …", ""),
        (80, "| speak_inexpensive  google…ics_4  failed  the sync failed: access denied to th…", "schema"),
        (60, "| speak_inexpensive  failed  the sync failed: access denied…", "service, schema"),
        (40, "| speak_inexpensive  failed", "service, schema, why"),
        (24, "| speak_i…ensive  failed", "service, schema, why"),
        (20, "| speak_inexpensive", "service, schema, status, why"),
    ],
)
def test_the_state_and_the_reason_outlast_the_details(
    terminal: Callable[..., Any], run_in: Callable[..., Run], width: int, line: str, left_out: str
) -> None:
    terminal(width=width)
    run = run_in(NO_COLOR="1")
    why = "the sync failed at 2026-11-22T06:17:00.5Z: access denied to the bucket partner-files"
    row = ("speak_inexpensive", "google_analytics_4", "shop", "failed", why)
    show_table(run, ("connector", "service", "schema", "status", "why"), [row])
    said = shown(run)[2:]
    assert said == [line, *([f"| in a wider window also: {left_out}"] if left_out else [])]


def test_a_long_id_is_cut_before_the_reason_is_unreadable(
    terminal: Callable[..., Any], run_in: Callable[..., Run]
) -> None:
    terminal()
    run = run_in(NO_COLOR="1")
    why = "sync job 1009 failed: source: the password was refused"
    row = ("5b1c0d6e-8a42-4c3e-9f57-0d3c1b2a4e6f", "MySQL billing to Snowflake", "failed", why)
    show_table(run, ("connection", "name", "status", "why"), [row])
    assert shown(run)[2:] == ["| 5b1c0d6e-8a4…d3c1b2a4e6f  MySQL billi…  failed  sync job 1009 failed: source:…"]


@pytest.mark.parametrize(
    ("width", "left_out"),
    [(98, "group_id"), (80, "group_id, failed_at"), (40, "service, schema, group_id, succeeded_at, failed_at")],
)
def test_a_list_keeps_the_names_and_the_last_success_longer_than_the_group(
    terminal: Callable[..., Any], run_in: Callable[..., Run], width: int, left_out: str
) -> None:
    terminal(width=width)
    run = run_in(NO_COLOR="1")
    head = ("connector_id", "service", "schema", "group_id", "condition", "succeeded_at", "failed_at")
    row = (
        "speak_inexpensive",
        "google_analytics_4",
        "google_analytics_4",
        "projected_sickle",
        "setup broken",
        WHEN,
        WHEN,
    )
    show_table(run, head, [row])
    assert shown(run)[-1] == f"| in a wider window also: {left_out}"


def test_a_state_has_its_colour_and_its_heading_none(terminal: Callable[..., Any], run_in: Callable[..., Run]) -> None:
    terminal()
    run = run_in()
    show_table(run, ("id", "status"), [("a", "failed"), ("b", "stale"), ("c", "succeeded"), ("failed", "other")])
    assert shown(run) == [
        "| id      status",
        "| ------  ---------",
        "| a       \x1b[31mfailed   \x1b[0m",
        "| b       \x1b[33mstale    \x1b[0m",
        "| c       \x1b[32msucceeded\x1b[0m",
        "| failed  other",
    ]


def test_in_a_log_it_is_as_wide_as_it_is(run_in: Callable[..., Run], capsys: pytest.CaptureFixture[str]) -> None:
    show_table(run_in(), HEAD, ROWS)
    assert capsys.readouterr().err.splitlines() == list(table(HEAD, ROWS))


def test_a_secret_in_a_cell_is_hidden_before_it_is_cut(
    terminal: Callable[..., Any], run_in: Callable[..., Run]
) -> None:
    terminal(width=40)
    run = run_in(NO_COLOR="1")
    run.redactor.add("very-secret-and-very-long")
    show_table(run, ("id", "service", "why"), [("a", "b", "x" * 30 + "very-secret-and-very-long")])
    assert "ret-and" not in "".join(shown(run))
    assert "y-long" not in "".join(shown(run))
