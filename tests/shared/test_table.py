"""Tables and trees on stderr."""

from datetime import datetime, timezone

from shared.terminal.table import cell, table, tree


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
    assert [cell(value) for value in (None, True, False, 7, "x" * 200)] == ["", "yes", "no", "7", "x" * 99 + "…"]
    assert cell(datetime(2026, 11, 22, 6, 17, 5, 123456, timezone.utc)) == "2026-11-22T06:17:05Z"


def test_a_tree_is_indented_two_spaces_a_level() -> None:
    assert list(tree({"sales": {"orders": {"total": {}}}, "hr": {}})) == [
        "| sales",
        "|   orders",
        "|     total",
        "| hr",
    ]
