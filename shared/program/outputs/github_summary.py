"""GitHub Actions' step summary: a small table on the run's page.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
"""

import re
from collections.abc import Mapping
from typing import Any

from shared.program.outputs.files import append
from shared.program.outputs.github_output import plain

_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")


def write(result: Mapping[str, Any], path: str) -> None:
    """Write a heading with blueprint and status, and a row for each field that is not a list or object."""
    heading = f"### {literal(plain(result.get('blueprint')))}: {literal(plain(result.get('status')))}"
    rows = [
        f"| {literal(name)} | {literal(plain(value))} |"
        for name, value in result.items()
        if value is not None and not isinstance(value, dict | list)
    ]
    append(path, "\n".join([heading, "", "| field | value |", "|---|---|", *rows, "", ""]))


def literal(text: str) -> str:
    """Escape ``text`` so that Markdown shows it unchanged: no markup, link, mention or HTML."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)
