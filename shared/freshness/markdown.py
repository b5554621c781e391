"""The freshness table in Markdown. A pure function."""

from collections.abc import Callable, Sequence

from shared.freshness.shown import Shown, Words, headline
from shared.program.outputs.github_summary import literal
from shared.redaction import one_line
from shared.timestamps import span

MOST_ROWS = 50


def markdown(rows: Sequence[Shown], words: Words, redact: Callable[[str], str] = str) -> str:
    """Return the headline and a table of the worst fifty rows. All text is escaped.

    Secrets are redacted before escaping, because an escaped secret would not be found.
    """

    def shown(text: str) -> str:
        return literal(one_line(redact(text), 300))

    head = (words.noun, words.kind, words.group, "state", "age", "limit", "why")
    lines = [f"### {shown(headline(rows, words.noun))}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    lines += [f"| {' | '.join(map(shown, _cells(row)))} |" for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines += ["", f"and {len(rows) - MOST_ROWS} more"]
    return "\n".join([*lines, "", ""])


def _cells(row: Shown) -> list[str]:
    age = "never" if row.age is None and row.limit is not None else span(row.age) if row.age is not None else ""
    return [
        row.name if row.name == row.subject else f"{row.name} ({row.subject})",
        row.kind,
        row.group,
        row.status if row.status == row.state else f"{row.status}, {row.state}",
        age,
        span(row.limit) if row.limit is not None else "",
        "; ".join(row.why),
    ]
