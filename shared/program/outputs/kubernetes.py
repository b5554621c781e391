"""Kubernetes' termination message: ``kubectl get pod -o jsonpath='{..terminated.message}'`` shows it.

https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
"""

import json
from collections.abc import Mapping
from typing import Any

from shared.program.outputs.files import replace

MOST_BYTES = 4096
"""The kubelet cuts a longer message, which would then not be valid JSON."""


def write(result: Mapping[str, Any], path: str) -> None:
    """Write ids, status and exit code only, because everybody who may list pods can read the message."""
    replace(path, message(result))


def message(result: Mapping[str, Any]) -> str:
    """Return the message as JSON of at most 4096 bytes. The longest ids are left out if it would be longer."""
    fields = {name: value for name, value in result.items() if name in ("status", "exit_code") or name.endswith("_id")}
    while len(text := json.dumps(fields)) > MOST_BYTES:
        del fields[max(fields, key=lambda name: len(json.dumps(fields[name])))]
    return text
