"""Tables on stderr. Each line starts with ``| ``, so that no text from outside is at the start of a line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared import timestamps
from shared.program.run import Run
from shared.redaction import one_line
from shared.terminal.colours import colour_of
from shared.terminal.fit import DETAIL, FREE, KEPT, LEAST, SENTENCE, WHOLE, fit
from shared.terminal.screen import Painted, Piece, columns, cut_in_the_middle

WIDEST, LONGEST = 200, 1000
"""Maximum characters of a cell in a log, and in a terminal before it is cut to the window's width."""
MOST_ROWS = 1000
START, BETWEEN = "| ", "  "
MOMENT = r" at \d{4}-\d\d-\d\dT[\d:.]+Z"
_STATES = ("status", "state", "condition", "health")
"""Columns with these headings are coloured, and cut last."""
_KINDS = {"group_id": LEAST, "service": DETAIL, "schema": DETAIL, "why": SENTENCE}


def show_table(run: Run, head: Sequence[str], rows: Sequence[Sequence[Any]], most: int = MOST_ROWS) -> None:
    """Write a table: as by ``table`` in a log; coloured, fitted to the width and beside the verdict in a terminal."""
    clean = run.redactor.text
    if not run.screen.live:
        for text in table(head, [[clean(cell(value)) for value in row] for row in rows], most):
            run.say(text)
        return
    states = [name.endswith(_STATES) for name in head]
    kinds = [_KINDS.get(name, FREE) for name in head]
    for number, state in enumerate(states):
        if number == 0 or state:
            kinds[number] = KEPT
        elif any(isinstance(row[number], datetime) for row in rows):
            kinds[number] = WHOLE
    cells = [list(head), *([clean(short(value)) for value in row] for row in rows[:most])]
    widths = fit(_widths(cells), kinds, run.screen.width - len(START) + len(BETWEEN))
    shown = [[row[column] for column in widths] for row in cells]
    for number, line in enumerate(_lines(shown, list(widths.values()))):
        pieces: list[Piece] = [START]
        for words, is_state in zip(line, (states[column] for column in widths), strict=True):
            pieces += [Painted(words, colour_of(words)) if is_state and number > 1 else words, BETWEEN]
        run.say_last(*pieces[:-1])
    if len(rows) > most:
        run.say_last(_more(len(rows) - most))
    if left := [name for column, name in enumerate(head) if column not in widths]:
        run.say_last(f"| in a wider window also: {', '.join(left)}")


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], most: int = MOST_ROWS) -> Iterator[str]:
    """Yield the lines of a table. Cells are cut at 200 characters; rows beyond ``most`` are only counted."""
    cells = [[cell(value) for value in row] for row in (head, *rows[:most])]
    for line in _lines(cells, _widths(cells)):
        yield START + BETWEEN.join(line).rstrip()
    if len(rows) > most:
        yield _more(len(rows) - most)


def tree(node: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield the lines of nested mappings of labels, indented by two spaces per level."""
    for label, below in node.items():
        yield START + "  " * depth + one_line(label, 200)
        yield from tree(below, depth + 1)


def cell(value: Any) -> str:
    """Return a value on one line: times to the second, yes or no, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{timestamps.write(value)}"[:19] + "Z"
    return one_line(str(value), WIDEST)


def short(value: Any) -> str:
    """Return a value for a terminal, to be cut later: times to the minute, in UTC."""
    if isinstance(value, datetime):
        return cell(value)[:16].replace("T", " ")
    return one_line(value, LONGEST) if isinstance(value, str) else cell(value)


def _lines(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[list[str]]:
    """Yield the cells cut and padded to their widths, with a line of dashes below the first row."""
    for row in (cells[0], ["-" * size for size in widths], *cells[1:]):
        cut = [_cut(text, size) for text, size in zip(row, widths, strict=True)]
        yield [text + " " * (size - columns(text)) for text, size in zip(cut, widths, strict=True)]


def _cut(text: str, width: int) -> str:
    """Cut a cell to ``width`` columns: a name in the middle; a sentence at its end, after its times are left out."""
    if columns(text) <= width or " " not in text:
        return cut_in_the_middle(text, width)
    text = re.sub(MOMENT, "", text)
    if columns(text) <= width:
        return text
    while columns(text) >= width:
        text = text[:-1]
    return f"{text}…"


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(columns, column)) for column in zip(*cells, strict=True)]


def _more(count: int) -> str:
    return f"| and {count} more, in the response file"
