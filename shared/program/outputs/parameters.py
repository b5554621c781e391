"""One file a field, for schedulers that take outputs from files: Argo Workflows' ``valueFrom.path``, Tekton's results.

https://argo-workflows.readthedocs.io/en/latest/walk-through/output-parameters/
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from shared.program.outputs.files import replace
from shared.program.outputs.github_output import plain


def write(result: Mapping[str, Any], directory: str) -> None:
    """Every field that is no list or object in a file of its name, without a line's end, and all of it in ``result``.

    The folder is made where it is missing. Which fields there are depends on how the run ended: give Argo a default.
    """
    os.makedirs(directory, exist_ok=True)
    for name, value in result.items():
        if not isinstance(value, dict | list):
            replace(os.path.join(directory, name), plain(value))
    replace(os.path.join(directory, "result"), json.dumps(result))
