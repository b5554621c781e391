"""Kestra's outputs: a log line ``::{"outputs": {...}}::``.

https://kestra.io/docs/workflow-components/outputs
Kestra reads both streams of a script (``io.kestra.core.models.tasks.runners.TaskLogLineMatcher``). stdout has the
result line only, so this line goes to stderr.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from shared.terminal.streams import write as write_to


def write(result: Mapping[str, Any], _place: str) -> None:
    """Write the whole result. Later tasks read it as ``outputs.<task id>.vars.status``."""
    # "##[" anywhere in a line is a command to GitHub's Actions runner.
    line = json.dumps({"outputs": result}).replace("##[", "#\\u0023[")
    write_to(sys.stderr, f"::{line}::\n")
