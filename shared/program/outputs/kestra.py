"""Kestra's outputs: a line of the log that is ``::{"outputs": {...}}::`` and nothing else.

Kestra reads both streams of a script (``io.kestra.core.models.tasks.runners.TaskLogLineMatcher``), and stdout is
the result's alone, so the line goes to stderr.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from shared.terminal.streams import write as write_to


def write(result: Mapping[str, Any], _place: str) -> None:
    """The whole result; the next task reads ``outputs.<task id>.vars.status``."""
    # "##[" commands an Actions runner wherever it stands in a line.
    line = json.dumps({"outputs": result}).replace("##[", "#\\u0023[")
    write_to(sys.stderr, f"::{line}::\n")
