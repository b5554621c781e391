"""GitHub Actions' step outputs: ``steps.<id>.outputs.status``, and the whole result as ``outputs.result``.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#multiline-strings
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from shared.program.outputs.files import append


def write(result: Mapping[str, Any], path: str) -> None:
    """Write each field that is not a list or object under its name, and the whole result as ``result``.

    A value ends with a random delimiter, so no text of the API can end it or begin another output.
    """
    fields = {name: plain(value) for name, value in result.items() if not isinstance(value, dict | list)}
    fields["result"] = json.dumps(result)
    end = f"slipway_{os.urandom(16).hex()}"
    append(path, "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in fields.items()))


def plain(value: Any) -> str:
    """Return a text unchanged, None as an empty text, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
