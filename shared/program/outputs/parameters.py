"""One file per field, for schedulers that read outputs from files: Argo's ``valueFrom.path``, Tekton's results.

https://argo-workflows.readthedocs.io/en/latest/walk-through/output-parameters/
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from shared.program.outputs.files import replace
from shared.program.outputs.github_output import plain


def write(result: Mapping[str, Any], directory: str) -> None:
    """Write each field that is not a list or object to a file of its name, without a newline; the whole to ``result``.

    Create the folder if it is missing. The fields depend on how the run ended, so Argo's outputs need defaults.
    """
    os.makedirs(directory, exist_ok=True)
    for name, value in result.items():
        if not isinstance(value, dict | list):
            replace(os.path.join(directory, name), plain(value))
    replace(os.path.join(directory, "result"), json.dumps(result))
